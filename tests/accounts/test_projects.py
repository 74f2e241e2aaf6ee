import pytest

from accounts.models import Project
from tests.factories.accounts import MembershipFactory, ProjectFactory
from tests.factories.events import GroupTypeFactory
from tests.factories.themes import DataColorThemeFactory

PROJECTS = "/api/projects/"


def test_lists_the_projects_of_the_caller(api, project, charlie):
    body = api("project:read").get(PROJECTS).json()

    assert body["count"] == 1
    assert set(body["results"][0]) == {
        "id", "uuid", "organization", "project_id", "api_token", "name", "completed_snippet_onboarding",
        "has_completed_onboarding_for", "ingested_event", "is_demo", "timezone", "access_control",
    }  # fmt: skip
    assert body["results"][0]["id"] == body["results"][0]["project_id"] == project.pk


def test_searches_by_name(api, organization):
    ProjectFactory(organization=organization, name="Blog")

    assert [p["name"] for p in api().get(f"{PROJECTS}?search=bLo").json()["results"]] == ["Blog"]


@pytest.mark.parametrize("prefix", ["projects", "environments"])
@pytest.mark.parametrize("reference", ["{id}", "@current", "%40current"])
def test_retrieves_a_project_with_its_settings(api, project, prefix, reference):
    body = api("project:read").get(f"/api/{prefix}/{reference.format(id=project.pk)}/").json()

    assert body["id"] == project.pk
    assert body["timezone"] == "UTC"
    assert body["effective_membership_level"] == 15


@pytest.mark.parametrize("reference", ["999999", "abc", "9" * 30])
def test_what_is_not_there_is_not_found(api, reference):
    response = api().get(f"{PROJECTS}{reference}/")

    assert (response.status_code, response.json()["detail"]) == (404, "Not found.")


def test_anothers_project_is_not_found_as_an_object_and_forbidden_as_a_place(api, charlie):
    theirs = charlie.current_team_id

    assert api().get(f"{PROJECTS}{theirs}/").status_code == 404
    place = api().get(f"{PROJECTS}{theirs}/insights/")
    assert (place.status_code, place.json()["detail"]) == (403, "You don't have access to the project.")


def test_updates_settings(api, project):
    change = {
        "name": "Renamed",
        "timezone": "US/Pacific",
        "week_start_day": 1,
        "test_account_filters": [{"key": "email", "type": "person", "value": "@hogflix", "operator": "not_icontains"}],
        "app_urls": ["https://hogflix.com"],
        "anonymize_ips": True,
        "person_display_name_properties": ["email"],
    }

    body = api("project:write").patch(f"{PROJECTS}{project.pk}/", change).json()

    assert {name: body[name] for name in change} == change
    assert Project.objects.get(pk=project.pk).name == "Renamed"


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"week_start_day": 3}, "week_start_day"),
        ({"test_account_filters": "x"}, "test_account_filters"),
        ({"primary_dashboard": 999999}, "primary_dashboard"),
        ({"default_data_theme": 999999}, "default_data_theme"),
        ({"name": ""}, "name"),
    ],
)
def test_refuses_settings_that_make_no_sense(api, project, change, attr):
    response = api().patch(f"{PROJECTS}{project.pk}/", change)

    assert (response.status_code, response.json()["attr"]) == (400, attr)


def test_a_member_may_not_change_settings(api, bob, project):
    assert api(user=bob).patch(f"{PROJECTS}{project.pk}/", {"name": "Bob's"}).status_code == 403


def test_creates_a_project_with_a_team_of_the_same_id(api):
    made = api("project:write").post(PROJECTS, {"name": "Blog", "timezone": "Europe/Berlin"})

    assert made.status_code == 201
    assert made.json()["id"] == made.json()["project_id"]
    assert made.json()["api_token"].startswith("phc_")
    assert made.json()["timezone"] == "Europe/Berlin"


def test_a_member_may_not_create_a_project(api, bob):
    response = api(user=bob).post(PROJECTS, {"name": "Bob's"})

    assert response.status_code == 403
    assert response.json()["detail"].startswith("You need to be an organization admin")


def test_deletes_a_project(api, organization):
    doomed = ProjectFactory(organization=organization)

    assert api().delete(f"{PROJECTS}{doomed.pk}/").status_code == 204
    assert not Project.objects.filter(pk=doomed.pk).exists()


def test_lists_the_projects_of_an_organization(api, organization, project, charlie):
    mine = api().get(f"/api/organizations/{organization.pk}/projects/").json()
    theirs = api().get(f"/api/organizations/{charlie.current_organization_id}/projects/")

    assert [p["id"] for p in mine["results"]] == [project.pk]
    assert theirs.status_code == 404


def test_a_key_confined_to_a_project(api, alice, organization, project, url):
    other = ProjectFactory(organization=organization)
    client = api("*", scoped_teams=[other.pk])

    here = client.get(url("insights/"))
    assert here.status_code == 403
    assert here.json()["detail"] == f"API key does not have access to the requested project: ID {project.pk}."
    assert client.get(url("insights/", project_id=other.pk)).status_code == 200
    assert client.get(f"{PROJECTS}{other.pk}/").status_code == 200
    assert client.get(f"{PROJECTS}{project.pk}/").status_code == 403
    listing = client.get(PROJECTS)
    assert listing.status_code == 403
    assert listing.json()["detail"] == "API keys with scoped projects are only supported on project-based endpoints."
    assert client.get("/api/users/@me/").status_code == 200


def test_a_key_confined_to_an_organization(api, alice, organization, project, url):
    membership = MembershipFactory(user=alice)
    elsewhere = ProjectFactory(organization=membership.organization)
    client = api("*", scoped_organizations=[str(membership.organization.pk)])

    here = client.get(url("insights/"))
    assert here.status_code == 403
    assert here.json()["detail"] == (
        f"API key does not have access to the requested organization: ID {organization.pk}."
    )
    assert client.get(url("insights/", project_id=elsewhere.pk)).status_code == 200
    assert [p["id"] for p in client.get(PROJECTS).json()["results"]] == [elsewhere.pk]
    assert client.get(f"{PROJECTS}@current/").status_code == 404
    assert client.get("/api/users/@me/").status_code == 200


def test_an_organization_may_bar_the_keys_of_members(api, bob, organization, url):
    organization.members_can_use_personal_api_keys = False
    organization.save()

    barred = api(user=bob).get(url("insights/"))
    assert barred.status_code == 403
    assert barred.json()["detail"].startswith("Organization 'Hogflix' does not allow using personal API keys.")
    assert api().get(url("insights/")).status_code == 200


@pytest.mark.parametrize("reference", ["999999", "abc", "9" * 30, "-1"])
def test_a_place_that_is_not_there(api, url, reference):
    response = api().get(url("insights/", project_id=reference))

    assert (response.status_code, response.json()["detail"]) == (404, "Project not found.")


def test_current_without_a_current_project(api, alice, url):
    alice.current_team = None
    alice.save()

    response = api().get(url("insights/", project_id="@current"))

    assert (response.status_code, response.json()["detail"]) == (404, "Project not found.")


def test_chooses_its_default_colours(api, team, charlie):
    own, theirs = DataColorThemeFactory(team=team), DataColorThemeFactory(team=charlie.current_team)
    path = f"{PROJECTS}{team.pk}/"

    assert api().patch(path, {"default_data_theme": own.pk}).json()["default_data_theme"] == own.pk
    assert api().patch(path, {"default_data_theme": theirs.pk}).json()["attr"] == "default_data_theme"
    assert api().patch(path, {"default_data_theme": None}).json()["default_data_theme"] is None


def test_knows_its_group_types(api, team):
    assert api().get(f"{PROJECTS}{team.pk}/").json()["has_group_types"] is False

    GroupTypeFactory(team=team, group_type="company", group_type_index=0)

    body = api().get(f"{PROJECTS}{team.pk}/").json()
    assert body["has_group_types"] is True
    assert body["group_types"] == [
        {"group_type": "company", "group_type_index": 0, "name_singular": None, "name_plural": None}
    ]


def test_has_the_keys_of_settings_that_are_not_here(api):
    shown = api("project:read").get(f"{PROJECTS}@current/").json()

    assert (
        shown.items()
        >= {
            "session_recording_opt_in": False,
            "surveys_opt_in": False,
            "heatmaps_opt_in": False,
            "autocapture_opt_out": True,
            "slack_incoming_webhook": None,
            "secret_api_token": None,
            "live_events_token": None,
            "product_description": None,
            "product_intents": [],
        }.items()
    )


def test_settings_that_are_not_here_stay_off(api):
    assert api().patch(f"{PROJECTS}@current/", {"surveys_opt_in": True}).json()["surveys_opt_in"] is False
