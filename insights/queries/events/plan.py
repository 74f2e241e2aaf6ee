"""EventsQuery → which events, which columns, in which order. Pure; refuses what cannot be read without HogQL."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.actions import Alternative, alternatives_of
from events.filtering.conditions import Condition, all_of, condition_of, reads_persons, test_account_condition
from events.filtering.errors import Unsupported, fault_of
from events.filtering.moments import Clock, parse_moment
from insights.queries.columns import (
    Aggregate,
    Column,
    Field,
    Order,
    Table,
    columns_of,
    is_aggregated,
    orders_of,
    parts_of,
)
from insights.queries.nodes import EventsQuery
from insights.queries.pages import Page, page_of

# Events may carry a clock that is a little ahead.
TOLERANCE = timedelta(seconds=5)
WHOLE = frozenset({"*", "person", "properties", "person.properties"})
PLAIN = frozenset(
    {"uuid", "event", "timestamp", "distinct_id", "created_at", "elements_chain", "person_id", "person.id"}
    | {"person.created_at", "$session_id"}
    | {f"$group_{index}" for index in range(5)}
)
TABLE = Table(fields=WHOLE | PLAIN, plain_fields=PLAIN)
_OF_PERSONS = {"person", "person_id", "person.id", "person.properties", "person.created_at"}


@dataclass(frozen=True, kw_only=True)
class EventsPlan:
    """`after` and `before` are not counted themselves; None: from the beginning."""

    team_id: int
    clock: Clock
    columns: tuple[Column, ...]
    orders: tuple[Order, ...]
    after: datetime | None
    before: datetime
    names: tuple[str, ...] | None
    person: UUID | None
    condition: Condition
    action: tuple[Alternative, ...] | None
    page: Page

    @property
    def is_aggregated(self) -> bool:
        return is_aggregated(self.columns)

    @property
    def reads_persons(self) -> bool:
        expressions = [*(one.expression for one in self.columns), *(one.expression for one in self.orders)]
        parts = [part for expression in expressions for part in parts_of(expression)]
        is_read = any(part.name in _OF_PERSONS if isinstance(part, Field) else part.scope == "person" for part in parts)
        conditions = [self.condition, *(one.condition for one in self.action or ())]
        return is_read or self.person is not None or any(reads_persons(one) for one in conditions)


def make_plan(query: EventsQuery, *, team: Team, clock: Clock) -> EventsPlan:
    _refuse_unsupported(query)
    columns = columns_of(query.select or ["*"], TABLE)
    if is_aggregated(columns) and any(_is_whole(column) for column in columns):
        raise Refusal("select: whole events and persons cannot stand beside an aggregate.")
    orders = _orders(query, columns)
    return EventsPlan(
        team_id=team.pk,
        clock=clock,
        columns=columns,
        orders=orders,
        after=None if query.after == "all" else parse_moment(query.after or "-24h", clock).at,
        before=parse_moment(query.before, clock).at if query.before else clock.now + TOLERANCE,
        names=_names(query),
        person=_person(query.personId),
        condition=_condition(query, team),
        action=_action(query),
        page=page_of(query.limit, query.offset),
    )


def _refuse_unsupported(query: EventsQuery) -> None:
    if query.where:
        raise Unsupported("where.0: an expression", "is not supported yet: use properties")
    if query.source:
        raise Unsupported("source")


def _is_whole(column: Column) -> bool:
    return isinstance(column.expression, Field) and column.expression.name in WHOLE


def _orders(query: EventsQuery, columns: tuple[Column, ...]) -> tuple[Order, ...]:
    """The newest first; where something is counted, the most."""
    aggregate = next((one.expression for one in columns if isinstance(one.expression, Aggregate)), None)
    if not query.orderBy:
        return (Order(expression=aggregate or Field("timestamp"), is_descending=True),)
    orders = orders_of(query.orderBy, columns, TABLE)
    shown = [column.expression for column in columns]
    for index, order in enumerate(orders):
        is_new = order.expression not in shown and not isinstance(order.expression, Aggregate)
        if aggregate and is_new or not aggregate and isinstance(order.expression, Aggregate):
            raise Refusal(f"orderBy.{index}: must be one of the columns.")
    return orders


def _names(query: EventsQuery) -> tuple[str, ...] | None:
    if query.event:
        return (query.event,)
    return tuple(query.events) if query.events else None


def _person(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Refusal("personId: must be a uuid.") from None


def _action(query: EventsQuery) -> tuple[Alternative, ...] | None:
    if query.action_id is not None:
        return query.meant.alternatives
    if not query.actionSteps:
        return None
    with fault_of("actionSteps"):
        return alternatives_of([step.model_dump(exclude_unset=True) for step in query.actionSteps], place="actionSteps")


def _condition(query: EventsQuery, team: Team) -> Condition:
    own = condition_of(query.properties, place="properties")
    fixed = condition_of(query.fixedProperties, place="fixedProperties")
    test_accounts = [test_account_condition(team.test_account_filters)] if query.filterTestAccounts else []
    return all_of([own, fixed, *test_accounts])
