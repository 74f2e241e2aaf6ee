"""The columns of tables of events and persons: names of fields and properties, a count, the first that is there. Pure.

The seam for HogQL: what these few forms cannot say is refused here, with its place; a compiler of expressions has to
answer the same `Column`s.
"""

import re
from dataclasses import dataclass, field

from common.exceptions import Refusal
from events.filtering.errors import Unsupported
from insights.queries.entities import Property
from insights.queries.expressions import property_in

MAX_COLUMNS = 100
MAX_LENGTH = 1000
MAX_PARTS = 10
_COMMENT = re.compile(r"\s+--.*$", re.DOTALL)
_ALIAS = re.compile(r"\s+as\s+(`[^`]+`|[\w$]+)$", re.IGNORECASE)
_CALL = re.compile(r"(?P<name>\w+)\((?P<arguments>.*)\)", re.DOTALL)
_DIRECTION = re.compile(r"\s+(?P<direction>asc|desc)$", re.IGNORECASE)
AGGREGATES = {"count", "min", "max"}


@dataclass(frozen=True)
class Field:
    """A column of the table by the name that PostHog gives it."""

    name: str


@dataclass(frozen=True)
class FirstOf:
    """The first of the parts that is set."""

    parts: "tuple[Part, ...]"


@dataclass(frozen=True)
class Aggregate:
    name: str
    argument: "Field | Property | None" = None


Part = Field | Property
Expression = Field | Property | FirstOf | Aggregate


@dataclass(frozen=True, kw_only=True)
class Column:
    """`text` is what was asked for, which is also the column's name in the answer."""

    text: str
    expression: Expression
    alias: str | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    expression: Expression
    is_descending: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """`fields` may stand in columns, `plain_fields` also in orders and functions."""

    fields: frozenset[str]
    plain_fields: frozenset[str] = field(default_factory=frozenset)


def columns_of(texts: list[str], table: Table, *, place: str = "select") -> tuple[Column, ...]:
    if len(texts) > MAX_COLUMNS:
        raise Refusal(f"{place}: more than {MAX_COLUMNS} columns.")
    return tuple(_column(text, table, f"{place}.{index}") for index, text in enumerate(texts))


def orders_of(texts: list[str], columns: tuple[Column, ...], table: Table) -> tuple[Order, ...]:
    if len(texts) > MAX_COLUMNS:
        raise Refusal(f"orderBy: more than {MAX_COLUMNS} columns.")
    return tuple(_order(text, columns, table, f"orderBy.{index}") for index, text in enumerate(texts))


def is_aggregated(columns: tuple[Column, ...]) -> bool:
    return any(isinstance(column.expression, Aggregate) for column in columns)


def parts_of(expression: Expression) -> tuple[Part, ...]:
    if isinstance(expression, FirstOf):
        return expression.parts
    if isinstance(expression, Aggregate):
        return (expression.argument,) if expression.argument else ()
    return (expression,)


def _column(text: str, table: Table, place: str) -> Column:
    if len(text) > MAX_LENGTH:
        raise Refusal(f"{place}: longer than {MAX_LENGTH} characters.")
    bare = _COMMENT.sub("", text.strip())
    alias = _ALIAS.search(bare)
    expression = _expression(_ALIAS.sub("", bare).strip(), table, place)
    return Column(text=text, expression=expression, alias=alias[1].strip("`") if alias else None)


def _order(text: str, columns: tuple[Column, ...], table: Table, place: str) -> Order:
    bare = _COMMENT.sub("", text[:MAX_LENGTH].strip())
    direction = _DIRECTION.search(bare)
    wanted = _DIRECTION.sub("", bare).strip()
    known = next((column for column in columns if wanted in (column.alias, column.text)), None)
    expression = known.expression if known else _expression(wanted, table, place)
    fields = [part for part in parts_of(expression) if isinstance(part, Field)]
    if any(part.name not in table.plain_fields for part in fields):
        raise Unsupported(f"{place}: ordering by {wanted[:50]!r}")
    return Order(expression=expression, is_descending=bool(direction and direction["direction"].lower() == "desc"))


def _expression(text: str, table: Table, place: str) -> Expression:
    part = _part(text, table.fields)
    if part is not None:
        return part
    call = _CALL.fullmatch(text)
    if call and call["name"] == "coalesce":
        return FirstOf(tuple(_argument(one, table, place) for one in _arguments(call["arguments"], place)))
    if call and call["name"] in AGGREGATES:
        return _aggregate(call["name"], call["arguments"].strip(), table, place)
    raise Unsupported(f"{place}: the expression {text[:50]!r}")


def _aggregate(name: str, argument: str, table: Table, place: str) -> Aggregate:
    if name == "count" and argument in ("", "*"):
        return Aggregate("count")
    if name == "count" or argument != "timestamp":
        raise Unsupported(f"{place}: the expression {f'{name}({argument})'[:50]!r}")
    return Aggregate(name, _argument(argument, table, place))


def _arguments(text: str, place: str) -> list[str]:
    arguments = [one.strip() for one in text.split(",")]
    if len(arguments) > MAX_PARTS:
        raise Refusal(f"{place}: more than {MAX_PARTS} parts.")
    return arguments


def _argument(text: str, table: Table, place: str) -> Part:
    part = _part(text, table.plain_fields)
    if part is None:
        raise Unsupported(f"{place}: the expression {text[:50]!r}")
    return part


def _part(text: str, fields: frozenset[str]) -> Part | None:
    return Field(text) if text in fields else property_in(text)
