import pytest

from dashboards.models import Dashboard, DashboardTile
from tests.dashboards.races import Race
from tests.dashboards.test_retrieve import DETAIL_KEYS
from tests.factories.dashboards import (
    ButtonTileTileFactory,
    DashboardFactory,
    InsightTileFactory,
    TextTileFactory,
)

LOOK = {
    "layouts": {"sm": {"x": 6, "y": 5, "w": 6, "h": 5}, "lg": {"minW": 3}},
    "color": "red",
    "filters_overrides": {"date_from": "-3d"},
    "show_description": True,
    "transparent_background": False,
}


@pytest.fixture
def source(team):
    return DashboardFactory(team=team, name="Source")


@pytest.fixture
def copy(api, path, source):
    client = api("dashboard:write")

    def call(tile=None, /, *, headers=None, **body):
        body = {"fromDashboardId": source.pk, "tileId": tile.pk} if tile else body
        return client.post(path("copy_tile/"), body, headers=headers or {})

    return call


def test_shows_the_insight_on_both(copy, source, dashboard):
    tile = InsightTileFactory(dashboard=source, **LOOK)

    response = copy(tile)

    assert response.status_code == 200
    shown = response.json()
    assert set(shown) == DETAIL_KEYS
    assert shown["id"] == dashboard.pk
    (copied,) = shown["tiles"]
    assert copied["id"] != tile.pk
    assert copied["insight"]["id"] == tile.insight_id
    assert sorted(copied["insight"]["dashboards"]) == sorted([dashboard.pk, source.pk])
    assert {name: copied[name] for name in LOOK} == LOOK
    assert response.headers["ETag"] == f'"{dashboard.pk}-2"'
    assert Dashboard.objects.get(pk=source.pk).version == 1


def test_shares_a_text_rather_than_copy_it(copy, source):
    tile = TextTileFactory(dashboard=source)

    (copied,) = copy(tile).json()["tiles"]

    assert copied["text"]["id"] == tile.text_id
    assert {place["dashboard_id"] for place in copied["text"]["dashboard_tiles"]} == set(
        Dashboard.objects.values_list("pk", flat=True)
    )


def test_a_tile_without_layouts_is_placed_below_the_others(copy, source, dashboard):
    TextTileFactory(dashboard=dashboard, layouts={"sm": {"x": 0, "y": 0, "w": 12, "h": 3}})

    copied = copy(InsightTileFactory(dashboard=source)).json()["tiles"][1]

    assert copied["layouts"]["sm"] == {"x": 0, "y": 3, "w": 6, "h": 5}


def test_a_removed_tile_comes_back_in_the_look_of_the_source(copy, source, dashboard):
    tile = InsightTileFactory(dashboard=source, **LOOK)
    removed = InsightTileFactory(dashboard=dashboard, insight=tile.insight, deleted=True, color="blue")

    (copied,) = copy(tile).json()["tiles"]

    assert copied["id"] == removed.pk
    assert {name: copied[name] for name in LOOK} == LOOK
    removed.refresh_from_db()
    assert (removed.deleted, removed.deleted_with) == (None, None)


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "fromDashboardId"),
        ({"fromDashboardId": 1}, "required", "tileId"),
        ({"fromDashboardId": "x", "tileId": 1}, "invalid_input", "fromDashboardId"),
        ({"fromDashboardId": 1, "tileId": None}, "null", "tileId"),
    ],
)
def test_needs_both_ids(copy, error, body, code, attr):
    assert error(copy(**body)) == (400, code, attr)


def test_not_from_itself(copy, dashboard, error):
    response = copy(fromDashboardId=dashboard.pk, tileId=999999)

    assert error(response) == (400, "invalid_input", None)
    assert response.json()["detail"] == "Destination must be a different dashboard than the source."


@pytest.mark.parametrize("kind", ["insight", "text card"])
def test_not_what_is_there_already(copy, source, dashboard, error, kind):
    factory, name = (InsightTileFactory, "insight") if kind == "insight" else (TextTileFactory, "text")
    tile = factory(dashboard=source)
    factory(dashboard=dashboard, **{name: getattr(tile, name)})

    response = copy(tile)

    assert error(response) == (400, "invalid_input", None)
    assert response.json()["detail"] == f"This {kind} is already on the destination dashboard."
    assert Dashboard.objects.get(pk=dashboard.pk).version == 1


def test_buttons_are_not_copied(copy, source, error):
    response = copy(ButtonTileTileFactory(dashboard=source))

    assert error(response) == (400, "invalid_input", None)
    assert response.json()["detail"] == "Only insight and text tiles can be copied between dashboards."


def test_what_is_not_there_is_not_found(copy, api, url, source, dashboard, charlie, error):
    foreign = InsightTileFactory(dashboard=DashboardFactory(team=charlie.current_team))
    gone = InsightTileFactory(dashboard=DashboardFactory(team=source.team, deleted=True))
    removed = InsightTileFactory(dashboard=source, deleted=True)
    elsewhere = InsightTileFactory(dashboard=DashboardFactory(team=source.team))
    tile = InsightTileFactory(dashboard=source)

    assert error(copy(fromDashboardId=foreign.dashboard_id, tileId=foreign.pk))[0] == 404
    assert error(copy(fromDashboardId=gone.dashboard_id, tileId=gone.pk))[0] == 404
    assert error(copy(removed))[0] == 404
    assert error(copy(elsewhere))[0] == 404
    Dashboard.objects.filter(pk=dashboard.pk).update(deleted=True)
    assert error(copy(tile))[0] == 404
    body = {"fromDashboardId": source.pk, "tileId": tile.pk}
    assert error(api().post(url(f"dashboards/{foreign.dashboard_id}/copy_tile/"), body))[0] == 404


def test_needs_to_edit_the_destination_but_only_to_see_the_source(api, path, source, dashboard, bob, error):
    tile = InsightTileFactory(dashboard=source)
    body = {"fromDashboardId": source.pk, "tileId": tile.pk}

    Dashboard.objects.filter(pk=dashboard.pk).update(restriction_level=37)
    assert error(api(user=bob).post(path("copy_tile/"), body)) == (403, "permission_denied", None)
    Dashboard.objects.update(restriction_level=21)
    Dashboard.objects.filter(pk=source.pk).update(restriction_level=37)
    assert api(user=bob).post(path("copy_tile/"), body).status_code == 200
    assert error(api("dashboard:read").post(path("copy_tile/"), body))[0] == 403


def test_writes_only_over_the_version_that_was_read(copy, source, dashboard, error):
    tile = InsightTileFactory(dashboard=source)

    assert error(copy(tile, headers={"If-Match": '"0-0"'})) == (412, "precondition_failed", None)
    assert copy(tile, headers={"If-Match": dashboard.etag}).status_code == 200


@pytest.mark.parametrize("count", [1, 50])
def test_costs_the_same_for_one_tile_and_for_fifty(copy, source, dashboard, count, django_assert_num_queries):
    tiles = InsightTileFactory.create_batch(count + 1, dashboard=source)
    InsightTileFactory.create_batch(count, dashboard=dashboard)
    copy(tiles[0])  # notes the first use of the key

    # key and user, project and membership, destination; savepoint, both locked, source, tile, what is there, places,
    # new tile, version, savepoint; then the destination as in retrieve, without noting a view
    with django_assert_num_queries(17):
        assert copy(tiles[1]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_copies_to_and_fro_do_not_wait_for_each_other_and_arrive_once():
    race = Race()
    here, there = DashboardFactory.create_batch(2, team=race.team)
    ours, theirs = (TextTileFactory.create_batch(6, dashboard=dashboard) for dashboard in (here, there))

    def copies(tiles, source, destination):
        body = [{"fromDashboardId": source.pk, "tileId": tile.pk} for tile in tiles]
        return lambda: [race.post(f"dashboards/{destination.pk}/copy_tile/", one) for one in body]

    statuses = race.run(
        copies(ours, here, there), copies(theirs, there, here), copies(ours, here, there), copies(theirs, there, here)
    )

    assert sorted(statuses) == [200] * 12 + [400] * 12
    for dashboard in (here, there):
        dashboard.refresh_from_db()
        assert DashboardTile.objects.filter(dashboard=dashboard).count() == 12
        assert dashboard.version == 7
