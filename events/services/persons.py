"""What people do to persons. What events do to them is in `ingestion` and `people`."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import OperationalError, transaction
from psycopg import errors as postgres
from uuid_utils.compat import uuid7

from accounts.models import Team, User
from activity.services import Entry, log_activities, log_activity
from common.exceptions import Conflict, Missing, Refusal
from events.models import CohortPerson, Event, Person, PersonCounter, PersonDistinctId
from events.people import PersonDraft

ATTEMPTS = 4
SCOPE = "Person"
ResultT = TypeVar("ResultT")


class _Unsettled(Exception):
    """Between looking and locking, a merge or a new distinct id came in between."""


@transaction.atomic
def update_properties(
    person: Person, *, to_set: Mapping[str, Any], to_unset: Collection[str] = (), team: Team, user: User
) -> None:
    """As an event with `$set` and `$unset` would. Raises Missing for a person that ended meanwhile."""
    held = Person.objects.shown().locked_for_change().get_or_refuse(pk=person.pk)
    before = held.properties
    held.properties = {name: value for name, value in {**before, **to_set}.items() if name not in to_unset}
    if held.properties == before:
        return
    held.save(update_fields=["properties"])
    # Without the values: the log outlives the person.
    entry = Entry(item_id=held.pk, name=str(held.uuid), changes=[{"action": "changed", "field": "properties"}])
    log_activity(entry, team=team, user=user, scope=SCOPE, activity="updated")


def split_person(person: Person, *, main_distinct_id: str | None = None, team: Team, user: User) -> None:
    """Each distinct id but one gets a person of its own, and that person its events.

    The one that stays, with the properties, is `main_distinct_id` or the oldest.
    Raises Refusal for an id that is not this person's, Missing, and Conflict if events keep coming in between.
    """

    def split() -> None:
        names = PersonDistinctId.objects.of_persons([person.pk])
        main = main_distinct_id or next((name for _, name in names), None)
        if names and (person.pk, main) not in names:
            raise Refusal("This distinct id is not one of the person's.", attr="main_distinct_id")
        others = [(owner, name) for owner, name in names if name != main]
        numbers = _reserve(team.pk, len(others))

        with transaction.atomic():
            held = next(iter(_hold([person.pk], names=names)), None)
            if held is None:
                raise Missing
            _set_apart(team.pk, {held.id: held}, others, numbers=numbers, with_profile=True)
            entry = Entry(item_id=held.id, name=str(held.uuid))
            log_activity(entry, team=team, user=user, scope=SCOPE, activity="split_person")

    _until_settled(split)


def delete_persons(persons: Collection[Person], *, team: Team, user: User, with_events: bool = False) -> int:
    """How many there were still. Their events stay unless `with_events`, as those of somebody without a profile.

    What their distinct ids had in common is forgotten, so each id is somebody of its own from then on.
    Raises Conflict if events keep coming in between.
    """
    ids = sorted(person.pk for person in persons)

    def delete() -> int:
        names = PersonDistinctId.objects.of_persons(ids)
        others = [] if with_events else _all_but_first(names)
        numbers = _reserve(team.pk, len(others))

        with transaction.atomic():
            held = _hold(ids, names=names)
            CohortPerson.objects.remove(held, team_id=team.pk)
            if with_events:
                Event.objects.remove_of(held, team_id=team.pk)
                PersonDistinctId.objects.remove(held)
                Person.objects.remove(held)
            else:
                _set_apart(team.pk, {one.id: one for one in held}, others, numbers=numbers, with_profile=False)
                _put_strangers_in_place_of(held, team_id=team.pk)
            entries = [Entry(item_id=one.id, name=str(one.uuid)) for one in held]
            log_activities(entries, team=team, user=user, scope=SCOPE, activity="deleted")
            return len(held)

    return _until_settled(delete)


def _hold(ids: Collection[int], *, names: list[tuple[int, str]]) -> list[PersonDraft]:
    held = Person.objects.hold(ids)
    if PersonDistinctId.objects.of_persons(ids) != names:
        raise _Unsettled
    return held


def _reserve(team_id: int, count: int) -> list[int]:
    return PersonCounter.objects.reserve(team_id=team_id, count=count) if count else []


def _set_apart(
    team_id: int,
    held: Mapping[int, PersonDraft],
    others: list[tuple[int, str]],
    *,
    numbers: list[int],
    with_profile: bool,
) -> None:
    """Gives each of `others` (person and distinct id) a new person, and the events of that id."""
    if not others:
        return
    added = _new_persons(numbers, with_profile=with_profile)
    Person.objects.add(team_id=team_id, persons=added)
    owners = {name: person for (_, name), person in zip(others, added, strict=True)}
    PersonDistinctId.objects.give(team_id=team_id, owners=owners)
    moves = [(held[owner].number, name, owners[name].number) for owner, name in others]
    Event.objects.give(team_id=team_id, moves=moves)


def _put_strangers_in_place_of(held: list[PersonDraft], *, team_id: int) -> None:
    """A stranger takes over the number, so that no event need be written again, and the last distinct id."""
    strangers = _new_persons([person.number for person in held], with_profile=False)
    Person.objects.remove(held)
    Person.objects.add(team_id=team_id, persons=strangers)
    PersonDistinctId.objects.move_to_survivors(absorbed=dict(zip(held, strangers, strict=True)))


def _new_persons(numbers: list[int], *, with_profile: bool) -> list[PersonDraft]:
    now = datetime.now(UTC)
    return [
        PersonDraft(id=person_id, number=number, uuid=uuid7(), created_at=now, properties={}, has_profile=with_profile)
        for person_id, number in zip(Person.objects.reserve_ids(len(numbers)), numbers, strict=True)
    ]


def _all_but_first(names: list[tuple[int, str]]) -> list[tuple[int, str]]:
    first = dict(reversed(names))
    return [(owner, name) for owner, name in names if first[owner] != name]


def _until_settled(deed: Callable[[], ResultT]) -> ResultT:
    for _ in range(ATTEMPTS):
        try:
            return deed()
        except _Unsettled:
            continue
        except OperationalError as exc:
            if not isinstance(exc.__cause__, postgres.DeadlockDetected | postgres.SerializationFailure):
                raise
    raise Conflict("Events about this person keep coming in. Try again.")
