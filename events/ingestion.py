"""Storing a batch of events together with the persons it speaks of: all of it, once, or nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import Error, transaction
from psycopg import errors as postgres
from uuid_utils.compat import uuid7

from accounts.models import Team
from definitions.recently import RecentlySeen
from definitions.services import record_seen
from events.groups import identified_groups, link_groups
from events.incoming import IncomingEvent
from events.models import CohortPerson, Event, EventUuid, Group, Person, PersonCounter, PersonDistinctId
from events.partitions import ensure_partitions, forget_partitions
from events.people import People, PersonDraft
from events.querysets import LockStrength

ATTEMPTS = 4

# Distinct ids that had a person lately. Whether they still do, the locks tell; without, the batch asks and tries again.
_with_person = RecentlySeen(lasts=timedelta(hours=1), size=50_000)


class PersonsChanged(Exception):
    """Another batch was in the way; the same batch tried again will find things settled."""


class PersonsMoved(PersonsChanged):
    """Between looking and locking, somebody merged or removed one of the persons."""


class LockTooWeak(PersonsChanged):
    """A person turned out to need a change that the lock does not cover."""


def store_events(*, team: Team, events: list[IncomingEvent], received_at: datetime, address: str | None = None) -> None:
    """Returns when the events are durable and visible. An event whose uuid is already stored changes nothing.

    Raises MonthsStillMissing, PersonsChanged after some attempts, and the database's own errors when it is away.
    """
    if team.anonymize_ips:
        _forget_addresses(events)
    elif address:
        _note_address(events, address)
    group_types = link_groups(team, events)
    _store_at_last(Batch(team, events, received_at, group_types))
    names = ((event.event, event.properties) for event in events)
    record_seen(team=team, events=names, seen_at=received_at, group_types=group_types)


@dataclass(frozen=True)
class Batch:
    team: Team
    events: list[IncomingEvent]
    received_at: datetime
    #: The index of each type of group.
    group_types: Mapping[str, int]


def _store_at_last(batch: Batch) -> None:
    strength = _strength(batch.events)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _store(batch, strength=strength)
            return
        except (PersonsChanged, Error) as exc:
            if attempt == ATTEMPTS or not _is_worth_another_try(exc):
                raise
            if isinstance(exc, LockTooWeak):
                strength = LockStrength.CHANGE
            else:
                _with_person.forget(_keys(batch))


def _is_worth_another_try(exc: Exception) -> bool:
    if isinstance(exc.__cause__, postgres.CheckViolation):
        # A partition that this process knew of is gone.
        forget_partitions()
        return True
    return isinstance(exc, PersonsChanged) or isinstance(
        exc.__cause__, postgres.DeadlockDetected | postgres.SerializationFailure
    )


def _forget_addresses(events: Iterable[IncomingEvent]) -> None:
    for event in events:
        event.properties.pop("$ip", None)


def _note_address(events: Iterable[IncomingEvent], address: str) -> None:
    for event in events:
        event.properties.setdefault("$ip", address)


def _strength(events: Iterable[IncomingEvent]) -> LockStrength:
    """One for all persons of the batch, so that one statement can take the locks in order of id."""
    if any(event.merged_distinct_id for event in events):
        return LockStrength.MERGE
    if any(event.changes_person for event in events):
        return LockStrength.CHANGE
    return LockStrength.COUNT


def _store(batch: Batch, *, strength: LockStrength) -> None:
    team, events = batch.team, batch.events
    ensure_partitions(event.timestamp for event in events)
    new = _with_person.unseen(_keys(batch), at=batch.received_at)
    distinct_ids = sorted(distinct_id for _, distinct_id in new)
    unknown = PersonDistinctId.objects.unknown(team_id=team.pk, distinct_ids=distinct_ids) if new else []
    numbers = PersonCounter.objects.reserve(team_id=team.pk, count=len(unknown)) if unknown else []

    with transaction.atomic():
        fresh = _claim(team, events)
        if not fresh:
            return
        people = _people(team, fresh, numbers=dict(zip(unknown, numbers, strict=True)), strength=strength)
        people.follow(fresh)
        if strength is LockStrength.COUNT and people.changed:
            raise LockTooWeak
        _write_people(team, people)
        groups = identified_groups(fresh, indexes=batch.group_types)
        if groups:
            Group.objects.upsert(team_id=team.pk, groups=groups, at=batch.received_at)
        Event.objects.copy_in(_row(team, event, people, batch.received_at) for event in fresh)
        if not team.ingested_event:
            Team.objects.filter(pk=team.pk).update(ingested_event=True)
    _with_person.note(new, at=batch.received_at)


def _keys(batch: Batch) -> set[tuple[int, str]]:
    """Everybody whom the batch speaks of, as `_with_person` knows them."""
    return {(batch.team.pk, distinct_id) for event in batch.events for distinct_id in event.distinct_ids}


def _claim(team: Team, events: list[IncomingEvent]) -> list[IncomingEvent]:
    """The events that are not stored yet, each once; of copies inside the batch the first."""
    first: dict[UUID, IncomingEvent] = {}
    for event in events:
        first.setdefault(event.uuid, event)
    claimed = EventUuid.objects.claim(team_id=team.pk, events=first.values())
    return [event for event in first.values() if event.uuid in claimed]


def _people(team: Team, events: list[IncomingEvent], *, numbers: dict[str, int], strength: LockStrength) -> People:
    """Everybody whom the events speak of: found, locked, and only then read; or made as a draft.

    Inserts come before locks in every batch, and both in one order: so batches wait in line, not in a ring.
    """
    seen = _first_seen(events)
    distinct_ids = sorted(seen)
    unknown = [distinct_id for distinct_id in distinct_ids if distinct_id in numbers]
    made = PersonDistinctId.objects.claim(team_id=team.pk, distinct_ids=unknown) if unknown else {}
    locked = Person.objects.lock(team_id=team.pk, distinct_ids=distinct_ids, strength=strength)
    drafts = Person.objects.drafts(team_id=team.pk, distinct_ids=distinct_ids, strength=strength)
    if len(drafts) + len(made) < len(distinct_ids) or any(draft.id not in locked for draft in drafts.values()):
        raise PersonsMoved

    return People(
        drafts
        | {
            distinct_id: PersonDraft(
                id=person_id,
                number=numbers[distinct_id],
                uuid=uuid7(),
                created_at=seen[distinct_id],
                properties={},
                is_new=True,
            )
            for distinct_id, person_id in made.items()
        }
    )


def _first_seen(events: Iterable[IncomingEvent]) -> dict[str, datetime]:
    seen: dict[str, datetime] = {}
    for event in events:
        for distinct_id in event.distinct_ids:
            seen.setdefault(distinct_id, event.timestamp)
    return seen


def _write_people(team: Team, people: People) -> None:
    if people.added:
        Person.objects.add(team_id=team.pk, persons=people.added)
    if people.changed:
        Person.objects.change(people.changed)
    if people.absorbed:
        _merge(team, people.absorbed)


def _merge(team: Team, absorbed: dict[PersonDraft, PersonDraft]) -> None:
    PersonDistinctId.objects.move_to_survivors(absorbed=absorbed)
    stored = {person: survivor for person, survivor in absorbed.items() if not person.is_new}
    if stored:
        Event.objects.move_to_survivors(team_id=team.pk, absorbed=stored)
        CohortPerson.objects.move_to_survivors(team_id=team.pk, absorbed=stored)
        Person.objects.remove(list(stored))


def _row(team: Team, event: IncomingEvent, people: People, received_at: datetime) -> tuple[Any, ...]:
    return (
        team.pk,
        event.timestamp,
        event.uuid,
        event.event,
        event.distinct_id,
        people.of(event.distinct_id).number,
        orjson.dumps(event.properties).decode(),
        event.elements_chain,
        received_at,
    )
