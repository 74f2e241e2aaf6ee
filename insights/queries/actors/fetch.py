"""What the plan asks for, from Postgres: the only part of tables of persons that knows the engine."""

from events.filtering.compiler import person_condition_sql
from events.filtering.errors import Unsupported
from events.filtering.sql import Sql, compose, joined
from insights.queries.actors.plan import ActorsPlan
from insights.queries.columns import Expression, Field, FirstOf, Order, Part
from insights.queries.database import fetch_rows
from insights.queries.entities import Property
from insights.queries.sources import property_sql

_PERSON = (
    "json_build_object('id', p.uuid, 'uuid', p.uuid, 'type', 'person', 'properties', p.properties,"
    " 'is_identified', p.is_identified, 'created_at', p.created_at, 'distinct_ids',"
    " ARRAY(SELECT distinct_id FROM person_distinct_ids d WHERE d.person_id = p.id ORDER BY d.id LIMIT 10))"
)
_FIELDS = {
    "person": _PERSON,
    "actor": _PERSON,
    "person.$delete": "1",
    "properties": "p.properties",
    "id": "p.uuid",
    "created_at": "p.created_at",
    "is_identified": "p.is_identified",
}


def fetch(plan: ActorsPlan) -> list[tuple]:
    """One row more than the page has, where there is more."""
    return fetch_rows(
        compose(
            "SELECT {columns} FROM persons p WHERE {conditions} ORDER BY {orders}, p.number DESC"
            " LIMIT {limit} OFFSET {offset}",
            columns=joined(", ", [_expression(column.expression) for column in plan.columns]),
            conditions=joined(" AND ", _conditions(plan)),
            orders=joined(", ", [_order(order) for order in plan.orders]),
            limit=plan.page.limit + 1,
            offset=plan.page.offset,
        )
    )


def _conditions(plan: ActorsPlan) -> list[Sql]:
    conditions = [
        compose("p.team_id = {team_id} AND p.has_profile", team_id=plan.team_id),
        person_condition_sql(plan.condition, clock=plan.clock),
    ]
    if plan.search:
        conditions.append(_found(plan))
    if plan.distinct_id:
        known = "SELECT person_id FROM person_distinct_ids WHERE team_id = {team_id} AND distinct_id = {distinct_id}"
        conditions.append(compose(f"p.id IN ({known})", team_id=plan.team_id, distinct_id=plan.distinct_id))
    return conditions


def _found(plan: ActorsPlan) -> Sql:
    """By a part of the e-mail address or name, or by a whole distinct id or uuid."""
    pattern = "%" + plan.search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return compose(
        "((p.properties ->> 'email') ILIKE {pattern} OR (p.properties ->> 'name') ILIKE {pattern}"
        " OR p.uuid::text = {search}::text OR p.id IN (SELECT person_id FROM person_distinct_ids"
        " WHERE team_id = {team_id} AND distinct_id = {search}::text))",
        pattern=pattern,
        search=plan.search,
        team_id=plan.team_id,
    )


def _order(order: Order) -> Sql:
    direction = " DESC NULLS LAST" if order.is_descending else ""
    return compose("{wanted}" + direction, wanted=_expression(order.expression))


def _expression(expression: Expression) -> Sql:
    if isinstance(expression, FirstOf):
        parts = [compose("({part})::text", part=_part(part)) for part in expression.parts]
        return compose("coalesce({parts})", parts=joined(", ", parts))
    if isinstance(expression, Field | Property):
        return _part(expression)
    raise Unsupported("orderBy: aggregates over persons", "are not supported yet")


def _part(part: Part) -> Sql:
    """All properties are the person's own here, with and without `person.` before them."""
    return Sql(_FIELDS[part.name]) if isinstance(part, Field) else property_sql(Property(scope="person", key=part.key))
