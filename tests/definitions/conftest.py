import pytest

from tests.factories.definitions import EventDefinitionFactory, PropertyDefinitionFactory


@pytest.fixture
def signup(team):
    return EventDefinitionFactory(team=team, name="signed up")


@pytest.fixture
def plan(team):
    return PropertyDefinitionFactory(team=team, name="plan")


@pytest.fixture
def refused():
    """`refused(response, 400, "required", "name")` checks the envelope and gives the detail."""

    def check(response, status: int, code: str, attr: str | None) -> str:
        body = response.json()
        assert (response.status_code, body["code"], body["attr"]) == (status, code, attr), body
        return body["detail"]

    return check


@pytest.fixture
def tag(api, url):
    """`tag(definition, "growth")` through the API."""

    def put_on(definition, *names: str):
        resource = "event_definitions" if type(definition).__name__ == "EventDefinition" else "property_definitions"
        response = api().patch(url(f"{resource}/{definition.pk}/"), {"tags": list(names)})
        assert response.status_code == 200, response.content

    return put_on
