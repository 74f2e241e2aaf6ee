import pytest

from accounts.models import OrganizationMembership, User
from tests.factories.accounts import MembershipFactory, ProjectFactory

ME = "/api/users/@me/"


@pytest.mark.parametrize("path", [ME, "/api/users/@me", "/api/users/%40me/"])
def test_me_is_the_caller(api, alice, organization, team, path):
    me = api("user:read").get(path).json()

    assert me["email"] == "alice@hogflix.com"
    assert me["team"]["api_token"] == team.api_token
    assert me["organization"]["id"] == str(organization.pk)
    assert [o["name"] for o in me["organizations"]] == ["Hogflix"]


def test_has_every_key_that_posthogs_clients_read(api):
    me = api("user:read").get(ME).json()

    assert {"has_password", "anonymize_data", "theme_mode", "hedgehog_config"} < set(me)
    assert (
        me.items()
        >= {
            "pending_email": None,
            "notification_settings": {},
            "notification_locks": [],
            "toolbar_mode": "disabled",
            "allow_impersonation": False,
            "is_impersonated": False,
            "is_impersonated_until": None,
            "sensitive_session_expires_at": None,
            "events_column_config": {"active": "DEFAULT"},
            "is_2fa_enabled": False,
            "has_social_auth": False,
            "has_sso_enforcement": False,
            "has_seen_product_intro_for": None,
            "scene_personalisation": [],
            "pending_invites": [],
            "requires_credential_review": False,
            "ui_configuration": None,
            "onboarding_skipped_at": None,
        }.items()
    )


def test_knows_who_was_first(api, alice, bob):
    assert api().get(ME).json()["is_organization_first_user"] is True
    assert api(user=bob).get(ME).json()["is_organization_first_user"] is False

    alice.current_organization = None
    alice.save()
    assert api().get(ME).json()["is_organization_first_user"] is None


def test_what_is_of_absent_features_cannot_be_written(api):
    changed = {"pending_email": "x@y.z", "toolbar_mode": "toolbar", "is_2fa_enabled": True, "first_name": "Ann"}

    me = api("user:write").patch(ME, changed).json()

    assert (me["pending_email"], me["toolbar_mode"], me["is_2fa_enabled"], me["first_name"]) == (
        None,
        "disabled",
        False,
        "Ann",
    )


def test_a_uuid_is_for_staff_only(api, alice, bob):
    refused = api().get(f"/api/users/{alice.uuid}/")
    assert refused.status_code == 403
    assert refused.json()["detail"] == ("As a non-staff user you're only allowed to access the `@me` user instance.")

    alice.is_staff = True
    alice.save()
    assert api().get(f"/api/users/{bob.uuid}/").json()["email"] == "bob@hogflix.com"


def test_the_list_shows_only_oneself(api, bob):
    client = api()

    assert client.get("/api/users/").json()["count"] == 1
    assert client.get("/api/users/?email=alice@hogflix.com").json()["count"] == 1
    assert client.get("/api/users/?email=bob@hogflix.com").json()["count"] == 0


def test_updates_the_profile(api):
    change = {"first_name": "Alicia", "role_at_organization": "engineering", "theme_mode": "dark"}

    assert api("user:write").patch(ME, change).json().items() >= change.items()


def test_what_is_not_ones_to_change_stays(api, alice):
    api().patch(ME, {"is_staff": True, "id": 1, "uuid": "x", "is_active": False})

    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_active) == (False, True)


def test_chooses_the_current_project(api, alice, organization):
    other = ProjectFactory(organization=organization)

    me = api().patch(ME, {"set_current_team": other.pk}).json()

    assert me["team"]["id"] == other.pk
    assert api().get("/api/projects/@current/").json()["id"] == other.pk


def test_cannot_choose_anothers_project(api, charlie):
    response = api().patch(ME, {"set_current_team": charlie.current_team_id})

    assert (response.status_code, response.json()["code"]) == (400, "does_not_exist")
    assert response.json()["detail"] == f"Object with id={charlie.current_team_id} does not exist."


def test_changes_the_password_only_with_the_old_one(session, alice):
    alice.set_password("correct horse")
    alice.save()
    client = session()

    wrong = client.patch(ME, {"password": "battery staple", "current_password": "wrong"})
    absent = client.patch(ME, {"password": "battery staple"})
    client.patch(ME, {"password": "battery staple", "current_password": "correct horse"})
    alice.refresh_from_db()

    assert [(answer.status_code, answer.json()["code"], answer.json()["attr"]) for answer in (wrong, absent)] == [
        (400, "incorrect_password", "current_password"),
        (400, "required", "current_password"),
    ]
    assert alice.check_password("battery staple")
    assert client.get(ME).status_code == 200  # the browser that changed it stays signed in


def test_a_weak_password_is_refused_by_name(session, alice):
    alice.set_password("correct horse")
    alice.save()

    refused = session().patch(ME, {"password": "1234", "current_password": "correct horse"})

    assert (refused.status_code, refused.json()["attr"]) == (400, "password")


def test_post_is_not_allowed(session):
    response = session().post("/api/users/", {})

    assert (response.status_code, response.json()["detail"]) == (405, 'Method "POST" not allowed.')


def test_deletion_waits_for_the_memberships_to_end(session, api, alice):
    refused = session().delete(ME)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert api("user:write").delete(ME).status_code == 403

    OrganizationMembership.objects.filter(user=alice).delete()
    assert session().delete(ME).status_code == 204
    assert not User.objects.filter(pk=alice.pk).exists()


def test_costs_the_same_for_one_organization_and_for_many(api, alice, django_assert_num_queries):
    client = api()
    for membership in MembershipFactory.create_batch(5, user=alice):
        ProjectFactory.create_batch(3, organization=membership.organization)
    client.get(ME)

    # key; user with current team and organization; organizations; and for both roads: memberships, projects, teams,
    # the teams' projects
    with django_assert_num_queries(9):
        client.get(ME)
