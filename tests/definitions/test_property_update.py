"""GET, PATCH, PUT and POST of property_definitions/"""

import pytest

from tests.factories.definitions import PropertyDefinitionFactory


@pytest.fixture
def change(api, url, plan):
    def patch(body, *, method: str = "patch"):
        return getattr(api("property_definition:write"), method)(url(f"property_definitions/{plan.pk}/"), body)

    return patch


def test_shows_one(api, url, plan):
    response = api("property_definition:read").get(url(f"property_definitions/{plan.pk}/"))

    assert (response.status_code, response.json()["name"]) == (200, "plan")
    assert response.json()["is_seen_on_filtered_events"] is None


@pytest.mark.parametrize("method", ["patch", "put"])
def test_changes_what_is_sent_and_keeps_the_name(change, alice, method):
    body = change({"name": "other", "description": "What they pay", "tags": ["Money"]}, method=method).json()

    assert (body["name"], body["description"], body["tags"]) == ("plan", "What they pay", ["money"])
    assert body["updated_by"]["id"] == alice.pk


@pytest.mark.parametrize(
    ("property_type", "stored", "is_numerical"),
    [
        ("Numeric", "Numeric", True),
        ("String", "String", False),
        ("DateTime", "DateTime", False),
        ("Boolean", "Boolean", False),
        ("Duration", "Duration", False),
        ("", None, False),
        (None, None, False),
    ],
)
def test_its_type_says_whether_it_is_a_number(change, property_type, stored, is_numerical):
    change({"property_type": "Numeric"})

    body = change({"property_type": property_type, "is_numerical": not is_numerical}).json()

    assert (body["property_type"], body["is_numerical"]) == (stored, is_numerical)


def test_verifying_and_hiding_exclude_each_other(change, alice):
    verified = change({"verified": True}).json()
    assert (verified["verified_by"]["id"], verified["hidden"]) == (alice.pk, False)

    hidden = change({"hidden": True}).json()
    assert (hidden["verified"], hidden["verified_at"], hidden["hidden"]) == (False, None, True)


def test_both_at_once_is_refused(change, refused):
    detail = refused(change({"hidden": True, "verified": True}), 400, "invalid_input", None)

    assert detail == "A property cannot be both hidden and verified"


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({"property_type": "Strange"}, "invalid_choice", "property_type"),
        ({"property_type": []}, "invalid_choice", "property_type"),
        ({"is_numerical": "maybe"}, "invalid_input", "is_numerical"),
        ({"is_numerical": None}, "null", "is_numerical"),
        ({"tags": "x"}, "not_a_list", "tags"),
    ],
)
def test_refuses_what_is_no_definition(change, refused, body, code, attr):
    refused(change(body), 400, code, attr)


def test_nobody_makes_one_by_hand(session, url):
    assert session().post(url("property_definitions/"), {"name": "x"}).status_code == 405


@pytest.mark.parametrize("reference", ["undefined", "1", "9" * 30, "0192f5a0-0000-7000-8000-000000000000"])
def test_an_id_of_nothing_is_not_found(api, url, refused, reference):
    refused(api().get(url(f"property_definitions/{reference}/")), 404, "not_found", None)


def test_a_foreign_one_is_not_found(api, url, charlie, refused):
    theirs = PropertyDefinitionFactory(team=charlie.current_team)

    refused(api().patch(url(f"property_definitions/{theirs.pk}/"), {"description": "x"}), 404, "not_found", None)
