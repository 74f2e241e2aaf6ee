"""What the plan asks for, from Postgres: the only part of tables of events that knows the engine."""

from events.filtering.compiler import alternatives_sql, condition_sql
from events.filtering.sql import Sql, compose, joined
from insights.queries.columns import Aggregate, Column, Expression, Field, FirstOf, Order, Part
from insights.queries.database import fetch_rows
from insights.queries.events.plan import EventsPlan
from insights.queries.sources import named, property_sql

_PERSON = "json_build_object('uuid', p.uuid, 'created_at', p.created_at, 'distinct_id', e.distinct_id, 'properties',"
_FIELDS = {
    "*": "json_build_object('uuid', e.uuid, 'event', e.event, 'properties', e.properties, 'timestamp', e.timestamp,"
    " 'team_id', e.team_id, 'distinct_id', e.distinct_id, 'elements_chain', e.elements_chain,"
    " 'created_at', e.created_at)",
    "person": "CASE WHEN p.has_profile THEN " + _PERSON + " jsonb_strip_nulls(jsonb_build_object("
    "'name', p.properties -> 'name', 'email', p.properties -> 'email')))"
    " ELSE json_build_object('distinct_id', e.distinct_id) END",
    "properties": "e.properties",
    "person.properties": "p.properties",
    "uuid": "e.uuid",
    "event": "e.event",
    "timestamp": "e.timestamp",
    "distinct_id": "e.distinct_id",
    "created_at": "e.created_at",
    "elements_chain": "e.elements_chain",
    "person_id": "p.uuid",
    "person.id": "p.uuid",
    "person.created_at": "p.created_at",
    "$session_id": "e.prop_session_id",
    **{f"$group_{index}": f"coalesce(e.group_{index}, '')" for index in range(5)},
}
_TIE = ", e.timestamp DESC, e.uuid DESC"


def fetch(plan: EventsPlan) -> list[tuple]:
    """One row more than the page has, where there is more."""
    return fetch_rows(_statement(plan))


def _statement(plan: EventsPlan) -> Sql:
    orders = joined(", ", [_order(plan, order) for order in plan.orders])
    tie = Sql("" if plan.is_aggregated else _TIE)
    return compose(
        "SELECT {columns} FROM {source} WHERE {conditions} {grouping} ORDER BY {orders}{tie}"
        " LIMIT {limit} OFFSET {offset}",
        columns=joined(", ", [_expression(column.expression) for column in plan.columns]),
        source=Sql(_source(plan)),
        conditions=joined(" AND ", _conditions(plan)),
        grouping=_grouping(plan.columns),
        orders=orders,
        tie=tie,
        limit=plan.page.limit + 1,
        offset=plan.page.offset,
    )


def _source(plan: EventsPlan) -> str:
    join = " LEFT JOIN persons p ON p.team_id = e.team_id AND p.number = e.person_id" if plan.reads_persons else ""
    return f"events e{join}"


def _conditions(plan: EventsPlan) -> list[Sql]:
    conditions = [
        compose("e.team_id = {team_id}", team_id=plan.team_id),
        compose("e.timestamp < {before}", before=plan.before),
        named(None if plan.names is None else list(plan.names)),
        condition_sql(plan.condition, clock=plan.clock),
    ]
    if plan.action is not None:
        conditions.append(alternatives_sql(plan.action, clock=plan.clock))
    if plan.after is not None:
        conditions.append(compose("e.timestamp > {after}", after=plan.after))
    if plan.person is not None:
        own = "e.person_id = (SELECT number FROM persons WHERE team_id = {team_id} AND uuid = {person}::uuid)"
        conditions.append(compose(own, team_id=plan.team_id, person=plan.person))
    return conditions


def _grouping(columns: tuple[Column, ...]) -> Sql:
    """By the places of the columns that are not aggregates; only where there are aggregates."""
    plain = [str(place) for place, column in enumerate(columns, 1) if not isinstance(column.expression, Aggregate)]
    return Sql(f"GROUP BY {', '.join(plain)}" if plain and len(plain) < len(columns) else "")


def _order(plan: EventsPlan, order: Order) -> Sql:
    """A column by its place: with a parameter in it, Postgres would not know it again."""
    shown = [column.expression for column in plan.columns]
    is_shown = order.expression in shown
    wanted = Sql(str(shown.index(order.expression) + 1)) if is_shown else _expression(order.expression)
    return compose("{wanted}" + _direction(order), wanted=wanted)


def _direction(order: Order) -> str:
    """A moment is never missing, and only its plain order is that of an index."""
    if not order.is_descending:
        return ""
    return " DESC" if order.expression == Field("timestamp") else " DESC NULLS LAST"


def _expression(expression: Expression) -> Sql:
    if isinstance(expression, FirstOf):
        parts = [compose("({part})::text", part=_part(part)) for part in expression.parts]
        return compose("coalesce({parts})", parts=joined(", ", parts))
    if isinstance(expression, Aggregate):
        argument = _part(expression.argument) if expression.argument else Sql("*")
        return compose("{name}({argument})", name=Sql(expression.name), argument=argument)
    return _part(expression)


def _part(part: Part) -> Sql:
    return Sql(_FIELDS[part.name]) if isinstance(part, Field) else property_sql(part)
