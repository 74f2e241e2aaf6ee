import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import OrganizationMembership, PersonalAPIKey, User

pytestmark = pytest.mark.django_db


def bootstrap(capsys, *arguments):
    call_command("bootstrap", "--json", *arguments)
    return json.loads(capsys.readouterr().out)


def test_bootstrap_makes_everything_a_client_needs(capsys, client):
    made = bootstrap(capsys, "--email", "dana@x.com", "--organization", "X", "--project", "Web")

    assert set(made) == {
        "host", "project_id", "environment_id", "project_api_key", "personal_api_key", "organization_id", "user",
        "password",
    }  # fmt: skip
    assert made["project_id"] == made["environment_id"]
    assert User.objects.get(email="dana@x.com").check_password(made["password"])
    me = client.get("/api/users/@me/", HTTP_AUTHORIZATION=f"Bearer {made['personal_api_key']}").json()
    assert (me["uuid"], me["team"]["id"]) == (made["user"]["uuid"], made["project_id"])
    assert me["team"]["api_token"] == made["project_api_key"]


def test_bootstrap_finds_what_is_there(capsys):
    first = bootstrap(capsys, "--email", "dana@x.com", "--organization", "X", "--project", "Web")
    second = bootstrap(capsys, "--email", "Dana@x.com", "--organization", "X", "--project", "Web")

    same = ("project_id", "project_api_key", "organization_id", "user")
    assert [first[name] for name in same] == [second[name] for name in same]
    assert second["password"] is None
    assert second["personal_api_key"] != first["personal_api_key"]
    assert PersonalAPIKey.objects.filter(label="bootstrap", is_counted=False).count() == 2


def test_bootstrap_takes_given_keys_and_finds_them_again(capsys):
    given = ["--personal-api-key", "phx_given", "--project-api-key", "phc_given"]

    for _ in range(2):
        made = bootstrap(capsys, *given)
        assert (made["personal_api_key"], made["project_api_key"]) == ("phx_given", "phc_given")
    assert PersonalAPIKey.objects.count() == 1


@pytest.mark.parametrize(("level", "number"), [("owner", 15), ("admin", 8), ("member", 1)])
def test_bootstrap_sets_the_level(capsys, level, number):
    bootstrap(capsys, "--level", level)

    assert OrganizationMembership.objects.get().level == number


def test_bootstrap_makes_nobody_staff_unasked(capsys):
    bootstrap(capsys, "--email", "dana@x.com")
    bootstrap(capsys, "--email", "staff@x.com", "--staff")

    assert [user.is_staff for user in User.objects.order_by("email")] == [False, True]


def test_bootstrap_changes_a_password_only_when_told(capsys):
    bootstrap(capsys, "--email", "dana@x.com", "--password", "first-password")
    bootstrap(capsys, "--email", "dana@x.com")
    assert User.objects.get().check_password("first-password")

    bootstrap(capsys, "--email", "dana@x.com", "--password", "second-password")
    assert User.objects.get().check_password("second-password")


def test_bootstrap_keeps_the_current_project(capsys):
    first = bootstrap(capsys, "--email", "dana@x.com", "--project", "One")
    bootstrap(capsys, "--email", "dana@x.com", "--project", "Two")

    assert User.objects.get().current_team_id == first["project_id"]


def test_creates_a_personal_api_key(capsys, alice, project, organization, client):
    call_command(
        "create_personal_api_key", "--json", "--email", "alice@hogflix.com", "--label", "CI",
        "--scopes", "user:read,dashboard:write", "--teams", str(project.pk), "--organizations", str(organization.pk),
    )  # fmt: skip

    made = json.loads(capsys.readouterr().out)
    assert client.get("/api/users/@me/", HTTP_AUTHORIZATION=f"Bearer {made['value']}").status_code == 200
    assert PersonalAPIKey.objects.get(pk=made["id"]).scoped_teams == [project.pk]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--email", "nobody@x.com", "--scopes", "*"],
        ["--email", "alice@hogflix.com", "--scopes", "nonsense"],
        ["--email", "alice@hogflix.com", "--scopes", "*", "--teams", "999999"],
        ["--email", "alice@hogflix.com", "--scopes", "*", "--organizations", "x"],
    ],
)
def test_refuses_a_key_that_makes_no_sense(alice, arguments):
    with pytest.raises(CommandError):
        call_command("create_personal_api_key", "--label", "CI", *arguments)
