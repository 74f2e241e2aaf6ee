import pytest

from accounts.models import AccessControl, OrganizationMembership
from dashboards.models import Dashboard
from tests.factories.accounts import MembershipFactory
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextTileFactory
from tests.factories.insights import InsightFactory

LEVELS = ["none", "viewer", "editor", "manager"]


@pytest.fixture
def membership(bob, organization):
    return organization.memberships.get(user=bob)


@pytest.fixture
def rule(team, dashboard):
    """`rule("viewer")` is for everybody on the dashboard; `member`, `of` (None: all dashboards) say otherwise."""

    def make(level, *, member=None, of=dashboard):
        return AccessControl.objects.create(
            team=team,
            resource="dashboard",
            resource_id=of and str(of.pk),
            organization_member=member,
            access_level=level,
        )

    return make


@pytest.fixture
def as_bob(api, bob):
    return api(user=bob)


def may(client, path):
    """What a client may do with the dashboard, read off the answers."""
    statuses = client.get(path()).status_code, client.patch(path(), {"name": "x"}).status_code
    return {(200, 200): "edit", (200, 403): "view", (403, 403): "nothing"}[statuses]


def test_without_rules_everybody_edits(as_bob, path):
    shown = as_bob.get(path("access_controls/")).json()

    assert shown == {
        "access_controls": [],
        "available_access_levels": LEVELS,
        "default_access_level": "editor",
        "minimum_access_level": "none",
        "maximum_access_level": "manager",
        "user_access_level": "editor",
        "user_can_edit_access_levels": False,
    }
    assert may(as_bob, path) == "edit"


def test_makes_changes_and_removes_a_rule(api, path, dashboard, alice, membership):
    client = api("access_control:write")

    response = client.put(path("access_controls/"), {"access_level": "viewer"})
    assert response.status_code == 200
    made = response.json()
    assert set(made) == {
        "access_level", "resource", "resource_id", "organization_member", "role", "created_by", "created_at",
        "updated_at",
    }  # fmt: skip
    assert (made["resource"], made["resource_id"], made["access_level"]) == ("dashboard", str(dashboard.pk), "viewer")
    assert (made["organization_member"], made["role"], made["created_by"]) == (None, None, alice.pk)

    own = {"access_level": "editor", "organization_member": str(membership.pk)}
    assert client.put(path("access_controls/"), own).json()["organization_member"] == str(membership.pk)
    assert client.put(path("access_controls/"), {"access_level": "none"}).json()["access_level"] == "none"
    rules = client.get(path("access_controls/")).json()["access_controls"]
    assert [(one["access_level"], one["organization_member"]) for one in rules] == [
        ("none", None),
        ("editor", str(membership.pk)),
    ]

    for _ in range(2):
        response = client.put(path("access_controls/"), {"access_level": None})
        assert (response.status_code, response.content) == (204, b"")
    assert AccessControl.objects.count() == 1


@pytest.mark.parametrize(
    ("everybody", "own", "allowed"),
    [
        ("viewer", None, "view"),
        ("none", None, "nothing"),
        ("none", "viewer", "view"),
        ("viewer", "editor", "edit"),
        ("editor", "none", "edit"),
        (None, "none", "nothing"),
        (None, "manager", "edit"),
    ],
)
def test_the_highest_rule_holds(as_bob, path, rule, membership, everybody, own, allowed):
    if everybody:
        rule(everybody)
    if own:
        rule(own, member=membership)

    assert may(as_bob, path) == allowed


@pytest.mark.parametrize(
    ("of_all", "of_one", "allowed"),
    [("none", "viewer", "view"), ("none", None, "nothing"), ("editor", "none", "nothing")],
)
def test_a_rule_for_the_dashboard_goes_before_one_for_all(as_bob, path, rule, of_all, of_one, allowed):
    rule(of_all, of=None)
    if of_one:
        rule(of_one)

    assert may(as_bob, path) == allowed


def test_no_rule_stops_its_creator_or_an_admin(api, path, rule, dashboard, bob, organization):
    rule("none")
    admin = MembershipFactory(organization=organization, level=OrganizationMembership.Level.ADMIN).user

    assert may(api(user=admin), path) == "edit"
    Dashboard.objects.update(created_by=bob)
    assert may(api(user=bob), path) == "edit"
    assert api(user=bob).get(path()).json()["user_access_level"] == "manager"


def test_says_what_is_lacking(as_bob, path, rule, error):
    rule("none")

    for method, wanted in (("get", "viewer"), ("patch", "editor")):
        response = getattr(as_bob, method)(path())
        assert error(response) == (403, "permission_denied", None)
        assert response.json()["detail"] == f"You do not have {wanted} access to this resource."


def test_a_list_leaves_out_what_is_closed_and_tells_the_level_of_the_rest(
    as_bob, api, url, rule, dashboard, team, bob, membership
):
    seen = DashboardFactory(team=team)
    mine = DashboardFactory(team=team, created_by=bob)
    rule("none")
    rule("viewer", of=seen)
    rule("none", of=mine)

    listed = as_bob.get(url("dashboards/")).json()

    assert listed["count"] == 2
    assert {one["id"]: one["user_access_level"] for one in listed["results"]} == {seen.pk: "viewer", mine.pk: "manager"}
    assert api().get(url("dashboards/")).json()["count"] == 3


def test_where_all_are_closed_there_is_no_list_until_one_is_opened(as_bob, url, rule, dashboard, error):
    rule("none", of=None)

    listed = as_bob.get(url("dashboards/"))
    assert error(listed) == (403, "permission_denied", None)
    assert listed.json()["detail"] == "You do not have viewer access to this resource."
    assert error(as_bob.post(url("dashboards/"), {}))[0] == 403

    rule("viewer")
    assert [one["id"] for one in as_bob.get(url("dashboards/")).json()["results"]] == [dashboard.pk]
    assert as_bob.post(url("dashboards/"), {}).json()["detail"] == "You do not have editor access to this resource."


def test_whoever_may_only_view_changes_nothing_in_a_roundabout_way(as_bob, url, path, rule, dashboard, team):
    rule("viewer")
    tile, insight = InsightTileFactory(dashboard=dashboard), InsightFactory(team=team)
    shared = TextTileFactory(dashboard=dashboard).text
    elsewhere = DashboardFactory(team=team)
    text, own = TextTileFactory(dashboard=elsewhere, text=shared), TextTileFactory(dashboard=elsewhere)
    there = url(f"dashboards/{elsewhere.pk}/")

    attempts = [
        as_bob.post(path("delete_tile/"), {"tile_id": tile.pk}),
        as_bob.post(path("copy_tile/"), {"fromDashboardId": elsewhere.pk, "tileId": own.pk}),
        as_bob.post(f"{there}move_tile/", {"tile": {"id": own.pk}, "toDashboard": dashboard.pk}),
        as_bob.post(f"{there}update_text_tile/", {"tile_id": text.pk, "body": "x"}),
        as_bob.post(url("insights/"), {"dashboards": [dashboard.pk]}),
        as_bob.patch(url(f"insights/{insight.pk}/"), {"dashboards": [dashboard.pk]}),
        as_bob.patch(url(f"insights/{tile.insight_id}/"), {"name": "x"}),
        as_bob.post(path("collaborators/"), {}),
        as_bob.put(path("access_controls/"), {"access_level": "manager"}),
    ]

    assert [attempt.status_code for attempt in attempts] == [403] * len(attempts)
    assert Dashboard.objects.get(pk=dashboard.pk).version == 1


def test_what_is_closed_is_no_source_of_copies(as_bob, url, path, rule, dashboard, team):
    source = DashboardFactory(team=team)
    tile = InsightTileFactory(dashboard=source)
    body = {"fromDashboardId": source.pk, "tileId": tile.pk}
    closed = rule("none", of=source)

    copied = as_bob.post(path("copy_tile/"), body)
    assert (copied.status_code, copied.json()["detail"]) == (403, "You do not have viewer access to this resource.")
    assert as_bob.post(url("dashboards/"), {"use_dashboard": source.pk}).status_code == 403
    closed.access_level = "viewer"
    closed.save()
    assert as_bob.post(path("copy_tile/"), body).status_code == 200
    assert as_bob.post(url("dashboards/"), {"use_dashboard": source.pk}).status_code == 201


def test_only_managers_make_rules(as_bob, api, path, rule, membership, error):
    response = as_bob.put(path("access_controls/"), {})
    assert error(response) == (403, "permission_denied", None)
    assert response.json()["detail"] == "Must be manager to modify dashboard permissions."
    assert api("access_control:read").put(path("access_controls/"), {}).status_code == 403
    assert api("dashboard:write").get(path("access_controls/")).status_code == 403

    rule("manager", member=membership)
    assert as_bob.put(path("access_controls/"), {"access_level": "viewer"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "attr", "detail"),
    [
        ({}, "access_level", "This field is required."),
        ({"access_level": "owner"}, "access_level", f"Invalid access level. Must be one of: {', '.join(LEVELS)}"),
        (
            {"access_level": "viewer", "organization_member": "a", "role": "b"},
            None,
            "You can not scope an access control to both a member and a role.",
        ),
        (
            {"access_level": "viewer", "organization_member": "a"},
            "organization_member",
            "Invalid organization member id.",
        ),
        ({"access_level": "viewer", "role": "a"}, "role", "Invalid role id."),
    ],
)
def test_refuses(api, path, dashboard, body, attr, detail):
    response = api().put(path("access_controls/"), body)

    assert (response.status_code, response.json()["attr"]) == (400, attr)
    assert response.json()["detail"].startswith(detail)
    assert not AccessControl.objects.exists()


def test_no_member_of_another_organization(api, path, charlie):
    body = {"access_level": "viewer", "organization_member": str(charlie.memberships.get().pk)}

    assert api().put(path("access_controls/"), body).json()["attr"] == "organization_member"


def test_lists_who_has_access_and_why(api, path, rule, alice, bob, membership, organization):
    Dashboard.objects.update(created_by=None)
    creator, plain, shut_out = MembershipFactory.create_batch(3, organization=organization)
    MembershipFactory(organization=organization, user__is_active=False)
    Dashboard.objects.update(created_by=creator.user)
    rule("none")
    rule("viewer", member=membership)
    rule("editor", member=plain)

    shown = api().get(path("users_with_access/")).json()

    assert shown["total_count"] == 4
    assert [(one["user_id"], one["access_level"], one["access_source"]) for one in shown["users"]] == [
        (alice.pk, "manager", "organization_admin"),
        (bob.pk, "viewer", "explicit_member"),
        (creator.user_id, "manager", "creator"),
        (plain.user_id, "editor", "explicit_member"),
    ]
    assert shown["users"][1]["organization_membership_id"] == str(membership.pk)
    assert shown["users"][1]["organization_membership_level"] == 1


@pytest.mark.parametrize("count", [1, 30])
def test_costs_the_same_for_one_rule_and_for_thirty(
    as_bob, url, path, rule, team, organization, membership, count, django_assert_num_queries
):
    for member in MembershipFactory.create_batch(count, organization=organization):
        rule("viewer", member=member)
    for dashboard in DashboardFactory.create_batch(count, team=team):
        rule("viewer", of=dashboard)
        rule("editor", of=dashboard, member=membership)
    as_bob.get(path())  # notes the first use of the key

    with django_assert_num_queries(4):  # as without rules: key, project, count, page
        assert as_bob.get(url("dashboards/")).json()["count"] == count + 1
    with django_assert_num_queries(4):  # key, project, dashboard, rules
        as_bob.get(path("access_controls/"))
    with django_assert_num_queries(7):  # key, project, dashboard, its rules, those for all, the project's, members
        as_bob.get(path("users_with_access/"))
