"""PATCH and PUT event_definitions/:id/"""

import pytest

from definitions.models import EventDefinition
from tests.factories.definitions import EventDefinitionFactory


@pytest.fixture
def change(api, url, signup):
    def patch(body, *, method: str = "patch"):
        return getattr(api("event_definition:write"), method)(url(f"event_definitions/{signup.pk}/"), body)

    return patch


def test_changes_what_is_sent_and_says_by_whom(change, signup, alice, bob):
    response = change({"description": "new", "owner": bob.pk, "primary_property": "plan", "default_columns": ["plan"]})

    body = response.json()
    assert response.status_code == 200
    assert (body["description"], body["owner"]["id"], body["primary_property"], body["default_columns"]) == (
        "new",
        bob.pk,
        "plan",
        ["plan"],
    )
    assert body["updated_by"]["id"] == alice.pk
    assert body["updated_at"] > signup.updated_at.isoformat()
    assert (body["name"], body["last_seen_at"] is not None) == ("signed up", True)


@pytest.mark.parametrize("method", ["patch", "put"])
@pytest.mark.parametrize("name", ["renamed", "", None, [], "x" * 500])
def test_the_name_stays(change, method, name):
    response = change({"name": name, "description": "x"}, method=method)

    assert (response.status_code, response.json()["name"]) == (200, "signed up")


def test_tags_are_cleaned_and_replace_the_old_ones(change):
    assert change({"tags": [" Growth", "growth", "b"]}).json()["tags"] == ["b", "growth"]
    assert change({"description": "x"}).json()["tags"] == ["b", "growth"]
    assert change({"tags": None}).json()["tags"] == ["b", "growth"]
    assert change({"tags": ["c"]}).json()["tags"] == ["c"]
    assert change({"tags": []}).json()["tags"] == []


def test_verifying_says_when_and_by_whom_once(change, alice):
    first = change({"verified": True}).json()
    again = change({"verified": True, "verified_at": None, "verified_by": None}).json()

    assert (first["verified"], first["verified_by"]["id"]) == (True, alice.pk)
    assert again["verified_at"] == first["verified_at"]

    cleared = change({"verified": False}).json()
    assert (cleared["verified"], cleared["verified_at"], cleared["verified_by"]) == (False, None, None)


def test_verifying_unhides_and_hiding_ends_verification(change):
    assert change({"hidden": True}).json()["hidden"] is True

    verified = change({"verified": True}).json()
    assert (verified["verified"], verified["hidden"]) == (True, False)

    hidden = change({"hidden": True}).json()
    assert (hidden["verified"], hidden["verified_by"], hidden["hidden"]) == (False, None, True)


def test_null_clears_what_may_be_empty(change, bob):
    change({"owner": bob.pk, "primary_property": "plan", "default_columns": ["a"]})

    body = change({"owner": None, "primary_property": None, "description": None, "default_columns": None}).json()

    assert [body[key] for key in ("owner", "primary_property", "description", "default_columns")] == [
        None,
        None,
        None,
        [],
    ]


def test_an_empty_body_only_says_by_whom(change, alice):
    assert change({}).json()["updated_by"]["id"] == alice.pk


def test_does_not_undo_what_events_wrote_meanwhile(change, signup, monkeypatch):
    """An event may move `last_seen_at` between our reading and our writing."""
    EventDefinition.objects.filter(pk=signup.pk).update(last_seen_at=None)
    judge = EventDefinition.judge

    def judge_while_an_event_comes(self, *args, **kwargs):
        EventDefinition.objects.filter(pk=signup.pk).update(last_seen_at=signup.last_seen_at)
        return judge(self, *args, **kwargs)

    monkeypatch.setattr(EventDefinition, "judge", judge_while_an_event_comes)
    change({"description": "x"})

    signup.refresh_from_db()
    assert signup.last_seen_at is not None


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({"verified": True, "hidden": True}, "invalid_input", None),
        ({"enforcement_mode": "reject"}, "invalid_input", "enforcement_mode"),
        ({"primary_property": ""}, "blank", "primary_property"),
        ({"owner": 999}, "does_not_exist", "owner"),
        ({"tags": {}}, "not_a_list", "tags"),
    ],
)
def test_refuses_what_is_no_definition(change, refused, body, code, attr):
    refused(change(body), 400, code, attr)


def test_a_foreign_one_is_not_found(api, url, charlie, refused):
    theirs = EventDefinitionFactory(team=charlie.current_team)

    refused(api().patch(url(f"event_definitions/{theirs.pk}/"), {"description": "ours"}), 404, "not_found", None)
