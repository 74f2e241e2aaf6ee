"""Deeds on cohorts: each writes the cohort and who changed it, in one transaction, and then counts the members."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Team, User
from activity.changes import activity_between, changes_between
from activity.services import Entry, log_activity
from common.exceptions import Missing, Refusal
from events.clock import clock_of
from events.filtering.compiler import members_sql
from events.filtering.errors import fault_of
from events.listed_persons import ListedPersons
from events.models import Cohort, CohortPerson, Person

SCOPE = "Cohort"
COLUMNS = ("name", "description", "groups", "filters", "is_static", "deleted")
#: A count that is older is made anew when somebody looks at the cohort.
KEEPS_COUNT = timedelta(minutes=5)

Fields = Mapping[str, Any]


def create_cohort(fields: Fields, *, listed: ListedPersons, team: Team, user: User) -> Cohort:
    """`listed` are put into it, if it is static. Raises Refusal for criteria that mean nothing."""
    with transaction.atomic():
        cohort = Cohort(team=team, created_by=user)
        _fill(cohort, fields)
        cohort.save(force_insert=True)
        _enlist(cohort, listed)
        _log(cohort, {}, "created", user=user)
    return recount(cohort, team=team)


def update_cohort(cohort: Cohort, fields: Fields, *, listed: ListedPersons, team: Team, user: User) -> Cohort:
    """Only what `fields` names changes; `listed` come in addition. Raises Refusal, as `create_cohort` does."""
    with transaction.atomic():
        held = Cohort.objects_including_soft_deleted.locked().get_or_refuse(pk=cohort.pk)
        before = _state(held)
        if fields.get("is_static", held.is_static) != held.is_static:
            raise Refusal("A cohort stays static, or stays one by criteria.", attr="is_static")
        _fill(held, fields)
        held.changed_at = timezone.now()
        held.save(update_fields=["changed_at", *(column for column in COLUMNS if column in fields)])
        _enlist(held, listed)
        _log(held, before, activity_between(before, _state(held)), user=user)
    return recount(held, team=team)


def recount(cohort: Cohort, *, team: Team) -> Cohort:
    """Counts the members. What goes wrong with that is counted, too, and told by `errors_calculating`."""
    with fault_of("filters"):
        members = cohort.members
    try:
        # In a savepoint, as Postgres ends a transaction with the first error.
        with transaction.atomic():
            cohort.count = Cohort.objects.all().count_members(members, clock=clock_of(team))
        cohort.errors_calculating = 0
        cohort.last_calculation = timezone.now()
        cohort.save(update_fields=["count", "errors_calculating", "last_calculation"])
    except (DatabaseError, Refusal):
        rows = Cohort.objects_including_soft_deleted.filter(pk=cohort.pk)
        rows.update(errors_calculating=F("errors_calculating") + 1)
        cohort.errors_calculating += 1
    return cohort


def recount_if_old(cohort: Cohort, *, team: Team) -> None:
    if cohort.last_calculation is None or cohort.last_calculation < timezone.now() - KEEPS_COUNT:
        recount(cohort, team=team)


def add_persons(cohort: Cohort, person_ids: Collection[UUID], *, team: Team, user: User) -> None:
    """Raises Refusal for a cohort by criteria, and if nobody is called so."""
    _refuse_criteria(cohort)
    with transaction.atomic():
        if not CohortPerson.objects.enlist(cohort, uuids=person_ids):
            raise Refusal("No valid users to add to cohort", attr="person_ids")
        _note_persons(cohort, user=user)
    recount(cohort, team=team)


def remove_person(cohort: Cohort, person_id: UUID, *, team: Team, user: User) -> None:
    """Raises Refusal for a cohort by criteria, Missing for somebody who is not in it."""
    _refuse_criteria(cohort)
    with transaction.atomic():
        person = Person.objects.filter(team=team).get_or_refuse("Person not found in this cohort.", uuid=person_id)
        removed, _ = CohortPerson.objects.of(cohort, number=person.number).delete()
        if not removed:
            raise Missing("Person not found in this cohort.")
        _note_persons(cohort, user=user)
    recount(cohort, team=team)


def _fill(cohort: Cohort, fields: Fields) -> None:
    for column in COLUMNS:
        if column in fields:
            setattr(cohort, column, fields[column])
    if "filters" in fields or "groups" in fields:
        with fault_of("filters", place="filters.properties"):
            # Asks for the cohorts that it names, and finds a loop that leads back here.
            members_sql(cohort.members, clock=clock_of(cohort.team))


def _enlist(cohort: Cohort, listed: ListedPersons) -> None:
    if not listed:
        return
    _refuse_criteria(cohort)
    CohortPerson.objects.enlist(cohort, uuids=listed.uuids, distinct_ids=listed.distinct_ids, emails=listed.emails)


def _refuse_criteria(cohort: Cohort) -> None:
    if not cohort.is_static:
        raise Refusal("Can only add users to static cohorts")


def _log(cohort: Cohort, before: Fields, word: str, *, user: User) -> None:
    entry = Entry(cohort.pk, cohort.name, changes=changes_between(before, _state(cohort), COLUMNS))
    log_activity(entry, team=cohort.team, user=user, scope=SCOPE, activity=word)


def _note_persons(cohort: Cohort, *, user: User) -> None:
    """In the log without their names: it outlives the persons."""
    cohort.changed_at = timezone.now()
    cohort.save(update_fields=["changed_at"])
    entry = Entry(cohort.pk, cohort.name, changes=[{"action": "changed", "field": "persons"}])
    log_activity(entry, team=cohort.team, user=user, scope=SCOPE, activity="updated")


def _state(cohort: Cohort) -> dict[str, Any]:
    return {column: getattr(cohort, column) for column in COLUMNS}
