"""Rules of access for insights: at the API of insights, and wherever a dashboard shows one."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import AccessControl
from insights.models import CachedResult, Insight
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextTileFactory
from tests.factories.insights import CachedResultFactory, InsightFactory

SECRET = "Secret signups"
TRENDS = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "signup"}]}


@pytest.fixture
def insight(team, alice):
    insight = InsightFactory(
        team=team, name=SECRET, description=SECRET, query=TRENDS, created_by=alice, last_modified_by=alice, saved=True
    )
    series = {"label": SECRET, "data": [4711], "days": ["2026-11-01"], "labels": ["1-Nov-2026"], "count": 4711}
    CachedResultFactory(team=team, query=TRENDS, response={"results": [series]})
    return insight


@pytest.fixture
def dashboard(team, insight, bob):
    """Bob's, with an insight that is not his."""
    dashboard = DashboardFactory(team=team, created_by=bob)
    InsightTileFactory(dashboard=dashboard, insight=insight, layouts={"sm": {"x": 0, "y": 0}})
    TextTileFactory(dashboard=dashboard, layouts={"sm": {"x": 0, "y": 5}})
    return dashboard


@pytest.fixture
def rule(team, insight):
    """`rule("viewer")` is for everybody on the insight; `of=None` for all insights."""

    def make(level, *, of=insight, member=None):
        return AccessControl.objects.create(
            team=team,
            resource="insight",
            resource_id=of and str(of.pk),
            organization_member=member,
            access_level=level,
        )

    return make


@pytest.fixture
def as_bob(api, bob):
    return api(user=bob)


@pytest.fixture
def path(url, insight):
    return lambda rest="": url(f"insights/{insight.pk}/{rest}")


@pytest.fixture
def board(url, dashboard):
    return lambda rest="": url(f"dashboards/{dashboard.pk}/{rest}")


@pytest.fixture
def refused():
    def check(response, level):
        assert response.status_code == 403
        assert response.json()["detail"] == f"You do not have {level} access to this resource."
        assert response.json()["code"] == "permission_denied"

    return check


def test_makes_lists_and_removes_rules(api, path, url, insight, alice):
    client = api("access_control:write")

    made = client.put(path("access_controls/"), {"access_level": "viewer"})
    shown = client.get(path("access_controls/")).json()
    by_short_id = client.get(url(f"insights/{insight.short_id}/access_controls/"))

    assert made.status_code == 200
    assert (made.json()["resource"], made.json()["resource_id"]) == ("insight", str(insight.pk))
    assert made.json()["created_by"] == alice.pk
    assert [one["access_level"] for one in shown["access_controls"]] == ["viewer"]
    assert shown["default_access_level"] == "editor"
    assert (shown["user_access_level"], shown["user_can_edit_access_levels"]) == ("manager", True)
    assert by_short_id.json() == shown
    assert client.put(path("access_controls/"), {"access_level": None}).status_code == 204
    assert not AccessControl.objects.exists()


def test_only_managers_make_rules(as_bob, path):
    response = as_bob.put(path("access_controls/"), {"access_level": "none"})

    assert (response.status_code, response.json()["detail"]) == (403, "Must be manager to modify insight permissions.")


def test_lists_who_has_access(api, path, rule, alice, bob):
    rule("none")

    users = api("access_control:read").get(path("users_with_access/")).json()["users"]

    assert [user["user_id"] for user in users] == [alice.pk]


@pytest.mark.parametrize(("level", "reads", "writes"), [("none", 403, 403), ("viewer", 200, 403), ("editor", 200, 200)])
@pytest.mark.parametrize("is_general", [False, True])
def test_a_rule_opens_as_much_as_it_says(as_bob, path, rule, level, reads, writes, is_general):
    rule(level, of=None) if is_general else rule(level)

    shown = as_bob.get(path())

    assert shown.status_code == reads
    assert as_bob.patch(path(), {"name": "x"}).status_code == writes
    if reads == 200:
        assert shown.json()["user_access_level"] == level


def test_says_what_is_lacking(as_bob, path, rule, refused):
    rule("none")

    refused(as_bob.get(path()), "viewer")
    refused(as_bob.get(path("activity/")), "viewer")
    refused(as_bob.patch(path(), {"name": "x"}), "editor")
    refused(as_bob.patch(path(), {"dashboards": []}), "editor")


def test_no_rule_stops_its_creator_or_an_admin(api, as_bob, path, rule, insight, bob):
    rule("none")
    assert api().get(path()).json()["user_access_level"] == "manager"

    Insight.objects.filter(pk=insight.pk).update(created_by=bob)
    assert as_bob.get(path()).json()["user_access_level"] == "manager"


@pytest.mark.parametrize("query", ["", "?basic=true", "?saved=true", "?search=secret"])
def test_lists_leave_out_what_is_closed(as_bob, url, rule, team, query):
    open_one = InsightFactory(team=team, name="Open secret", saved=True)
    rule("none")

    shown = as_bob.get(url(f"insights/{query}")).json()

    assert ([row["id"] for row in shown["results"]], shown["count"]) == ([open_one.pk], 1)


@pytest.mark.parametrize("action", ["my_last_viewed", "trending"])
def test_so_do_the_shorter_lists(as_bob, api, url, rule, insight, action):
    for client in (as_bob, api()):
        client.post(url("insights/viewed/"), {"insight_ids": [insight.pk]})
    assert SECRET in as_bob.get(url(f"insights/{action}/")).content.decode()

    rule("none")
    assert SECRET not in as_bob.get(url(f"insights/{action}/")).content.decode()


def test_where_all_are_closed_there_is_no_list_until_one_is_opened(as_bob, url, rule, insight, refused):
    rule("none", of=None)
    refused(as_bob.get(url("insights/")), "viewer")
    refused(as_bob.post(url("insights/"), {"name": "x", "query": TRENDS}), "editor")

    rule("viewer")
    assert [row["id"] for row in as_bob.get(url("insights/")).json()["results"]] == [insight.pk]
    refused(as_bob.post(url("insights/"), {"name": "x", "query": TRENDS}), "editor")


def test_tags_of_what_may_only_be_viewed_stay(as_bob, url, rule, insight):
    rule("viewer")

    body = {"ids": [insight.pk], "action": "add", "tags": ["a"]}
    answer = as_bob.post(url("insights/bulk_update_tags/"), body).json()

    assert answer == {"updated": [], "skipped": [{"id": insight.pk, "reason": "Not found or no edit access"}]}


def test_a_dashboard_tells_nothing_of_a_closed_insight(as_bob, board, rule, insight):
    def shown():
        return [
            as_bob.get(board()).json(),
            as_bob.patch(board(), {"name": "x"}).json(),
            as_bob.get(board("run_insights/")).json(),
            as_bob.get(board("run_insights/?refresh=blocking&output_format=json")).json(),
        ]

    assert [SECRET in json.dumps(answer) for answer in shown()] == [True] * 4
    rule("none")
    told = shown()

    assert SECRET not in json.dumps(told)
    assert "4711" not in json.dumps(told)
    tile, text = told[0]["tiles"]
    assert (tile["insight"]["id"], tile["insight"]["user_access_level"]) == (insight.pk, "none")
    assert tile["insight"]["query"] is tile["insight"]["result"] is tile["insight"]["created_by"] is None
    assert text["text"]
    assert told[2] == told[3] == {"results": []}


@pytest.mark.django_db(transaction=True)
def test_nor_does_a_stream_of_its_tiles(as_bob, board, rule):
    def stream():
        return b"".join(as_bob.get(board("stream_tiles/")).streaming_content).decode()

    assert SECRET in stream()
    rule("none")
    assert SECRET not in stream()
    assert "4711" not in stream()


def test_what_is_closed_is_not_computed(as_bob, board, rule):
    CachedResult.objects.all().delete()
    rule("none")

    as_bob.get(board("?refresh=force_blocking"))

    assert not CachedResult.objects.exists()


def test_a_snapshot_keeps_nothing_of_it(as_bob, board, rule):
    rule("none")

    key = as_bob.post(board("snapshot/"), {}).json()
    AccessControl.objects.all().delete()

    assert as_bob.post(board("analyze_refresh_result/"), key).json()["result"].startswith("No significant changes")


def test_what_is_closed_is_no_source_of_copies(as_bob, url, board, rule, dashboard, insight, team, bob, refused):
    other = DashboardFactory(team=team, created_by=bob)
    tile = dashboard.tiles.get(insight=insight)
    rule("none")

    refused(as_bob.post(url("dashboards/"), {"use_dashboard": dashboard.pk}), "viewer")
    refused(as_bob.post(url("dashboards/"), {"use_dashboard": dashboard.pk, "duplicate_tiles": True}), "viewer")
    refused(as_bob.patch(board(), {"duplicate_tiles": [{"id": tile.pk}]}), "viewer")
    copy = {"fromDashboardId": dashboard.pk, "tileId": tile.pk}
    refused(as_bob.post(url(f"dashboards/{other.pk}/copy_tile/"), copy), "viewer")
    refused(as_bob.post(url(f"dashboards/{other.pk}/tiles/"), {"insight_id": insight.pk}), "viewer")
    refused(as_bob.patch(url(f"dashboards/{other.pk}/"), {"tiles": [{"insight": {"id": insight.pk}}]}), "viewer")
    assert Insight.objects.count() == 1


def test_its_tile_can_still_be_laid_out_and_removed(as_bob, board, rule, dashboard, insight):
    tile = dashboard.tiles.get(insight=insight)
    rule("none")

    read = as_bob.get(board()).json()["tiles"][0]
    assert as_bob.patch(board(), {"tiles": [{**read, "color": "red"}]}).status_code == 200
    assert as_bob.post(board("delete_tile/"), {"tile_id": tile.pk}).status_code == 204

    assert Insight.objects.get(pk=insight.pk).name == SECRET


@pytest.mark.parametrize(("level", "survives"), [("viewer", True), ("editor", False)])
def test_a_dashboard_takes_along_only_insights_that_are_the_callers_to_edit(
    as_bob, board, rule, insight, level, survives
):
    rule(level)

    assert as_bob.patch(board(), {"deleted": True, "delete_insights": True}).status_code == 200

    assert Insight.objects.filter(pk=insight.pk).exists() is survives


def test_its_link_is_for_those_who_may_see_it_and_changed_by_those_who_may_edit_it(as_bob, path, rule, refused):
    rule("none")
    refused(as_bob.get(path("sharing/")), "viewer")

    AccessControl.objects.update(access_level="viewer")
    assert as_bob.get(path("sharing/")).json()["user_access_level"] == "viewer"
    denied = as_bob.patch(path("sharing/"), {"enabled": True})
    assert (denied.status_code, denied.json()["detail"]) == (403, "You don't have edit permissions for this insight.")


def test_nobody_publishes_what_is_closed_to_them(as_bob, api, board, rule):
    rule("none")

    refused = as_bob.patch(board("sharing/"), {"enabled": True})

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_input")
    assert refused.json()["detail"].startswith("Can't enable sharing")
    assert api().patch(board("sharing/"), {"enabled": True}).status_code == 200
    # What is public already may be changed otherwise.
    assert as_bob.patch(board("sharing/"), {"enabled": True, "settings": {"legend": True}}).status_code == 200


def test_rules_are_for_members_not_for_the_public(api, board, path, rule, url, insight):
    rule("none", of=None)
    insight_share = api().patch(path("sharing/"), {"enabled": True}).json()["access_token"]

    guest = APIClient().get(f"{url('insights/')}?sharing_access_token={insight_share}")

    assert [row["id"] for row in guest.json()["results"]] == [insight.pk]


def test_costs_the_same_with_rules_and_without(as_bob, url, rule, team):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            assert as_bob.get(url("insights/?basic=true")).status_code == 200
        return len(captured)

    InsightFactory(team=team)
    as_bob.get(url("insights/?basic=true"))
    bare = cost()
    for one in InsightFactory.create_batch(10, team=team):
        rule("viewer", of=one)

    assert cost() == bare
