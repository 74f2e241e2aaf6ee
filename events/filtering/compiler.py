"""Conditions → SQL: true or not true, never an error, for each row of `events e` or of `persons p`."""

from dataclasses import dataclass, replace

from common.exceptions import Refusal
from events.filtering.actions import Alternative
from events.filtering.behaviours import performers_sql
from events.filtering.conditions import (
    AnyOf,
    Behaviour,
    Comparison,
    Condition,
    ConditionTable,
    Expressed,
    InCohort,
    Members,
    Not,
)
from events.filtering.errors import at_place
from events.filtering.moments import Clock
from events.filtering.properties import comparison_sql
from events.filtering.sql import Sql, compose, joined


@dataclass(frozen=True, kw_only=True)
class _Row:
    """`person` is the number of whom the row is about; `within` are the cohorts whose members are being told."""

    clock: Clock
    table: ConditionTable
    person: Sql
    within: tuple[int, ...] = ()


def condition_sql(condition: Condition, *, clock: Clock) -> Sql:
    """Over `events e` (and `persons p`, where a property of the person is read). Raises Refusal."""
    return _sql(condition, _Row(clock=clock, table="events", person=Sql("e.person_id")))


def person_condition_sql(condition: Condition, *, clock: Clock) -> Sql:
    """Over `persons p` alone. Raises Refusal."""
    return _sql(condition, _Row(clock=clock, table="persons", person=Sql("p.number")))


def alternatives_sql(alternatives: tuple[Alternative, ...], *, clock: Clock) -> Sql:
    """Whether an event is meant by any of them."""
    parts = [_alternative(one, clock) for one in alternatives]
    return compose("({any})", any=joined(" OR ", parts)) if parts else Sql("FALSE")


def members_sql(members: Members, *, clock: Clock) -> Sql:
    """The numbers of the persons in a cohort, as a subquery. Raises Refusal."""
    return _members(members, _Row(clock=clock, table="persons", person=Sql("p.number")))


def _alternative(one: Alternative, clock: Clock) -> Sql:
    condition = condition_sql(one.condition, clock=clock)
    if one.event is None:
        return condition
    return compose("(e.event = {event}::text AND {condition})", event=one.event, condition=condition)


def _sql(condition: Condition, row: _Row) -> Sql:
    if isinstance(condition, Comparison):
        with at_place(condition.place):
            return comparison_sql(condition, clock=row.clock)
    if isinstance(condition, InCohort):
        return _in_cohort(condition, row)
    if isinstance(condition, Expressed):
        return row.clock.compile_hogql(condition.text, condition.place, row.table)
    if isinstance(condition, Behaviour):
        # Cohorts that the events of a behaviour have to be in are within the same ones.
        of_events = replace(row, table="events", person=Sql("e.person_id"))
        performers = performers_sql(condition, clock=row.clock, compile_condition=lambda part: _sql(part, of_events))
        return _is_among(performers, row)
    if isinstance(condition, Not):
        # Of EXISTS, which is never unknown, a plain NOT is what Postgres makes a join of.
        is_known = isinstance(condition.part, InCohort | Behaviour)
        return compose("NOT {part}" if is_known else "({part}) IS NOT TRUE", part=_sql(condition.part, row))
    if not condition.parts:
        return Sql("FALSE" if isinstance(condition, AnyOf) else "TRUE")
    parts = joined(" OR " if isinstance(condition, AnyOf) else " AND ", [_sql(part, row) for part in condition.parts])
    return compose("({parts})", parts=parts)


def _in_cohort(condition: InCohort, row: _Row) -> Sql:
    if condition.cohort_id in row.within:
        raise Refusal("Cohorts cannot reference other cohorts in a loop.")
    members = row.clock.members_of(condition.cohort_id)
    if members is None:
        raise Refusal(f"{condition.place}: Cohort {condition.cohort_id} does not exist.")
    return _is_among(_members(members, row), row)


def _is_among(numbers: Sql, row: _Row) -> Sql:
    """EXISTS, which Postgres makes a join of, and which beneath OR and NOT stays cheap for sets of any size."""
    return compose(
        "EXISTS (SELECT FROM ({numbers}) AS among (number) WHERE among.number = {person})",
        numbers=numbers,
        person=row.person,
    )


def _members(members: Members, row: _Row) -> Sql:
    if members.condition is None:
        return compose(
            "SELECT listed.person_number FROM cohort_people listed WHERE listed.cohort_id = {cohort}::bigint",
            cohort=members.cohort_id,
        )
    inside = replace(row, table="persons", person=Sql("p.number"), within=(*row.within, members.cohort_id))
    return compose(
        "SELECT p.number FROM persons p WHERE p.team_id = {team}::bigint AND p.has_profile AND {condition}",
        team=members.team_id,
        condition=_sql(members.condition, inside),
    )
