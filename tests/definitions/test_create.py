"""POST event_definitions/"""

import pytest

from definitions.models import EventDefinition


@pytest.fixture
def create(api, url):
    def post(body):
        return api("event_definition:write").post(url("event_definitions/"), body)

    return post


def test_defines_an_event_before_there_is_any(create, team, alice, bob):
    response = create(
        {
            "name": "signed up",
            "description": "Somebody made an account",
            "owner": bob.pk,
            "tags": ["Growth ", "growth", "money"],
            "primary_property": "plan",
            "default_columns": ["plan", "$browser"],
            "post_to_slack": True,
            "enforcement_mode": "allow",
        }
    )

    body = response.json()
    assert response.status_code == 201
    assert (body["name"], body["description"], body["tags"]) == (
        "signed up",
        "Somebody made an account",
        ["growth", "money"],
    )
    assert (body["owner"]["id"], body["owner"]["email"]) == (bob.pk, "bob@hogflix.com")
    assert (body["primary_property"], body["default_columns"], body["post_to_slack"]) == (
        "plan",
        ["plan", "$browser"],
        False,
    )
    assert (body["created_at"], body["last_seen_at"], body["updated_by"]["id"]) == (None, None, alice.pk)
    assert EventDefinition.objects.get(pk=body["id"]).team == team


def test_needs_only_a_name(create):
    body = create({"name": "signed up"}).json()

    assert (body["description"], body["owner"], body["tags"], body["hidden"]) == ("", None, [], None)


def test_verified_says_by_whom_and_unhides(create, alice):
    body = create({"name": "signed up", "verified": True}).json()

    assert (body["verified"], body["verified_by"]["id"], body["hidden"]) == (True, alice.pk, False)
    assert body["verified_at"].endswith("Z")


def test_hidden_is_not_verified(create):
    body = create({"name": "signed up", "hidden": True}).json()

    assert (body["verified"], body["hidden"], body["verified_by"], body["verified_at"]) == (False, True, None, None)


def test_who_verified_cannot_be_said(create, charlie):
    body = create({"name": "signed up", "verified_by": charlie.pk, "verified_at": "2020-01-01T00:00:00Z"}).json()

    assert (body["verified_by"], body["verified_at"]) == (None, None)


def test_a_name_is_there_once(create, signup, refused):
    detail = refused(create({"name": "signed up", "tags": ["x"]}), 400, "invalid_input", "name")

    assert detail == "Event definition with name 'signed up' already exists"
    assert EventDefinition.objects.count() == 1


def test_strangers_may_have_the_same_name(create, api, url, charlie):
    assert create({"name": "signed up"}).status_code == 201

    theirs = api(user=charlie).post(
        url("event_definitions/", project_id=charlie.current_team.pk), {"name": "signed up"}
    )
    assert theirs.status_code == 201


def test_both_hidden_and_verified_is_refused(create, refused):
    detail = refused(create({"name": "x", "hidden": True, "verified": True}), 400, "invalid_input", None)

    assert detail == "An event cannot be both hidden and verified"


def test_rejecting_events_is_not_available(create, refused):
    detail = refused(create({"name": "x", "enforcement_mode": "reject"}), 400, "invalid_input", "enforcement_mode")

    assert "schema-enforcement-reject" in detail


def test_a_stranger_cannot_own_it(create, refused, charlie):
    detail = refused(create({"name": "x", "owner": charlie.pk}), 400, "does_not_exist", "owner")

    assert detail == f'Invalid pk "{charlie.pk}" - object does not exist.'


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "name"),
        ({"name": ""}, "blank", "name"),
        ({"name": None}, "null", "name"),
        ({"name": "x" * 401}, "max_length", "name"),
        ({"name": ["x"]}, "invalid_input", "name"),
        ({"name": "a\x00b"}, "null_characters_not_allowed", None),
        ({"name": "x", "owner": "bob"}, "incorrect_type", "owner"),
        ({"name": "x", "owner": True}, "incorrect_type", "owner"),
        ({"name": "x", "owner": []}, "incorrect_type", "owner"),
        ({"name": "x", "owner": "9" * 30}, "does_not_exist", "owner"),
        ({"name": "x", "owner": 2**63 - 1}, "does_not_exist", "owner"),
        ({"name": "x", "owner": -1}, "does_not_exist", "owner"),
        ({"name": "x", "tags": "growth"}, "not_a_list", "tags"),
        ({"name": "x", "tags": [{}]}, "invalid_input", "tags__0"),
        ({"name": "x", "tags": ["x" * 256]}, "max_length", "tags__0"),
        ({"name": "x", "verified": None}, "null", "verified"),
        ({"name": "x", "verified": "maybe"}, "invalid_input", "verified"),
        ({"name": "x", "hidden": []}, "invalid_input", "hidden"),
        ({"name": "x", "primary_property": ""}, "blank", "primary_property"),
        ({"name": "x", "primary_property": "x" * 401}, "max_length", "primary_property"),
        ({"name": "x", "enforcement_mode": "strange"}, "invalid_choice", "enforcement_mode"),
        ({"name": "x", "enforcement_mode": {}}, "invalid_choice", "enforcement_mode"),
        ({"name": "x", "default_columns": "plan"}, "not_a_list", "default_columns"),
        ({"name": "x", "default_columns": [[]]}, "invalid_input", "default_columns__0"),
        ({"name": "x", "post_to_slack": "maybe"}, "invalid_input", "post_to_slack"),
        ([], "invalid_input", None),
    ],
)
def test_refuses_what_is_no_definition(create, refused, body, code, attr):
    refused(create(body), 400, code, attr)
    assert not EventDefinition.objects.exists()


def test_a_project_of_strangers_takes_none(api, url, charlie):
    response = api().post(url("event_definitions/", project_id=charlie.current_team.pk), {"name": "x"})

    assert response.status_code == 403


def test_nobody_may_own_it(create):
    assert create({"name": "x", "owner": None}).json()["owner"] is None
