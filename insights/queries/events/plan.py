"""EventsQuery → which events, which columns, in which order. Reads no data."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from accounts.models import Team
from common.exceptions import Refusal
from events.display import NAME_PROPERTIES
from events.filtering.actions import alternatives_of
from events.filtering.compiler import alternatives_sql, condition_sql
from events.filtering.conditions import Condition, all_of, condition_of, test_account_condition
from events.filtering.errors import Unsupported, at_place, fault_of
from events.filtering.moments import Clock, parse_moment
from events.filtering.sql import Sql, compose, joined
from insights.queries.columns import Table, TablePlan, column, plan_table
from insights.queries.hogql.types import DATETIME64
from insights.queries.hogql.types import UUID as UUID_TYPE
from insights.queries.nodes import EventsQuery
from insights.queries.pages import page_of
from insights.queries.sources import named

# Events may carry a clock that is a little ahead.
TOLERANCE = timedelta(seconds=5)
_EVENT = (
    "jsonb_build_object('uuid', e.uuid, 'event', e.event, 'properties', e.properties, 'timestamp', e.timestamp,"
    " 'team_id', e.team_id, 'distinct_id', e.distinct_id, 'elements_chain', e.elements_chain,"
    " 'created_at', e.created_at)"
)
_PERSON = (
    "(CASE WHEN p.has_profile THEN jsonb_build_object('uuid', p.uuid, 'created_at', p.created_at,"
    " 'distinct_id', e.distinct_id, 'properties', jsonb_strip_nulls(jsonb_build_object("
    "'name', p.properties -> 'name', 'email', p.properties -> 'email')))"
    " ELSE jsonb_build_object('distinct_id', e.distinct_id) END)"
)
_NAMES = ", ".join(f"nullif(p.properties ->> '{name}', '')" for name in NAME_PROPERTIES)
_DISPLAY_NAME = (
    f"jsonb_build_object('display_name', coalesce({_NAMES}, e.distinct_id), 'id', p.uuid, 'distinct_id', e.distinct_id)"
)
TABLE = Table(
    name="events",
    called="events",
    alias="e",
    wholes={"*": column(_EVENT), "person": column(_PERSON), "person_display_name": column(_DISPLAY_NAME)},
    tie=(column("e.timestamp", DATETIME64), column("e.uuid", UUID_TYPE)),
)


def make_plan(query: EventsQuery, *, team: Team, clock: Clock) -> TablePlan:
    if query.source:
        raise Unsupported("source: the events behind another query")
    return plan_table(
        TABLE,
        select=query.select or ["*"],
        where=query.where or [],
        order=query.orderBy or [],
        condition=joined(" AND ", _conditions(query, team, clock)),
        page=page_of(query.limit, query.offset),
        clock=clock,
    )


def _conditions(query: EventsQuery, team: Team, clock: Clock) -> Iterator[Sql]:
    """`after` and `before` are not counted themselves."""
    with at_place("before"):
        before = parse_moment(query.before, clock).at if query.before else clock.now + TOLERANCE
    yield compose("e.timestamp < {before}::timestamptz", before=before)
    if query.after != "all":
        with at_place("after"):
            after = parse_moment(query.after or "-24h", clock).at
        yield compose("e.timestamp > {after}::timestamptz", after=after)
    yield named(_names(query))
    yield condition_sql(_condition(query, team), clock=clock)
    if query.action_id is not None:
        yield alternatives_sql(query.meant.alternatives, clock=clock)
    elif query.actionSteps:
        yield _action_steps(query, clock)
    if query.personId:
        yield compose(
            "e.person_id = (SELECT number FROM persons WHERE team_id = {team}::bigint AND uuid = {person}::uuid)",
            team=team.pk,
            person=_person(query.personId),
        )


def _names(query: EventsQuery) -> list[str] | None:
    return [query.event] if query.event else query.events or None


def _person(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("personId: must be a uuid.") from None


def _action_steps(query: EventsQuery, clock: Clock) -> Sql:
    steps: list[Mapping[str, Any]] = [step.model_dump(exclude_unset=True) for step in query.actionSteps or ()]
    with fault_of("actionSteps"):
        return alternatives_sql(alternatives_of(steps, place="actionSteps"), clock=clock)


def _condition(query: EventsQuery, team: Team) -> Condition:
    own = condition_of(query.properties, place="properties")
    fixed = condition_of(query.fixedProperties, place="fixedProperties")
    test_accounts = [test_account_condition(team.test_account_filters)] if query.filterTestAccounts else []
    return all_of([own, fixed, *test_accounts])
