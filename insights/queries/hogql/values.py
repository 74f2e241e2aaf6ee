"""A compiled expression, and constants as bound parameters."""

import math
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    FLOAT,
    INTEGER,
    NULL,
    TEXT,
    Type,
    array_of,
)

MAX_INTEGER = 2**63 - 1
NO_CONSTANT: Any = object()


@dataclass(frozen=True, kw_only=True)
class Value:
    """`constant` is the Python value of a literal.

    `text` is a property's text before it was given its defined type, `json` the JSON value behind it. `number` stands
    for a person as well as its UUID does, and costs no join. `parts` are the elements of a tuple written out.
    """

    sql: Sql
    type: Type
    is_nullable: bool = False
    constant: Any = NO_CONSTANT
    text: Sql | None = None
    json: Sql | None = None
    number: Sql | None = None
    parts: "tuple[Value, ...] | None" = None

    @property
    def is_constant(self) -> bool:
        return self.constant is not NO_CONSTANT


def null_of(type_: Type) -> Value:
    return Value(sql=Sql(f"NULL::{type_.postgres}"), type=type_, is_nullable=True)


def constant(value: Any) -> Value:
    """A literal. Only true, false and null reach the text of the statement."""
    if value is None:
        return replace(null_of(NULL), constant=None)
    if isinstance(value, bool):
        # Postgres groups and orders by no bare constant.
        return Value(sql=Sql("TRUE::boolean" if value else "FALSE::boolean"), type=BOOLEAN, constant=value)
    for python, make in _MAKERS:
        if isinstance(value, python):
            return make(value)
    raise Refusal(f"A value of type {type(value).__name__} cannot stand in a query.")


def _integer(value: int) -> Value:
    if abs(value) > MAX_INTEGER:
        return _float(float(value)) if value.bit_length() < 1000 else _too_large()
    return _bound(value, INTEGER)


def _float(value: float) -> Value:
    # Infinity and NaN are numbers in ClickHouse, and nothing that JSON can say.
    return null_of(FLOAT) if not math.isfinite(value) else _bound(value, FLOAT)


def _too_large() -> Value:
    raise Refusal("A number in the query is too large.")


def _text(value: str) -> Value:
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise Refusal("The query holds characters that are not text.")
    return _bound(value, TEXT)


def _list(values: list[Any] | tuple[Any, ...]) -> Value:
    parts = [constant(value) for value in values]
    types = {part.type for part in parts if part.constant is not None}
    if len(types) > 1:
        raise Refusal("The elements of an array must be of one type.")
    return array_literal(parts, types.pop() if types else TEXT)


def array_literal(parts: list[Value], item: Type) -> Value:
    type_ = array_of(item)
    elements = joined(", ", [part.sql if part.type == item else null_of(item).sql for part in parts])
    sql = compose("ARRAY[{elements}]::" + type_.postgres, elements=elements)
    return Value(sql=sql, type=type_, parts=tuple(parts))


def _bound(value: Any, type_: Type) -> Value:
    return Value(sql=Sql(f"%s::{type_.postgres}", (value,)), type=type_, constant=value)


_MAKERS: tuple[tuple[Any, Any], ...] = (
    (int, _integer),
    (float, _float),
    (str, _text),
    (datetime, lambda value: _bound(value, DATETIME)),
    (date, lambda value: _bound(value, DATE)),
    ((list, tuple), _list),
)
