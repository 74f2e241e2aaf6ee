"""GET event_definitions/:id/ and event_definitions/by_name/"""

import pytest

from tests.factories.definitions import EventDefinitionFactory


def test_shows_a_definition(api, url, signup):
    response = api("event_definition:read").get(url(f"event_definitions/{signup.pk}/"))

    assert (response.status_code, response.json()["name"]) == (200, "signed up")


def test_finds_it_by_its_name(api, url, signup):
    client = api("event_definition:read")

    by_name = client.get(url("event_definitions/by_name/"), {"name": "signed up"})

    assert by_name.status_code == 200
    assert by_name.json() == client.get(url(f"event_definitions/{signup.pk}/")).json()


@pytest.mark.parametrize("reference", ["undefined", "1", "9" * 30, "0192f5a0-0000-7000-8000-000000000000", "-" * 32])
def test_an_id_of_nothing_is_not_found(api, url, refused, reference):
    assert refused(api().get(url(f"event_definitions/{reference}")), 404, "not_found", None) == "Not found."


@pytest.mark.parametrize("query", ["", "?name="])
def test_a_name_must_be_given(api, url, refused, query):
    detail = refused(api().get(url(f"event_definitions/by_name{query}")), 400, "required", "name")

    assert detail == "Query parameter 'name' is required"


@pytest.mark.parametrize("name", ["Signed up", "signed", "strange", "x" * 5000])
def test_a_name_of_nothing_is_not_found(api, url, refused, signup, name):
    detail = refused(api().get(url("event_definitions/by_name/"), {"name": name}), 404, "not_found", None)

    assert detail == f"Event definition with name '{name}' not found"


def test_a_name_of_strangers_is_not_found(api, url, refused, charlie):
    EventDefinitionFactory(team=charlie.current_team, name="theirs")

    refused(api().get(url("event_definitions/by_name/?name=theirs")), 404, "not_found", None)
