"""What the activity log says of insights, and the routes that show it."""

import pytest

from activity.models import ActivityLog
from tests.factories.accounts import ProjectFactory
from tests.factories.activity import ActivityLogFactory
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.insights import TRENDS, WRAPPED_TRENDS, InsightFactory, trends_of


@pytest.fixture
def insight(team):
    return InsightFactory(team=team, name="Signups", saved=True)


@pytest.fixture
def patch(api, url, insight):
    return lambda body: api("insight:write").patch(url(f"insights/{insight.pk}/"), body)


def only_entry() -> ActivityLog:
    return ActivityLog.objects.get(scope="Insight")


def change(field, before, after, action="changed") -> dict:
    return {"type": "Insight", "action": action, "field": field, "before": before, "after": after}


def test_a_new_insight_is_noted(api, url, alice, team):
    made = api().post(url("insights/"), {"name": "Signups", "query": TRENDS}).json()

    entry = only_entry()
    assert (entry.activity, entry.item_id, entry.user, entry.team) == ("created", str(made["id"]), alice, team)
    assert (entry.detail["name"], entry.detail["short_id"]) == ("Signups", made["short_id"])


def test_one_without_a_name_is_not(api, url):
    api().post(url("insights/"), {"query": TRENDS})
    api().post(url("insights/"), {"derived_name": "Pageviews"})

    assert only_entry().detail["name"] == "Pageviews"


def test_a_change_is_noted_with_what_was_before(patch):
    patch({"name": "Sign-ups", "query": trends_of("signup"), "favorited": True})

    entry = only_entry()
    assert entry.activity == "updated"
    assert entry.detail["changes"] == [
        change("name", "Signups", "Sign-ups"),
        change("query", WRAPPED_TRENDS, trends_of("signup")),
        change("favorited", False, True),
    ]


def test_what_stays_as_it_was_is_not_noted(patch):
    patch({"name": "Signups", "tags": [], "dashboards": []})

    assert not ActivityLog.objects.exists()


def test_tags_and_dashboards_are_noted(patch, team, insight):
    left, joined = DashboardFactory(team=team, name="Left"), DashboardFactory(team=team, name="Joined")
    InsightTileFactory(insight=insight, dashboard=left)

    patch({"tags": ["B", "a"], "dashboards": [joined.pk]})

    assert only_entry().detail["changes"] == [
        change("tags", [], ["a", "b"]),
        change("dashboards", [{"id": left.pk, "name": "Left"}], [{"id": joined.pk, "name": "Joined"}]),
    ]


def test_deletion_and_return_have_names_of_their_own(patch):
    patch({"deleted": True})
    patch({"deleted": False})

    restored, deleted = ActivityLog.objects.all()
    assert (deleted.activity, deleted.detail["changes"]) == ("deleted", [change("deleted", False, True)])
    assert (restored.activity, restored.detail["changes"]) == ("restored", [change("deleted", True, False)])


def test_tags_of_many_are_noted_in_one_statement(api, url, team, insight):
    other, untouched = InsightFactory(team=team, name="Other"), InsightFactory(team=team)
    api().patch(url(f"insights/{untouched.pk}/"), {"tags": ["x"]})
    ActivityLog.objects.all().delete()
    body = {"ids": [insight.pk, other.pk, untouched.pk], "action": "add", "tags": ["x"]}

    api().post(url("insights/bulk_update_tags/"), body)

    entries = ActivityLog.objects.filter(activity="updated", scope="Insight")
    assert {entry.detail["name"] for entry in entries} == {"Signups", "Other"}
    assert entries[0].detail["changes"] == [change("tags", [], ["x"])]


def test_a_refused_change_is_not_noted(patch):
    patch({"name": "x" * 401})

    assert not ActivityLog.objects.exists()


class TestRoutes:
    def test_one_reads_what_happened_to_an_insight(self, api, url, patch, insight, alice):
        patch({"name": "Sign-ups"})

        for reference in (insight.pk, insight.short_id):
            answer = api("insight:read", "activity_log:read").get(url(f"insights/{reference}/activity/")).json()
            assert (answer["count"], answer["next"], answer["previous"]) == (1, None, None)
            (entry,) = answer["results"]
            assert (entry["activity"], entry["user"]["email"]) == ("updated", alice.email)

    def test_and_to_all_of_them(self, api, url, team, insight):
        ActivityLogFactory(team=team, scope="Insight", item_id=insight.pk)
        ActivityLogFactory(team=team, scope="Insight", item_id=InsightFactory(team=team).pk)
        ActivityLogFactory(team=team, scope="Dashboard", item_id=insight.pk)
        ActivityLogFactory(team=ProjectFactory().team, scope="Insight")

        assert api().get(url("insights/activity/")).json()["count"] == 2
        assert api().get(url(f"insights/{insight.pk}/activity/?limit=1&page=2")).json()["results"] == []

    @pytest.mark.parametrize("scope", ["insight:read", "activity_log:read"])
    @pytest.mark.parametrize("path", ["insights/activity/", "insights/1/activity/"])
    def test_both_scopes_are_needed(self, api, url, path, scope):
        assert api(scope).get(url(path)).status_code == 403

    def test_an_unknown_insight_has_none(self, api, url):
        foreign = InsightFactory(team=ProjectFactory().team)

        for reference in (foreign.pk, "nosuch"):
            assert api().get(url(f"insights/{reference}/activity/")).status_code == 404


def test_an_update_costs_one_statement_more(api, url, insight, django_assert_num_queries):
    client = api("insight:write")
    client.get(url("insights/?basic=true"))

    # key and user, project and membership, the insight, its tiles; savepoint, its dashboards in another,
    # the row locked and written, the entry, release; the insight read anew (2) and its stored answer
    with django_assert_num_queries(15):
        client.patch(url(f"insights/{insight.pk}/"), {"name": "x"})
