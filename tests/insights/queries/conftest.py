"""A project in a given time zone, and a quick way to fill it with sample events."""

from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from events.models import Event, Person
from events.partitions import ensure_partitions, forget_partitions
from tests.factories.accounts import ProjectFactory
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson


@pytest.fixture
def team(db):
    return ProjectFactory().team


@pytest.fixture
def store(team):
    """`store([SampleEvent(…)], [SamplePerson(…)])`: persons that are not given have no properties."""

    def put(events, persons=()):
        put_persons(team, events, persons)
        put_events(team, events)

    return put


def put_persons(team, events: list[SampleEvent], persons, created_at: datetime | None = None) -> None:
    known = {person.number: person for person in persons}
    for number in {event.person for event in events} - set(known):
        known[number] = SamplePerson(number)
    Person.objects.bulk_create(
        Person(
            team=team, number=person.number, properties=person.properties, created_at=created_at or datetime.now(UTC)
        )
        for person in known.values()
    )


def put_events(team, events: list[SampleEvent]) -> None:
    # A test that was rolled back took the months it had made along.
    forget_partitions()
    ensure_partitions([sample.timestamp for sample in events])
    Event.objects.bulk_create(
        Event(
            team=team,
            timestamp=sample.timestamp,
            uuid=uuid7(),
            event=sample.event,
            distinct_id=f"person-{sample.person}",
            person_id=sample.person,
            properties=sample.properties,
            created_at=sample.timestamp,
        )
        for sample in events
    )


@pytest.fixture
def months(team):
    """The partitions that all samples lie in, made once."""
    put_events(team, [SampleEvent("none of ours", datetime(2024, month, 1, tzinfo=UTC)) for month in (2, 3, 4)])
    team.events.all().delete()
