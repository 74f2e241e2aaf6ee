import pytest

from accounts.models import Organization, OrganizationMembership
from tests.factories.accounts import MembershipFactory, ProjectFactory

ORGANIZATIONS = "/api/organizations/"


def test_lists_own_organizations(api, organization, charlie):
    body = api("organization:read").get(ORGANIZATIONS).json()

    assert [o["id"] for o in body["results"]] == [str(organization.pk)]


def test_retrieves_one_with_its_projects_and_teams(api, organization, project):
    body = api("organization:read").get(f"{ORGANIZATIONS}@current/").json()

    assert body["name"] == "Hogflix"
    assert body["slug"] == "hogflix"
    assert body["membership_level"] == 15
    assert body["projects"] == [{"id": project.pk, "organization_id": str(organization.pk), "name": "Hogflix web"}]
    assert body["teams"][0]["id"] == project.pk
    assert body["member_count"] == 1


def test_another_organization_is_not_found(api, charlie):
    assert api().get(f"{ORGANIZATIONS}{charlie.current_organization_id}/").status_code == 404
    assert api().get(f"{ORGANIZATIONS}nonsense/").status_code == 404


def test_without_a_current_one(api, alice):
    alice.current_organization = None
    alice.save()

    assert api().get(f"{ORGANIZATIONS}@current/").json()["detail"] == "Current organization not found."


def test_admins_change_it_and_members_do_not(api, bob, organization):
    path = f"{ORGANIZATIONS}{organization.pk}/"

    assert api().patch(path, {"name": "Hogflix Inc."}).json()["name"] == "Hogflix Inc."
    refused = api(user=bob).patch(path, {"name": "Bob Inc."})
    assert refused.status_code == 403
    assert refused.json()["detail"] == "Your organization access level is insufficient."


def test_only_owners_delete_it(api, bob, organization):
    membership = OrganizationMembership.objects.get(user=bob)
    membership.level = OrganizationMembership.Level.ADMIN
    membership.save()

    assert api(user=bob).delete(f"{ORGANIZATIONS}{organization.pk}/").status_code == 403
    assert api().delete(f"{ORGANIZATIONS}{organization.pk}/").status_code == 204


def test_its_creator_owns_it(api, alice):
    made = api().post(ORGANIZATIONS, {"name": "New"})

    assert made.status_code == 201
    assert made.json()["membership_level"] == 15
    assert Organization.objects.get(name="New").members.get() == alice


def test_costs_the_same_for_one_project_and_for_many(api, organization, project, django_assert_num_queries):
    client = api()
    ProjectFactory.create_batch(9, organization=organization)
    MembershipFactory.create_batch(9, organization=organization)
    client.get(f"{ORGANIZATIONS}@current/")

    # key, organization, memberships, projects, teams
    with django_assert_num_queries(5):
        client.get(f"{ORGANIZATIONS}@current/")


@pytest.mark.parametrize("reference", ["-" * 32, "-" * 36, "abc", "0" * 31])
def test_what_is_no_uuid_names_no_organization(api, reference):
    client = api()

    assert client.get(f"/api/organizations/{reference}/").status_code == 404
    assert client.get(f"/api/organizations/{reference}/projects/").status_code == 404


def test_a_uuid_needs_no_hyphens(api, organization):
    assert api().get(f"/api/organizations/{organization.pk.hex}/").json()["id"] == str(organization.pk)
