from datetime import UTC, datetime
from threading import Thread

import pytest
from django.db import connection

from insights.models import Insight
from tests.factories.accounts import ProjectFactory
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.insights import TRENDS, WRAPPED_TRENDS, InsightFactory

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def insight(team):
    return InsightFactory(team=team, is_sample=True, last_modified_at=LONG_AGO)


@pytest.fixture
def patch(api, url, insight):
    """`patch({"name": "x"})` sends that as Alice."""

    def send(body, *, user=None):
        return api("insight:write", user=user).patch(url(f"insights/{insight.pk}/"), body)

    return send


def versions(*dashboards) -> list[int]:
    for dashboard in dashboards:
        dashboard.refresh_from_db()
    return [dashboard.version for dashboard in dashboards]


def test_what_is_sent_changes_and_the_rest_stays(patch, insight, alice):
    response = patch({"name": "Renamed"})

    assert response.status_code == 200
    answer = response.json()
    assert (answer["name"], answer["query"]) == ("Renamed", insight.query)
    assert (answer["saved"], answer["is_sample"]) == (True, False)
    assert answer["last_modified_by"]["email"] == alice.email
    assert answer["last_modified_at"] > "2020-01-01T00:00:00Z"


def test_put_leaves_what_is_not_sent_too(api, url, insight):
    answer = api().put(url(f"insights/{insight.pk}/"), {"description": "x"}).json()

    assert (answer["name"], answer["description"]) == (insight.name, "x")


def test_it_may_be_named_by_its_short_id(api, url, insight):
    assert api().patch(url(f"insights/{insight.short_id}"), {"name": "x"}).json()["name"] == "x"


def test_saved_is_kept_out_on_demand(patch):
    assert patch({"saved": False, "name": "x"}).json()["saved"] is False


@pytest.mark.parametrize("body", [{"favorited": True}, {"tags": ["a"]}, {"order": 5}, {"saved": True}, {}])
def test_a_star_or_a_tag_is_no_modification(patch, body):
    assert patch(body).json()["last_modified_at"] == "2020-01-01T00:00:00Z"


@pytest.mark.parametrize("body", [{"name": "x"}, {"description": "x"}, {"query": TRENDS}, {"derived_name": "x"}])
def test_what_it_asks_and_how_it_is_called_is_material(patch, body):
    assert patch(body).json()["last_modified_at"] > "2026-01-01"


def test_tags_replace_the_set_and_null_leaves_it(patch):
    assert patch({"tags": ["b", "A "]}).json()["tags"] == ["a", "b"]
    assert patch({"tags": ["c"]}).json()["tags"] == ["c"]
    assert patch({"tags": None}).json()["tags"] == ["c"]
    assert patch({"tags": []}).json()["tags"] == []


def test_what_only_the_server_says_is_passed_over(patch, insight):
    body = {"filters_hash": "x", "short_id": "x", "created_at": None, "result": [1], "is_cached": True, "id": 5}

    response = patch(body)

    assert response.status_code == 200
    assert (response.json()["short_id"], response.json()["result"]) == (insight.short_id, None)


def test_a_query_takes_the_place_of_legacy_filters(api, url, team):
    legacy = InsightFactory(team=team, query=None, filters={"insight": "TRENDS"})

    answer = api().patch(url(f"insights/{legacy.pk}/"), {"query": WRAPPED_TRENDS}).json()

    assert (answer["query"], answer["filters"]) == (WRAPPED_TRENDS, {})
    legacy.refresh_from_db()
    assert legacy.filters == {}


def test_a_query_may_be_taken_away(patch):
    assert patch({"query": None}).json()["query"] is None


def test_an_agent_s_query_is_wrapped(api, url, insight):
    answer = api().patch(
        url(f"insights/{insight.pk}/"), {"query": TRENDS, "name": "x"}, headers={"x-posthog-client": "mcp"}
    )
    assert answer.json()["query"] == WRAPPED_TRENDS


class TestDashboards:
    def test_the_list_is_the_whole_set_wanted(self, patch, team, insight):
        kept, left, joined = (DashboardFactory(team=team) for _ in range(3))
        for dashboard in (kept, left):
            InsightTileFactory(dashboard=dashboard, insight=insight)

        answer = patch({"dashboards": [kept.pk, joined.pk]}).json()

        assert set(answer["dashboards"]) == {kept.pk, joined.pk}
        assert {tile["dashboard_id"] for tile in answer["dashboard_tiles"]} == {kept.pk, joined.pk}
        assert patch({"dashboards": []}).json()["dashboards"] == []

    def test_a_tile_that_comes_back_is_the_same_one_with_its_layout(self, patch, team, insight):
        tile = InsightTileFactory(dashboard=DashboardFactory(team=team), insight=insight, layouts={"sm": {"x": 6}})

        patch({"dashboards": []})
        (back,) = patch({"dashboards": [tile.dashboard_id]}).json()["dashboard_tiles"]

        tile.refresh_from_db()
        assert (back["id"], tile.layouts) == (tile.pk, {"sm": {"x": 6}})

    def test_ids_of_deleted_dashboards_are_passed_over(self, patch, team):
        gone = DashboardFactory(team=team, deleted=True)

        response = patch({"dashboards": [gone.pk]})

        assert (response.status_code, response.json()["dashboards"]) == (200, [])

    def test_every_dashboard_concerned_has_a_new_version_and_no_other(self, patch, team, insight):
        kept, left, joined, other = (DashboardFactory(team=team) for _ in range(4))
        for dashboard in (kept, left):
            InsightTileFactory(dashboard=dashboard, insight=insight)

        patch({"dashboards": [kept.pk, joined.pk]})

        assert versions(kept, left, joined, other) == [2, 2, 2, 1]

    @pytest.mark.parametrize("body", [{"name": "x"}, {"tags": ["x"]}, {"favorited": True}])
    def test_any_change_to_the_insight_is_one_to_its_dashboards(self, patch, team, insight, body):
        tile = InsightTileFactory(dashboard=DashboardFactory(team=team), insight=insight)

        patch(body)

        assert versions(tile.dashboard) == [2]

    def test_an_unknown_or_foreign_dashboard_is_refused_and_nothing_changes(self, patch, insight):
        foreign = DashboardFactory(team=ProjectFactory().team)

        response = patch({"name": "changed", "dashboards": [foreign.pk]})

        assert response.status_code == 400
        assert response.json()["detail"] == f'Invalid pk "{foreign.pk}" - object does not exist.'
        insight.refresh_from_db()
        assert insight.name != "changed"

    def test_adding_to_a_restricted_dashboard_needs_the_right_to_edit_it(self, patch, team, alice, bob, insight):
        restricted = DashboardFactory(team=team, restriction_level=37, created_by=alice)

        refused = patch({"dashboards": [restricted.pk]}, user=bob)

        assert refused.status_code == 403
        assert refused.json()["detail"] == (f"You don't have permission to add insights to dashboard: {restricted.pk}")
        assert patch({"dashboards": [restricted.pk]}).status_code == 200

    def test_removing_from_a_restricted_dashboard_needs_it_too(self, patch, team, bob, insight):
        restricted = DashboardFactory(team=team, restriction_level=37)
        for dashboard in (restricted, DashboardFactory(team=team)):
            InsightTileFactory(dashboard=dashboard, insight=insight)

        refused = patch({"dashboards": []}, user=bob)

        assert refused.status_code == 403
        assert refused.json()["detail"] == (
            f"You don't have permission to remove insights from dashboard: {restricted.pk}"
        )

    def test_who_may_edit_none_of_its_dashboards_may_not_edit_the_insight(self, patch, team, bob, insight):
        InsightTileFactory(insight=insight, dashboard=DashboardFactory(team=team, restriction_level=37))

        refused = patch({"name": "x"}, user=bob)

        assert refused.status_code == 403
        assert refused.json()["detail"] == "You don't have edit permissions for this insight."
        assert patch({"name": "x"}).status_code == 200

    def test_a_collaborator_may(self, patch, team, bob, insight):
        restricted = DashboardFactory(team=team, restriction_level=37)
        restricted.collaborators.create(user=bob, level=37)

        assert patch({"dashboards": [restricted.pk]}, user=bob).status_code == 200
        assert patch({"name": "x"}, user=bob).json()["effective_privilege_level"] == 37


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"name": "x" * 401}, "name"),
        ({"query": {"kind": "Nonsense"}}, None),
        ({"query": "x"}, None),
        ({"deleted": "perhaps"}, "deleted"),
        ({"deleted": []}, "deleted"),
        ({"dashboards": None}, "dashboards"),
        ({"saved": None}, "saved"),
    ],
)
def test_a_bad_body_is_refused_by_name(patch, body, attr):
    response = patch(body)

    assert (response.status_code, response.json()["attr"]) == (400, attr)


@pytest.mark.parametrize("body", [[], "x", 5])
def test_a_body_that_is_no_object_is_refused(patch, body):
    assert patch(body).status_code == 400


def test_an_insight_of_another_project_is_missing(api, url, project):
    foreign = InsightFactory(team=ProjectFactory().team)

    assert api().patch(url(f"insights/{foreign.pk}/"), {"name": "x"}).status_code == 404


def test_reading_scope_does_not_write(api, url, insight):
    assert api("insight:read").patch(url(f"insights/{insight.pk}/"), {"name": "x"}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_writers_of_different_fields_do_not_undo_each_other(api, url, team):
    insight = InsightFactory(team=team)
    tiles = [InsightTileFactory(dashboard=DashboardFactory(team=team), insight=insight) for _ in range(2)]
    bodies = [{"name": "both"}, {"description": "both"}, {"tags": ["both"]}, {"favorited": True}]
    client = api()

    def send(body):
        assert client.patch(url(f"insights/{insight.pk}/"), body).status_code == 200
        connection.close()

    threads = [Thread(target=send, args=[body]) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    insight = Insight.objects.get()
    assert (insight.name, insight.description, insight.favorited) == ("both", "both", True)
    assert [tag.name for tag in insight.tags.all()] == ["both"]
    assert versions(*(tile.dashboard for tile in tiles)) == [5, 5]
