"""POST event_definitions/bulk_update_verified/"""

from uuid import uuid4

import pytest

from definitions.models import EventDefinition
from tests.factories.definitions import EventDefinitionFactory


@pytest.fixture
def verify(api, url):
    def post(body):
        return api("event_definition:write").post(url("event_definitions/bulk_update_verified/"), body)

    return post


def test_verifies_those_that_are_not_and_skips_those_that_are_missing(verify, team, alice, charlie):
    hidden = EventDefinitionFactory(team=team, name="b", hidden=True)
    plain = EventDefinitionFactory(team=team, name="a")
    done = EventDefinitionFactory(team=team, verified=True)
    theirs = EventDefinitionFactory(team=charlie.current_team)
    nobodys = uuid4()

    response = verify({"ids": [hidden.pk, done.pk, plain.pk, hidden.pk, theirs.pk, nobodys], "verified": True})

    assert (response.status_code, response.json()) == (
        200,
        {
            "updated": [{"id": str(pk), "verified": True} for pk in (hidden.pk, plain.pk)],
            "skipped": [{"id": str(pk), "reason": "Not found"} for pk in (theirs.pk, nobodys)],
        },
    )
    hidden.refresh_from_db()
    assert (hidden.verified, hidden.hidden, hidden.verified_by, hidden.updated_by) == (True, False, alice, alice)
    assert hidden.verified_at is not None
    assert EventDefinition.objects.filter(verified=True).count() == 3


def test_takes_it_back(verify, team, alice):
    definition = EventDefinitionFactory(team=team, verified=True, verified_by=alice)

    assert verify({"ids": [definition.pk], "verified": False}).json()["updated"] == [
        {"id": str(definition.pk), "verified": False}
    ]
    definition.refresh_from_db()
    assert (definition.verified, definition.verified_by, definition.verified_at) == (False, None, None)


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "ids"),
        ({"ids": [], "verified": True}, "empty", "ids"),
        ({"ids": [str(uuid4()) for _ in range(501)], "verified": True}, "max_length", "ids"),
        ({"ids": ["x"], "verified": True}, "invalid_input", "ids__0"),
        ({"ids": [[]], "verified": True}, "invalid_input", "ids__0"),
        ({"ids": str(uuid4()), "verified": True}, "not_a_list", "ids"),
        ({"ids": [str(uuid4())]}, "required", "verified"),
        ({"ids": [str(uuid4())], "verified": None}, "null", "verified"),
    ],
)
def test_refuses_what_it_cannot_read(verify, refused, body, code, attr):
    refused(verify(body), 400, code, attr)


@pytest.mark.parametrize("rows", [1, 20])
def test_costs_the_same_for_one_row_and_for_twenty(api, url, team, rows, django_assert_num_queries):
    ids = [definition.pk for definition in EventDefinitionFactory.create_batch(rows, team=team)]
    client = api("event_definition:write")

    # key and user, its last use, project and membership, begin, lock, update, activity, release
    with django_assert_num_queries(8):
        response = client.post(url("event_definitions/bulk_update_verified/"), {"ids": ids, "verified": True})

    assert len(response.json()["updated"]) == rows
