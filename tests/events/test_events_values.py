from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.events import EventFactory, PersonFactory


@pytest.fixture
def ann(team):
    return PersonFactory(team=team, distinct_ids=["ann"])


@pytest.fixture(autouse=True)
def paid(ann):
    values = ["Firefox", "Chrome", "Chrome", ["Chrome", "Opera"], True, 1.5, {"a": 1}, None]
    for value in values:
        EventFactory(person=ann, event="paid", properties={"browser": value, "plan": "free"})
    EventFactory(person=ann, event="seen", properties={"browser": "Safari"})
    EventFactory(person=ann, event="paid", properties={"browser": "old"}, timestamp=datetime.now(UTC) - timedelta(8))


@pytest.fixture
def values(api, url):
    def get(**query) -> list[str]:
        response = api("query:read").get(url("events/values/"), query)
        assert response.status_code == 200, response.content
        assert response["Cache-Control"] == "max-age=10"
        assert response.json()["refreshing"] is False
        return [value["name"] for value in response.json()["results"]]

    return get


def test_the_commonest_values_come_first_and_lists_are_opened(values):
    assert values(key="browser", event_name="paid") == ["Chrome", "1.5", "Firefox", "Opera", "true", '{"a": 1}']


def test_several_events_are_asked_together(values):
    assert "Safari" in values(key="browser", event_name=["paid", "seen"])


def test_the_shortest_that_contains_the_text_comes_first(values):
    assert values(key="browser", event_name="paid", value="O") == ["Opera", "Chrome", "Firefox"]
    assert values(key="browser", event_name="paid", value="%") == []


@pytest.mark.parametrize(("plan", "expected"), [("free", 6), ('["free", "paid"]', 6), ("paid", 0)])
def test_other_properties_narrow_it(values, plan, expected):
    assert len(values(key="browser", event_name="paid", properties_plan=plan)) == expected


def test_columns_have_values_too(values, ann):
    assert values(key="event", is_column="true") == ["paid", "seen"]
    assert values(key="distinct_id", is_column="true") == ["ann"]
    assert values(key="person_id", is_column="true") == [str(ann.uuid)]


def test_a_session_need_not_name_events(session, url):
    assert len(session().get(url("events/values/"), {"key": "browser"}).json()["results"]) == 7


@pytest.mark.parametrize(
    ("query", "detail", "attr"),
    [
        ({}, "You must provide a key", "key"),
        ({"key": "browser"}, "You must provide at least one event_name", "event_name"),
        ({"key": "browser", "is_column": "true"}, "The columns are event, distinct_id, person_id.", "key"),
    ],
)
def test_what_is_missing_is_told(api, url, query, detail, attr):
    response = api("query:read").get(url("events/values/"), query)

    assert (response.status_code, response.json()["detail"], response.json()["attr"]) == (400, detail, attr)
