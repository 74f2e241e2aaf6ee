import pytest
from django.utils import timezone

from dashboards.models import Dashboard
from insights.models import ViewLog
from sharing.models import SharingConfiguration
from tagging.services import set_tags
from tests.factories.dashboards import DashboardFactory, TextTileFactory

LIST_KEYS = {
    "id", "name", "description", "pinned", "created_at", "created_by", "last_accessed_at", "last_viewed_at",
    "is_shared", "deleted", "creation_mode", "tags", "restriction_level", "effective_restriction_level",
    "effective_privilege_level", "user_access_level", "access_control_version", "last_refresh", "team_id",
}  # fmt: skip


@pytest.fixture
def names(api, url):
    """`names("?search=x")` are the names in the list, in its order."""

    def listed(query: str = "") -> list:
        response = api("dashboard:read").get(url(f"dashboards/{query}"))
        assert response.status_code == 200, response.content
        return [row["name"] for row in response.json()["results"]]

    return listed


def test_lists_dashboards_without_their_tiles(api, url, team, alice):
    dashboard = DashboardFactory(team=team, name="Numbers", created_by=alice)
    TextTileFactory(dashboard=dashboard)
    set_tags(dashboard, ["b", "a"], team=team)

    page = api("dashboard:read").get(url("dashboards/")).json()

    assert page["count"] == 1
    assert page["next"] is page["previous"] is None
    (row,) = page["results"]
    assert set(row) == LIST_KEYS
    assert row["name"] == "Numbers"
    assert row["tags"] == ["a", "b"]
    assert row["created_by"]["email"] == "alice@hogflix.com"
    assert row["team_id"] == team.pk


def test_pinned_ones_come_first_then_by_name_and_nameless_ones_last(team, names):
    for name, pinned in (("b", False), (None, False), ("a", False), ("z", True), (None, True)):
        DashboardFactory(team=team, name=name, pinned=pinned)

    assert names() == ["z", None, "a", "b", None]


def test_removed_and_unlisted_ones_and_those_of_others_are_not_listed(team, charlie, names):
    DashboardFactory(team=team, name="here")
    DashboardFactory(team=team, name="removed", deleted=True)
    DashboardFactory(team=team, name="unlisted", creation_mode="unlisted")
    DashboardFactory(team=charlie.current_team, name="foreign")

    assert names() == ["here"]
    assert names("?creation_mode=unlisted") == ["unlisted"]
    assert names("?creation_mode=default") == ["here"]
    assert names("?creation_mode=nonsense") == []


def test_a_stranger_sees_nothing(api, url, charlie):
    assert api(user=charlie).get(url("dashboards/")).status_code == 403


def test_any_of_the_tags(team, names):
    for name, tags in (("one", ["x"]), ("two", ["y"]), ("both", ["x", "y"]), ("none", [])):
        set_tags(DashboardFactory(team=team, name=name), tags, team=team)

    assert names("?tags=x&tags=y") == ["both", "one", "two"]
    assert names("?tags=X") == []


def test_search_in_name_description_and_tags_ignores_case(api, url, team, names):
    DashboardFactory(team=team, name="Weekly Revenue")
    DashboardFactory(team=team, name="other", description="about REVENUE")
    set_tags(DashboardFactory(team=team, name="tagged"), ["revenues"], team=team)
    DashboardFactory(team=team, name="100% nothing")

    assert names("?search=revenue") == ["Weekly Revenue", "other", "tagged"]
    assert names("?search=%25") == ["100% nothing"]
    (row, *_) = api().get(url("dashboards/?search=weekly")).json()["results"]
    assert set(row) == LIST_KEYS | {"search_match_type"}
    assert row["search_match_type"] == "exact"


def test_a_search_is_at_most_200_characters_long(api, url, error):
    assert api().get(url(f"dashboards/?search={'x' * 200}")).status_code == 200

    response = api().get(url(f"dashboards/?search={'x' * 201}"))

    assert error(response) == (400, "max_length", "search")
    assert response.json()["detail"] == "Search query must be 200 characters or fewer."


def test_generated_ones_can_be_left_out(team, names):
    for name in ("Generated Dashboard: flag", "Mine", None):
        DashboardFactory(team=team, name=name)

    assert names("?exclude_generated=true") == ["Mine", None]
    assert len(names("?exclude_generated=1")) == len(names()) == 3


def test_pinned_and_folder_narrow_the_list(team, names):
    DashboardFactory(team=team, name="a", pinned=True, folder="Sales/EU")
    DashboardFactory(team=team, name="b")

    assert names("?pinned=true") == names("?folder=Sales/EU") == ["a"]
    assert names("?pinned=false") == names("?folder=") == ["b"]
    assert names("?folder=Sales") == []


def test_pages(api, url, team):
    for name in "abc":
        DashboardFactory(team=team, name=name)

    page = api().get(url("dashboards/?limit=1&offset=1&pinned=false")).json()

    assert page["count"] == 3
    assert [row["name"] for row in page["results"]] == ["b"]
    assert page["next"].endswith("/dashboards/?limit=1&offset=2&pinned=false")
    assert page["previous"].endswith("/dashboards/?limit=1&pinned=false")


def test_the_last_view_is_the_callers_own(api, url, team, alice, bob):
    dashboard = DashboardFactory(team=team)
    ViewLog.objects.record("dashboard", [dashboard.pk], team=team, user=bob)

    assert api().get(url("dashboards/")).json()["results"][0]["last_viewed_at"] is None
    assert api(user=bob).get(url("dashboards/")).json()["results"][0]["last_viewed_at"] is not None


def test_what_the_caller_may_do_with_a_restricted_one(api, url, team, alice, bob):
    DashboardFactory(team=team, created_by=alice, restriction_level=37)

    (seen_by_alice,) = api().get(url("dashboards/")).json()["results"]
    (seen_by_bob,) = api(user=bob).get(url("dashboards/")).json()["results"]

    keys = ("effective_restriction_level", "effective_privilege_level", "user_access_level", "access_control_version")
    assert [seen_by_alice[key] for key in keys] == [37, 37, "manager", "v1"]
    assert [seen_by_bob[key] for key in keys] == [37, 21, "editor", "v1"]


@pytest.mark.parametrize("enabled", [True, False])
def test_whether_it_is_shared(api, url, team, enabled):
    dashboard = DashboardFactory(team=team)
    SharingConfiguration.objects.create(team=team, dashboard=dashboard, enabled=enabled)

    assert api().get(url("dashboards/")).json()["results"][0]["is_shared"] is enabled
    assert api().get(url(f"dashboards/{dashboard.pk}/")).json()["is_shared"] is enabled


@pytest.mark.parametrize("count", [1, 50])
def test_costs_the_same_for_one_dashboard_and_for_fifty(api, url, team, alice, count, django_assert_num_queries):
    for dashboard in DashboardFactory.create_batch(count, team=team, created_by=alice):
        TextTileFactory(dashboard=dashboard)
        set_tags(dashboard, ["x", "y"], team=team)
    client = api("dashboard:read")
    client.get(url("dashboards/"))  # notes the first use of the key

    # key and user, project and membership, count, dashboards with author and tags
    with django_assert_num_queries(4):
        page = client.get(url("dashboards/")).json()

    assert len(page["results"]) == count


@pytest.mark.parametrize(
    "query",
    ["limit=x", "limit=-1", "limit=" + "9" * 30, "offset=-5", "offset=" + "9" * 18, "pinned=maybe", "tags=", "search=",
     "creation_mode=", "folder=%F0%9F%A6%94", "exclude_generated=", "format=json", "format=txt", "nonsense=1"],
)  # fmt: skip
def test_strange_parameters_are_no_mistake(api, url, team, query):
    DashboardFactory(team=team)

    assert api().get(url(f"dashboards/?{query}")).status_code == 200


def test_a_nul_is_refused(api, url, error):
    assert error(api().get(url("dashboards/?search=a%00b")))[0] == 400


def test_a_view_changes_neither_the_version_nor_the_list(api, url, team):
    dashboard = DashboardFactory(team=team, last_accessed_at=timezone.now())
    api().get(url("dashboards/"))

    assert Dashboard.objects.get(pk=dashboard.pk).last_accessed_at == dashboard.last_accessed_at
    assert Dashboard.objects.get(pk=dashboard.pk).version == 1
