"""Rules about a project, and about all rows of a kind in it."""

import pytest

from accounts.models import AccessControl
from tests.factories.accounts import MembershipFactory

NO_ACCESS = "You don't have access to the project."


@pytest.fixture
def membership(bob, organization):
    return organization.memberships.get(user=bob)


@pytest.fixture
def rules(url):
    return url("access_controls/")


def test_an_ordinary_member_is_no_admin(api, rules, bob):
    shown = api("access_control:read", user=bob).get(rules).json()

    assert shown == {
        "access_controls": [],
        "available_access_levels": ["none", "member", "admin"],
        "default_access_level": "member",
        "minimum_access_level": "none",
        "maximum_access_level": "admin",
        "user_access_level": "member",
        "user_can_edit_access_levels": False,
    }


def test_a_private_project_is_open_to_those_who_are_named(api, url, rules, project, bob, membership):
    entrance, listed, itself = url("dashboards/"), "/api/projects/", f"/api/projects/{project.pk}/"
    client = api(user=bob)

    assert api().put(rules, {"access_level": "none"}).json()["resource"] == "project"
    assert (client.get(entrance).status_code, client.get(entrance).json()["detail"]) == (403, NO_ACCESS)
    assert client.get(listed).json()["count"] == 0
    assert client.get(itself).status_code == 404
    assert api().get(entrance).status_code == 200

    api().put(rules, {"access_level": "member", "organization_member": str(membership.pk)})
    assert client.get(entrance).status_code == 200
    assert client.get(listed).json()["count"] == 1
    assert client.patch(itself, {"name": "x"}).status_code == 403


def test_an_explicit_admin_may_what_an_admin_may(api, url, rules, project, bob, membership):
    client, itself = api(user=bob), f"/api/projects/{project.pk}/"
    api().put(rules, {"access_level": "admin", "organization_member": str(membership.pk)})

    assert client.patch(itself, {"name": "x"}).status_code == 200
    assert client.get(itself).json()["user_access_level"] == "admin"
    assert client.put(rules, {"access_level": "member"}).status_code == 200
    made = api().post(url("dashboards/"), {"restriction_level": 37}).json()["id"]
    shown = client.patch(url(f"dashboards/{made}/"), {"restriction_level": 21}).json()
    assert (shown["restriction_level"], shown["user_access_level"]) == (21, "manager")


@pytest.mark.parametrize("path", ["access_controls/", "resource_access_controls/", "global_access_controls/"])
def test_only_admins_make_rules(api, url, bob, path):
    response = api(user=bob).put(url(path), {"access_level": "none"})

    assert response.status_code == 403
    assert response.json()["detail"] == "Must be admin to modify project permissions."


@pytest.mark.parametrize("level", ["viewer", "", "x"])
def test_knows_the_levels_of_projects(api, rules, level):
    response = api().put(rules, {"access_level": level})

    assert response.status_code == 400
    assert response.json()["attr"] == "access_level"


def test_a_removed_rule_is_gone(api, rules):
    api().put(rules, {"access_level": "member"})

    assert api().put(rules, {"access_level": None}).status_code == 204
    assert not AccessControl.objects.exists()


def test_rules_for_all_dashboards(api, url, bob, membership):
    path, client = url("resource_access_controls/"), api(user=bob)

    made = api().put(path, {"resource": "dashboard", "access_level": "viewer"}).json()
    assert (made["resource"], made["resource_id"]) == ("dashboard", None)
    assert client.get(url("dashboards/")).status_code == 200
    assert client.post(url("dashboards/"), {}).status_code == 403
    shown = client.get(path).json()
    assert [rule["access_level"] for rule in shown["access_controls"]] == ["viewer"]
    assert shown["available_access_levels"] == ["none", "viewer", "editor", "manager"]
    api().put(path, {"resource": "dashboard", "access_level": "editor", "organization_member": str(membership.pk)})
    assert client.post(url("dashboards/"), {}).status_code == 201
    assert api().put(path, {"resource": "moon", "access_level": "viewer"}).json()["attr"] == "resource"


def test_lists_who_may_enter(api, url, rules, alice, bob, membership, organization):
    MembershipFactory(organization=organization)
    api().put(rules, {"access_level": "none"})
    api().put(rules, {"access_level": "member", "organization_member": str(membership.pk)})

    shown = api().get(url("users_with_access/")).json()

    assert [(one["user_id"], one["access_level"], one["access_source"]) for one in shown["users"]] == [
        (alice.pk, "admin", "organization_admin"),
        (bob.pk, "member", "explicit_member"),
    ]


def test_another_projects_rules_do_not_hold_here(api, url, charlie, bob):
    AccessControl.objects.create(
        team=charlie.current_team, resource="project", resource_id=str(charlie.current_team_id), access_level="none"
    )
    AccessControl.objects.create(team=charlie.current_team, resource="dashboard", access_level="none")

    assert api(user=bob).get(url("dashboards/")).status_code == 200
    assert api().get(url("resource_access_controls/")).json()["access_controls"] == []
