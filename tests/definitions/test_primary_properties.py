"""GET event_definitions/primary_properties/ and promoted_properties/"""

import pytest

from tests.factories.definitions import EventDefinitionFactory


@pytest.fixture(autouse=True)
def _defined(team, charlie):
    EventDefinitionFactory(team=team, name="paid", primary_property="amount")
    EventDefinitionFactory(team=team, name="signed up", primary_property="plan")
    EventDefinitionFactory(team=team, name="left", primary_property=None)
    EventDefinitionFactory(team=team, name="came", primary_property="")
    EventDefinitionFactory(team=charlie.current_team, name="theirs", primary_property="x")


@pytest.mark.parametrize("key", ["primary_properties", "promoted_properties"])
def test_names_the_property_of_each_event_that_has_one(api, url, key):
    response = api("event_definition:read").get(url(f"event_definitions/{key}/"))

    assert (response.status_code, response.json()) == (200, {key: {"paid": "amount", "signed up": "plan"}})


def test_of_some_events(api, url):
    response = api().get(url("event_definitions/primary_properties/?names=paid&names=left&names=theirs"))

    assert response.json() == {"primary_properties": {"paid": "amount"}}
