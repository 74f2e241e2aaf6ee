"""Rows of persons → the result JSON of ActorsQuery. Pure."""

from insights.queries.actors.plan import ActorsPlan
from insights.queries.cells import cell
from insights.queries.columns import Expression, Field
from insights.queries.wrapping import JSON

_OBJECTS = {"person", "actor", "properties"}
_TYPES = {"id": "UUID", "person": "Tuple", "actor": "Tuple", "is_identified": "Bool", "person.$delete": "UInt8"}


def shape(plan: ActorsPlan, rows: list[tuple]) -> JSON:
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
        "missing_actors_count": 0,
        "timezone": zone.key,
        "hogql": "",
        "modifiers": None,
        "timings": None,
    }


def _is_object(expression: Expression) -> bool:
    return isinstance(expression, Field) and expression.name in _OBJECTS


def _type(expression: Expression, zone: str) -> str:
    if isinstance(expression, Field):
        return f"DateTime64(6, '{zone}')" if expression.name == "created_at" else _TYPES.get(expression.name, "String")
    return "Nullable(String)"
