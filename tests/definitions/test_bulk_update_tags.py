"""POST event_definitions/bulk_update_tags/ and property_definitions/bulk_update_tags/"""

from uuid import uuid4

import pytest

from tests.factories.definitions import EventDefinitionFactory, PropertyDefinitionFactory

KINDS = {"event_definitions": EventDefinitionFactory, "property_definitions": PropertyDefinitionFactory}


@pytest.fixture(params=KINDS)
def resource(request):
    return request.param


@pytest.fixture
def update(api, url, resource):
    scope = resource.removesuffix("s")

    def post(body):
        return api(f"{scope}:write").post(url(f"{resource}/bulk_update_tags/"), body)

    return post


def test_adds_removes_and_sets(update, resource, team, tag):
    row = KINDS[resource](team=team)
    tag(row, "a", "b")

    assert update({"ids": [row.pk], "action": "add", "tags": ["C ", "a"]}).json() == {
        "updated": [{"id": str(row.pk), "tags": ["a", "b", "c"]}],
        "skipped": [],
    }
    assert update({"ids": [row.pk], "action": "remove", "tags": ["a", "x"]}).json()["updated"][0]["tags"] == ["b", "c"]
    assert update({"ids": [row.pk], "action": "set", "tags": ["d"]}).json()["updated"][0]["tags"] == ["d"]
    assert update({"ids": [row.pk], "action": "set", "tags": []}).json()["updated"][0]["tags"] == []


def test_skips_what_is_not_there(update, resource, charlie):
    theirs, nobodys = KINDS[resource](team=charlie.current_team), uuid4()

    response = update({"ids": [theirs.pk, nobodys], "action": "add", "tags": ["a"]})

    assert (response.status_code, response.json()) == (
        200,
        {"updated": [], "skipped": [{"id": str(pk), "reason": "Not found"} for pk in (theirs.pk, nobodys)]},
    )
    assert not theirs.tags.exists()


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({"ids": [], "action": "add", "tags": ["a"]}, "empty", "ids"),
        ({"ids": [str(uuid4()) for _ in range(501)], "action": "add", "tags": ["a"]}, "max_length", "ids"),
        ({"ids": [1.5], "action": "add", "tags": ["a"]}, "invalid_input", "ids__0"),
        ({"ids": [str(uuid4())], "action": "add", "tags": []}, "invalid_input", "tags"),
        ({"ids": [str(uuid4())], "action": "remove", "tags": []}, "invalid_input", "tags"),
        ({"ids": [str(uuid4())], "action": "strange", "tags": ["a"]}, "invalid_choice", "action"),
        ({"ids": [str(uuid4())], "action": "add", "tags": [[]]}, "invalid_input", "tags__0"),
    ],
)
def test_refuses_what_it_cannot_read(update, refused, body, code, attr):
    refused(update(body), 400, code, attr)


def test_costs_the_same_for_one_row_and_for_twenty(update, resource, team, django_assert_max_num_queries):
    ids = [row.pk for row in KINDS[resource].create_batch(20, team=team)]

    # making the client (3), key and user, its last use, project, begin, two locks, reading, tags, wearings, release
    with django_assert_max_num_queries(16):
        update({"ids": ids, "action": "add", "tags": ["a", "b"]})
