import pytest

from activity.models import ActivityLog
from dashboards.models import Dashboard
from tests.factories.dashboards import DashboardFactory


@pytest.fixture
def entries(api, url):
    client = api("activity_log:read", "dashboard:read")
    return lambda path="": client.get(url(f"dashboards/{path}activity/")).json()["results"]


def changes(entry):
    return {change["field"]: (change["before"], change["after"]) for change in entry["detail"]["changes"]}


def test_tells_a_dashboards_life_newest_first(api, url, entries, alice, bob):
    pk = api().post(url("dashboards/"), {"name": "Numbers", "tags": ["B", "a"], "filters": {}}).json()["id"]
    one = url(f"dashboards/{pk}/")
    api(user=bob).patch(one, {"name": "Figures", "pinned": True, "tags": ["a", "c"]})
    api().patch(one, {"deleted": True})
    api().patch(one, {"deleted": False, "description": "d"})

    restored, deleted, updated, created = told = entries(f"{pk}/")

    assert [entry["activity"] for entry in told] == ["restored", "deleted", "updated", "created"]
    assert {(entry["scope"], entry["item_id"]) for entry in told} == {("Dashboard", str(pk))}
    assert changes(created) == {"name": (None, "Numbers"), "restriction_level": (None, 21), "tags": (None, ["a", "b"])}
    assert changes(updated) == {
        "name": ("Numbers", "Figures"),
        "pinned": (False, True),
        "tags": (["a", "b"], ["a", "c"]),
    }
    assert (updated["user"]["id"], updated["detail"]["name"]) == (bob.pk, "Figures")
    assert changes(deleted) == {"deleted": (False, True)}
    assert changes(restored) == {"deleted": (True, False), "description": ("", "d")}


@pytest.mark.parametrize("body", [{}, {"name": "Numbers"}, {"tags": []}, {"filters": {}}, {"deleted": False}])
def test_nothing_is_told_of_a_change_that_changed_nothing(api, path, dashboard, body):
    assert api().patch(path(), body).status_code == 200

    assert not ActivityLog.objects.exists()


def test_nor_of_one_that_was_refused(api, path, dashboard):
    assert api().patch(path(), {"name": "x", "tiles": [{"id": 999999}]}).status_code == 400

    assert not ActivityLog.objects.exists()


def test_themes_and_nested_values_are_told_as_stored(api, path, dashboard, entries):
    api().patch(path(), {"filters": {"date_from": "-7d"}, "last_accessed_at": "2026-01-01T00:00:00Z"})

    (entry,) = entries(f"{dashboard.pk}/")
    assert changes(entry) == {"filters": ({}, {"date_from": "-7d"})}


def test_all_dashboards_together(api, url, entries, team, charlie):
    for dashboard in DashboardFactory.create_batch(2, team=team):
        api().patch(url(f"dashboards/{dashboard.pk}/"), {"name": "x"})

    assert len(entries()) == 2


def test_needs_both_scopes_and_a_dashboard_that_is_there(api, url, path, charlie, error):
    foreign = DashboardFactory(team=charlie.current_team)
    client = api("activity_log:read", "dashboard:read")

    assert error(api("activity_log:read").get(path("activity/")))[0] == 403
    assert error(api("dashboard:read").get(path("activity/")))[0] == 403
    assert error(client.get(url(f"dashboards/{foreign.pk}/activity/")))[0] == 404
    Dashboard.objects.filter(team=charlie.current_team).update(deleted=True)
    assert client.get(path("activity/")).json()["results"] == []
