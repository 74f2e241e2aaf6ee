"""The official Python SDK against a running server: what it sends is what is stored."""

import logging
from datetime import UTC, datetime
from uuid import UUID

import pytest
from posthog import Posthog

from events.models import Event, Person
from tests.factories.accounts import ProjectFactory

UUID_A = "0192f5a0-0000-7000-8000-00000000000a"


@pytest.fixture
def team(transactional_db):
    return ProjectFactory().team


@pytest.fixture
def errors(caplog):
    """The SDK logs what goes wrong and swallows it."""
    caplog.set_level(logging.WARNING, logger="posthog")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "posthog"]


@pytest.fixture(params=[True, False], ids=["gzip", "plain"])
def posthog(request, team, live_server, errors):
    client = Posthog(team.api_token, host=live_server.url, gzip=request.param, max_retries=1)
    yield client
    client.shutdown()


def own_properties(event: Event) -> dict:
    return {name: value for name, value in event.properties.items() if not name.startswith("$")}


def test_events_of_several_people_arrive_as_they_were_captured(posthog, person_of, errors, team):
    moment = datetime(2026, 3, 1, 10, tzinfo=UTC)
    posthog.capture("signed up", distinct_id="ann", properties={"plan": "free"}, timestamp=moment, uuid=UUID_A)
    posthog.capture("signed up", distinct_id="bob", properties={"plan": "paid", "seats": [1, {"a": None}], "ü": "✓"})
    posthog.capture("paid", distinct_id="bob", properties={"amount": 12.5})
    posthog.flush()

    assert errors() == []
    assert Event.objects.count() == 3
    assert Person.objects.count() == 2
    first = Event.objects.get(distinct_id="ann")
    assert (first.uuid, first.event, own_properties(first)) == (UUID(UUID_A), "signed up", {"plan": "free"})
    # The SDK's own `sent_at` moves it by the milliseconds that the way took.
    assert abs((first.timestamp - moment).total_seconds()) < 5
    assert first.person_id == person_of("ann").number
    bobs = {event.event: own_properties(event) for event in Event.objects.filter(person_id=person_of("bob").number)}
    assert bobs == {"signed up": {"plan": "paid", "seats": [1, {"a": None}], "ü": "✓"}, "paid": {"amount": 12.5}}


def test_people_are_set_and_aliased(posthog, person_of, ids_of, errors):
    posthog.set(distinct_id="ann", properties={"email": "ann@hogflix.com", "plan": "free"})
    posthog.set_once(distinct_id="ann", properties={"plan": "trial", "source": "ad"})
    posthog.alias("ann", "ann@work")
    posthog.capture("paid", distinct_id="ann@work")
    posthog.flush()

    assert errors() == []
    ann = person_of("ann@work")
    assert ids_of(ann) == ["ann", "ann@work"]
    properties = {name: value for name, value in ann.properties.items() if not name.startswith("$")}
    assert properties == {"email": "ann@hogflix.com", "plan": "free", "source": "ad"}
    assert set(Event.objects.values_list("person_id", flat=True)) == {ann.number}


def test_an_event_of_nobody_shows_nobody(posthog, errors):
    posthog.capture("cron ran")
    posthog.flush()

    assert errors() == []
    assert Event.objects.get().event == "cron ran"
    assert not Person.objects.get().has_profile


def test_groups_exceptions_and_flags_do_not_fail(posthog, errors):
    posthog.group_identify("company", "hogflix", {"size": 9})
    posthog.capture_exception(ValueError("oops"), distinct_id="ann")
    flags = posthog.get_all_flags("ann")
    posthog.flush()

    assert errors() == []
    assert flags == {}
    assert set(Event.objects.values_list("event", flat=True)) == {"$groupidentify", "$exception"}


def test_a_wrong_key_is_told_to_the_caller(live_server, transactional_db, errors):
    Posthog("phc_wrong", host=live_server.url, sync_mode=True, max_retries=0).capture("a", distinct_id="ann")

    assert "Project API key invalid" in errors()[0]
    assert not Event.objects.exists()
