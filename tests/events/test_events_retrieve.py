import pytest
from uuid_utils.compat import uuid7

from tests.factories.events import EventFactory, PersonFactory


@pytest.fixture
def event(team):
    return EventFactory(person=PersonFactory(team=team, distinct_ids=["ann"]), event="paid", properties={"amount": 7})


def test_shows_one_event(api, url, event):
    response = api("query:read").get(url(f"events/{event.uuid}/"))

    assert response.status_code == 200
    assert (response.json()["id"], response.json()["properties"]) == (str(event.uuid), {"amount": 7})
    assert response.json()["person"]["distinct_ids"] == ["ann"]


def test_as_a_table_it_is_one_row(api, url, event):
    response = api("query:read").get(url(f"events/{event.uuid}/"), {"format": "csv"})

    assert response.content.decode().count("\r\n") == 2


def test_an_unknown_event_is_missing(api, url, project):
    uuid = uuid7()

    response = api("query:read").get(url(f"events/{uuid}/"))

    assert (response.status_code, response.json()["detail"]) == (404, f"No events exist for event UUID {uuid}")


@pytest.mark.parametrize("name", ["nonsense", "1", "-", "%F0%9F%A6%94", "0" * 33])
def test_what_is_no_uuid_is_refused(api, url, name):
    response = api("query:read").get(url(f"events/{name}/"))

    assert response.status_code == 400
    assert response.json() == {"type": "validation_error", "code": "invalid", "detail": "Invalid UUID", "attr": None}


def test_costs_few_statements(api, url, event, django_assert_num_queries):
    client = api("query:read")

    # key and user, its last use, project and membership, savepoint, time limit, event, person, end of savepoint
    with django_assert_num_queries(8):
        client.get(url(f"events/{event.uuid}/"))
