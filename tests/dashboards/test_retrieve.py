import pytest
import time_machine

from dashboards.models import Dashboard
from insights.models import Insight
from tagging.services import set_tags
from tests.dashboards.test_list import LIST_KEYS
from tests.factories.dashboards import (
    ButtonTileTileFactory,
    DashboardFactory,
    InsightTileFactory,
    TextTileFactory,
)

DETAIL_KEYS = LIST_KEYS | {
    "filters", "variables", "breakdown_colors", "data_color_theme_id", "persisted_filters", "persisted_variables",
    "quick_filter_ids", "tiles",
}  # fmt: skip
TILE_KEYS = {
    "id", "layouts", "color", "filters_overrides", "show_description", "transparent_background", "insight", "text",
    "button_tile", "order", "last_refresh", "is_cached",
}  # fmt: skip
INSIGHT_KEYS = {
    "id", "short_id", "name", "derived_name", "query", "filters", "filters_hash", "hogql", "types", "order", "deleted",
    "dashboards", "dashboard_tiles", "last_refresh", "cache_target_age", "next_allowed_client_refresh", "result",
    "hasMore", "columns", "created_at", "created_by", "description", "updated_at", "tags", "favorited", "saved",
    "last_modified_at", "last_modified_by", "last_viewed_at", "is_sample", "effective_restriction_level",
    "effective_privilege_level", "user_access_level", "timezone", "is_cached", "query_status", "resolved_date_range",
    "alerts",
}  # fmt: skip
TRENDS = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "a"}]}}
BROKEN = {"kind": "InsightVizNode", "source": {"kind": "NoSuchQuery"}}


def trends(team, query=TRENDS, **fields):
    return Insight.objects.create(team=team, query=query, **fields)


def test_shows_the_dashboard_with_its_tiles(api, path, dashboard, team, alice):
    InsightTileFactory(dashboard=dashboard, insight=trends(team, name="Signups"))
    TextTileFactory(dashboard=dashboard, text__body="Hello", text__created_by=alice)
    ButtonTileTileFactory(dashboard=dashboard)

    response = api("dashboard:read").get(path())

    assert response.status_code == 200
    shown = response.json()
    assert set(shown) == DETAIL_KEYS
    assert [set(tile) for tile in shown["tiles"]] == [TILE_KEYS] * 3
    insight, text, button = shown["tiles"]
    assert set(insight["insight"]) == INSIGHT_KEYS
    assert insight["insight"]["name"] == "Signups"
    assert insight["insight"]["result"] is None
    assert insight["insight"]["dashboards"] == [dashboard.pk]
    assert set(text["text"]) == {
        "id", "body", "created_by", "last_modified_at", "last_modified_by", "team", "dashboard_tiles",
    }  # fmt: skip
    assert text["text"]["dashboard_tiles"] == [{"id": text["id"], "dashboard_id": dashboard.pk, "deleted": None}]
    assert set(button["button_tile"]) == set(text["text"]) - {"body"} | {"url", "text", "placement", "style"}
    assert (text["is_cached"], text["last_refresh"], text["filters_overrides"]) == (False, None, {})


def test_an_empty_dashboard_has_its_defaults(api, path):
    shown = api().get(path()).json()

    assert shown["tiles"] == shown["tags"] == shown["quick_filter_ids"] == shown["breakdown_colors"] == []
    assert shown["filters"] == shown["variables"] == {}
    assert shown["persisted_filters"] is shown["persisted_variables"] is shown["data_color_theme_id"] is None


def test_tiles_come_in_the_order_of_the_wide_grid(api, path, dashboard):
    for body, layouts in (
        ("last", {}),
        ("fourth", {"sm": {"x": 0, "y": "12"}}),
        ("third", {"sm": {"x": "6", "y": "5"}}),
        ("second", {"sm": {"x": 0, "y": 5}}),
        ("first", {"sm": {"x": "0", "y": "0"}, "xs": {"x": 0, "y": 99}}),
        ("fifth", {"sm": {"x": [], "y": 13}}),
    ):
        TextTileFactory(dashboard=dashboard, text__body=body, layouts=layouts)

    tiles = api().get(path()).json()["tiles"]

    assert [tile["text"]["body"] for tile in tiles] == ["first", "second", "third", "fourth", "fifth", "last"]
    assert [tile["order"] for tile in tiles] == [0, 1, 2, 3, 4, 5]
    assert tiles[0]["layouts"]["sm"] == {"x": "0", "y": "0"}


def test_removed_tiles_and_tiles_of_removed_insights_are_not_shown(api, path, dashboard, team):
    TextTileFactory(dashboard=dashboard, deleted=True)
    InsightTileFactory(dashboard=dashboard, insight=trends(team, deleted=True))

    assert api().get(path()).json()["tiles"] == []


@pytest.mark.parametrize("count", [1, 50])
def test_costs_the_same_for_one_tile_and_for_fifty(api, path, dashboard, team, count, django_assert_num_queries):
    elsewhere = DashboardFactory(team=team)
    for tile in InsightTileFactory.create_batch(count, dashboard=dashboard):
        Insight.objects.filter(pk=tile.insight_id).update(query=TRENDS)
        set_tags(tile.insight, ["x", "y"], team=team)
        InsightTileFactory(dashboard=elsewhere, insight=tile.insight)
    TextTileFactory.create_batch(count, dashboard=dashboard)
    ButtonTileTileFactory.create_batch(count, dashboard=dashboard)
    set_tags(dashboard, ["t"], team=team)
    client = api("dashboard:read")
    client.get(path())  # notes the first use of the key

    # key and user, project and membership, dashboard, tiles with texts and buttons; insights with tags and last view,
    # their tiles and the other dashboards of these; tiles of the texts and of the buttons; last access, last view;
    # stored answers
    with django_assert_num_queries(12):
        shown = client.get(path()).json()

    assert len(shown["tiles"]) == 3 * count


def test_an_empty_dashboard_costs_less(api, path, django_assert_max_num_queries):
    client = api("dashboard:read")
    client.get(path())

    # key and user, project and membership, dashboard, tiles, last access, last view
    with django_assert_max_num_queries(6):
        client.get(path())


def test_a_view_is_noted_and_is_no_new_version(api, path, dashboard, bob):
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        shown = api(user=bob).get(path()).json()

    assert shown["last_accessed_at"] == shown["last_viewed_at"] == "2026-05-01T12:00:00Z"
    assert Dashboard.objects.get(pk=dashboard.pk).version == 1
    assert api().get(path()).headers["ETag"] == f'"{dashboard.pk}-1"'


def test_the_dashboards_filters_are_laid_over_the_queries_it_shows(api, path, dashboard, team):
    tile = InsightTileFactory(dashboard=dashboard, insight=trends(team))
    Dashboard.objects.filter(pk=dashboard.pk).update(filters={"date_from": "-30d"})

    shown = api().get(path()).json()

    source = shown["tiles"][0]["insight"]["query"]["source"]
    assert source["dateRange"] == {"date_from": "-30d", "date_to": None}
    assert Insight.objects.get(pk=tile.insight_id).query == TRENDS
    assert shown["filters"] == shown["persisted_filters"] == {"date_from": "-30d"}


def test_a_tiles_own_filters_replace_the_dashboards(api, path, dashboard, team):
    InsightTileFactory(dashboard=dashboard, insight=trends(team), filters_overrides={"interval": "hour"})
    Dashboard.objects.filter(pk=dashboard.pk).update(filters={"date_from": "-30d"})

    source = api().get(path()).json()["tiles"][0]["insight"]["query"]["source"]

    assert source == TRENDS["source"] | {"interval": "hour"}


def test_overrides_are_for_one_answer(api, path, dashboard, team):
    InsightTileFactory(dashboard=dashboard, insight=trends(team))
    Dashboard.objects.filter(pk=dashboard.pk).update(filters={"date_from": "-30d", "interval": "week"})

    shown = api().get(path(), {"filters_override": '{"date_from": "-7d"}'}).json()

    assert shown["filters"] == {"date_from": "-7d", "interval": "week"}
    assert shown["persisted_filters"] == {"date_from": "-30d", "interval": "week"}
    assert shown["tiles"][0]["insight"]["query"]["source"]["dateRange"]["date_from"] == "-7d"
    assert Dashboard.objects.get(pk=dashboard.pk).filters == {"date_from": "-30d", "interval": "week"}


@pytest.mark.parametrize("name", ["filters_override", "variables_override"])
@pytest.mark.parametrize("value", ["{", "[1]", '"x"', "3", "nonsense", '{"a": NaN}'])
def test_an_override_that_is_no_json_object_is_refused(api, path, error, name, value):
    response = api().get(path(), {name: value})

    assert error(response) == (400, "invalid_input", name)
    assert response.json()["detail"] == f"Invalid JSON passed in {name} parameter"


@pytest.mark.parametrize(
    "value",
    ['{"properties": 5}', '{"date_from": 5}', '{"properties": [5]}', '{"a": "\\u0000"}',
     '{"properties": {"type": "OR", "values": []}}', '{"a":' * 80 + "1" + "}" * 80],
)  # fmt: skip
def test_an_override_that_no_query_understands_is_refused(api, path, error, value):
    assert error(api().get(path(), {"filters_override": value}))[0] == 400


def test_results_are_computed_when_asked_for_and_stored(api, path, dashboard, team):
    InsightTileFactory(dashboard=dashboard, insight=trends(team))
    TextTileFactory(dashboard=dashboard)

    (computed, _) = api().get(path(), {"refresh": "blocking"}).json()["tiles"]
    (stored, _) = api().get(path()).json()["tiles"]

    assert (computed["is_cached"], stored["is_cached"]) == (False, True)
    assert computed["last_refresh"] == stored["last_refresh"] is not None
    assert computed["insight"]["result"] == stored["insight"]["result"] is not None


def test_one_bad_insight_spoils_only_its_own_tile(api, path, dashboard, team):
    InsightTileFactory(dashboard=dashboard, insight=trends(team, query=BROKEN))
    InsightTileFactory(dashboard=dashboard, insight=trends(team))

    bad, good = api().get(path(), {"refresh": "force_blocking"}).json()["tiles"]

    assert set(bad) == TILE_KEYS | {"error"}
    assert bad["error"]["type"] == "validation_error"
    assert bad["insight"]["query"] == BROKEN
    assert bad["insight"]["result"] is None
    assert "error" not in good
    assert good["insight"]["result"]


def test_filters_that_nobody_checked_spoil_only_their_own_tile(api, path, dashboard, team):
    InsightTileFactory(dashboard=dashboard, insight=trends(team), filters_overrides={"properties": 5})
    InsightTileFactory(dashboard=dashboard, insight=Insight.objects.create(team=team, query=[1]))

    assert api().get(path()).status_code == 200


def test_unlisted_ones_are_found_by_id_and_removed_ones_are_not(api, url, team, error):
    unlisted = DashboardFactory(team=team, creation_mode="unlisted")
    removed = DashboardFactory(team=team, deleted=True)

    assert api().get(url(f"dashboards/{unlisted.pk}/")).status_code == 200
    assert error(api().get(url(f"dashboards/{removed.pk}/"))) == (404, "not_found", None)


@pytest.mark.parametrize("reference", ["999999", "0", "x", "9" * 30, "-1", "1.5", "%D9%A3"])
def test_an_id_that_names_nothing_is_not_found(api, url, dashboard, error, reference):
    assert error(api().get(url(f"dashboards/{reference}/"))) == (404, "not_found", None)


def test_anothers_dashboard_is_not_found_here(api, url, charlie, error):
    foreign = DashboardFactory(team=charlie.current_team)

    assert error(api().get(url(f"dashboards/{foreign.pk}/"))) == (404, "not_found", None)


def test_the_environments_path_and_no_slash_and_any_format_are_the_same(api, url, dashboard):
    for path in (url(f"dashboards/{dashboard.pk}"), url(f"dashboards/{dashboard.pk}/", prefix="environments")):
        assert api().get(path).json()["id"] == dashboard.pk
    assert api().get(url(f"dashboards/{dashboard.pk}/?format=txt")).json()["id"] == dashboard.pk


def test_a_reader_of_a_restricted_dashboard_still_sees_it(api, path, dashboard, bob):
    Dashboard.objects.filter(pk=dashboard.pk).update(restriction_level=37)

    assert api(user=bob).get(path()).json()["effective_privilege_level"] == 21


def test_a_key_needs_the_scope(api, path, error):
    assert error(api("insight:read").get(path())) == (403, "permission_denied", None)
