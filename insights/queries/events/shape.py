"""Rows of events → the result JSON of EventsQuery. Pure."""

from insights.queries.cells import cell
from insights.queries.columns import Aggregate, Expression, Field
from insights.queries.events.plan import EventsPlan
from insights.queries.wrapping import JSON

_TYPES = {"*": "Tuple", "person": "Tuple", "uuid": "UUID", "person_id": "UUID", "person.id": "UUID"}
_MOMENTS = {"timestamp", "created_at", "person.created_at"}
_OBJECTS = {"*", "person", "properties", "person.properties"}


def shape(plan: EventsPlan, rows: list[tuple]) -> JSON:
    columns = [column.expression for column in plan.columns]
    zone = plan.clock.zone
    return {
        "results": [
            [cell(value, zone=zone, is_object=_is_object(one)) for value, one in zip(row, columns, strict=True)]
            for row in rows[: plan.page.limit]
        ],
        "columns": [column.text for column in plan.columns],
        "types": [_type(one, zone.key) for one in columns],
        "hasMore": len(rows) > plan.page.limit,
        "limit": plan.page.limit,
        "offset": plan.page.offset,
        "timezone": zone.key,
        "hogql": "",
        "modifiers": None,
        "timings": None,
    }


def _is_object(expression: Expression) -> bool:
    return isinstance(expression, Field) and expression.name in _OBJECTS


def _type(expression: Expression, zone: str) -> str:
    if isinstance(expression, Aggregate) and expression.name == "count":
        return "UInt64"
    moment = expression.argument if isinstance(expression, Aggregate) else expression
    if isinstance(moment, Field):
        return f"DateTime64(6, '{zone}')" if moment.name in _MOMENTS else _TYPES.get(moment.name, "String")
    return "Nullable(String)"
