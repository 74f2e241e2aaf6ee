"""GET event_definitions/typescript/, golang/ and python/"""

import pytest

from definitions.typings import golang, python, typescript
from tests.factories.definitions import EventDefinitionFactory, EventPropertyFactory, PropertyDefinitionFactory

HOSTILE = {
    'a"]: never }; evil()//': {"x`\n": "String"},
    "\u2028\n\\": {"": None, "ok": "Numeric"},
    "1": {"for": "Boolean"},
    "😀": {'"""': "DateTime"},
    "sign up": {},
    "sign-up": {},
}


@pytest.fixture
def paid(team, charlie):
    for name, kind in {"plan": "String", "amount": "Numeric", "list": None, "$browser": "String"}.items():
        PropertyDefinitionFactory(team=team, name=name, property_type=kind)
        EventPropertyFactory(team=team, event="paid", property=name)
    EventDefinitionFactory(team=team, name="$pageview")
    EventDefinitionFactory(team=team, name="secret", hidden=True)
    EventDefinitionFactory(team=charlie.current_team, name="theirs")
    return EventDefinitionFactory(team=team, name="paid")


def test_typescript_knows_the_custom_events_and_what_they_carry(api, url, paid):
    response = api("event_definition:read").get(url("event_definitions/typescript/"))

    body = response.json()
    assert response.status_code == 200
    assert list(body) == ["content", "event_count", "schema_hash", "generator_version"]
    assert (body["event_count"], len(body["schema_hash"]), body["generator_version"]) == (1, 64, "1.0.0")
    assert (
        body["content"]
        == """\
// Generated from the project's event definitions. Do not edit.
export interface EventSchemas {
  "paid": {
    "amount"?: number
    "list"?: unknown
    "plan"?: string
  }
}

export type EventName = keyof EventSchemas
"""
    )


def test_python_is_python(api, url, paid):
    content = api().get(url("event_definitions/python/")).json()["content"]

    names: dict = {}
    exec(content, names)
    assert names["Paid"].__annotations__.keys() == {"plan", "amount", "list"}


def test_golang_has_a_struct(api, url, paid):
    content = api().get(url("event_definitions/golang/")).json()["content"]

    assert 'const EventPaid = "paid"' in content
    assert '\tAmount *float64 `json:"amount,omitempty"`' in content


@pytest.mark.parametrize("language", ["typescript", "golang", "python"])
def test_an_empty_project_has_no_events(api, url, language):
    assert api().get(url(f"event_definitions/{language}/")).json()["event_count"] == 0


def test_the_hash_changes_with_the_schema(api, url, paid, team):
    before = api().get(url("event_definitions/typescript/")).json()["schema_hash"]
    EventDefinitionFactory(team=team, name="left")

    assert api().get(url("event_definitions/typescript/")).json()["schema_hash"] != before


def test_names_never_become_code():
    """Names come from whoever sends events."""
    names: dict = {}
    exec(python(HOSTILE), names)

    assert names["SignUp"] is not names["SignUp_2"]
    assert all(line.count("`") in {0, 2} for line in golang(HOSTILE).splitlines())
    assert '"a\\"]: never }; evil()//"' in typescript(HOSTILE)
    assert "\u2028" not in typescript(HOSTILE)
