"""From one type to another. What cannot be read as the new type is null: nothing here may raise inside Postgres."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from uuid import UUID as PythonUUID

from common.exceptions import Refusal
from events.filtering.moments import Clock, parse_moment
from events.filtering.readings import instant_of, number_of
from events.filtering.sql import Sql, compose
from insights.queries.hogql.types import (
    BOOLEAN,
    DATETIME,
    FLOAT,
    INTEGER,
    JSON,
    MOMENTS,
    NUMERIC,
    TEXT,
    UUID,
    Kind,
    Type,
    array_of,
)
from insights.queries.hogql.values import Value, constant, null_of

_UUID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
_INTEGER = r"^\s*[-+]?[0-9]{1,18}\s*$"
_WIDTH = [Kind.BOOLEAN, Kind.INTEGER, Kind.FLOAT]
_COLUMN = re.compile(r"\b[a-z]\w*\.[a-z]")
_LONG = 300
_DAY = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*", re.ASCII)

Conversion = Callable[[Value, Clock], Sql]


@dataclass(frozen=True)
class Template:
    """`{a}` is the value, `{zone}` the zone it is shown in, `{pattern}` what a text must look like."""

    text: str
    pattern: str = ""

    def __call__(self, value: Value, clock: Clock) -> Sql:
        zone = value.type.zone or clock.zone.key
        return compose(self.text, a=value.sql, zone=zone, pattern=self.pattern)


def convert(value: Value, type_: Type, clock: Clock) -> Value:
    """The value as another type. A `Refusal` where no value of the one type can be read as the other."""
    kind, target = value.type.kind, type_.kind
    if kind is target:
        return _within_kind(value, type_, clock)
    if kind is Kind.NULL:
        return null_of(type_)
    if kind is Kind.TEXT and value.is_constant and target in _CONSTANTS:
        return _CONSTANTS[target](value.constant, clock)
    if target is Kind.TEXT and value.text is not None:
        return Value(sql=value.text, type=TEXT, is_nullable=True)
    conversion = _CONVERSIONS.get((kind, target)) or _GENERAL.get(target)
    if conversion is None:
        raise Refusal(f"Cannot read {kind} as {target}.")
    sql = _converted(conversion, held(value), clock)
    return Value(sql=sql, type=type_, is_nullable=value.is_nullable or (kind, target) not in _SAFE)


def _converted(conversion: Conversion, value: Value, clock: Clock) -> Sql:
    """Reading a text asks for it many times: a long expression is computed once, and named."""
    if value.type.kind is not Kind.TEXT or len(value.sql.text) <= _LONG:
        return conversion(value, clock)
    read = conversion(replace(value, sql=Sql("held.v")), clock)
    return compose("(SELECT {read} FROM (SELECT {a} AS v OFFSET 0) AS held)", read=read, a=value.sql)


def held(value: Value) -> Value:
    """Postgres computes what is constant before it asks any condition, and stumbles over `CASE … THEN 'x'::jsonb`.

    A subquery without a table keeps it from doing so.
    """
    if value.type.kind is not Kind.TEXT or _COLUMN.search(value.sql.text):
        return value
    return replace(value, sql=compose("(SELECT {a})", a=value.sql))


def _within_kind(value: Value, type_: Type, clock: Clock) -> Value:
    if value.type == type_ or not type_.items:
        return replace(value, type=type_) if value.type.kind is not Kind.DATETIME else value
    if value.parts is not None and type_.kind is Kind.ARRAY and not value.parts:
        return Value(sql=Sql(f"ARRAY[]::{type_.postgres}"), type=type_, parts=())
    if type_.kind is Kind.ARRAY:
        return Value(sql=compose("{a}::" + type_.postgres, a=value.sql), type=type_, is_nullable=value.is_nullable)
    return value


def common_type(values: Sequence[Value]) -> Type:
    """What several branches of an expression have in common; different kinds meet as text."""
    types = [value.type for value in values if value.type.kind is not Kind.NULL]
    return reduce(_wider, types) if types else TEXT


def unified(values: Sequence[Value], clock: Clock) -> tuple[list[Value], Type]:
    """All of them as the type that they have in common."""
    type_ = common_type(values)
    return [convert(value, type_, clock) for value in values], type_


def _wider(one: Type, other: Type) -> Type:
    kinds = {one.kind, other.kind}
    if len(kinds) == 1:
        return array_of(_wider(one.item, other.item)) if one.kind is Kind.ARRAY else one
    if kinds <= NUMERIC:
        return max(one, other, key=lambda type_: _WIDTH.index(type_.kind))
    if kinds == MOMENTS:
        return one if one.kind is Kind.DATETIME else other
    return TEXT


def comparable_type(one: Value, other: Value) -> Type:
    """The type in which two values are compared: a text is read as what it is compared with."""
    kinds = {one.type.kind, other.type.kind}
    if Kind.TEXT not in kinds or len(kinds) == 1:
        if kinds & {Kind.DATETIME, Kind.DATE} and kinds & NUMERIC:
            return DATETIME
        return common_type([one, other])
    typed, text = (one, other) if other.type.kind is Kind.TEXT else (other, one)
    if typed.type.kind is Kind.INTEGER:
        return FLOAT
    if typed.type.kind is Kind.DATE and text.is_constant and not _DAY.fullmatch(text.constant):
        return DATETIME
    if typed.type.kind in (Kind.NULL, Kind.JSON, Kind.ARRAY, Kind.TUPLE, Kind.INTERVAL):
        return TEXT
    return typed.type


def as_text(value: Value, clock: Clock) -> Value:
    return convert(value, TEXT, clock)


def as_boolean(value: Value, clock: Clock) -> Value:
    """What stands in a condition: numbers are true unless 0."""
    if value.type.kind in (Kind.BOOLEAN, Kind.NULL) or value.type.kind in NUMERIC:
        return convert(value, BOOLEAN, clock)
    raise Refusal(f"A condition must be true or false, not {value.type.kind}.")


def as_number(value: Value, clock: Clock) -> Value:
    """Itself if it is a number; booleans count as 0 and 1, texts are read."""
    if value.type.kind in (Kind.INTEGER, Kind.FLOAT):
        return value
    if value.type.kind not in (Kind.BOOLEAN, Kind.TEXT, Kind.NULL):
        raise Refusal(f"A number is needed here, not {value.type.kind}.")
    return convert(value, INTEGER if value.type.kind is Kind.BOOLEAN else FLOAT, clock)


def as_moment(value: Value, clock: Clock) -> Value:
    """A date or a time; a text is read as a time."""
    if value.type.kind in (*MOMENTS, Kind.TEXT, Kind.NULL):
        return value if value.type.kind in MOMENTS else convert(value, DATETIME, clock)
    raise Refusal(f"A date or a time is needed here, not {value.type.kind}.")


def as_json(value: Value, clock: Clock) -> Value:
    if value.json is not None:
        return Value(sql=value.json, type=JSON, is_nullable=True)
    return convert(value, JSON, clock)


def _moment_constant(text: str, clock: Clock) -> Value:
    moment = parse_moment(text, clock)
    if moment.is_relative:
        raise Refusal(f"Invalid date: {text[:50]!r}.")
    return constant(moment.at)


def _day_constant(text: str, clock: Clock) -> Value:
    at: datetime = _moment_constant(text, clock).constant
    return constant(at.astimezone(clock.zone).date())


def _float_constant(text: str, clock: Clock) -> Value:
    try:
        return constant(float(text))
    except ValueError:
        return null_of(FLOAT)


def _uuid_constant(text: str, clock: Clock) -> Value:
    try:
        known = str(PythonUUID(text))
    except ValueError:
        return null_of(UUID)
    return Value(sql=Sql("%s::uuid", (known,)), type=UUID, constant=known)


_CONSTANTS: dict[Kind, Callable[[str, Clock], Value]] = {
    Kind.DATETIME: _moment_constant,
    Kind.DATE: _day_constant,
    Kind.FLOAT: _float_constant,
    Kind.UUID: _uuid_constant,
}


def _instant(value: Value, clock: Clock) -> Sql:
    return instant_of(value.sql, clock)


def _day_of_text(value: Value, clock: Clock) -> Sql:
    return compose("(({at}) AT TIME ZONE {zone}::text)::date", at=instant_of(value.sql, clock), zone=clock.zone.key)


def _number(value: Value, clock: Clock) -> Sql:
    return compose("({number})", number=number_of(value.sql))


def _shown_time(value: Value, clock: Clock) -> Sql:
    pattern = "YYYY-MM-DD HH24:MI:SS" + (".US" if value.type.precision else "")
    return Template("to_char({a} AT TIME ZONE {zone}::text, {pattern}::text)", pattern)(value, clock)


_CONVERSIONS: dict[tuple[Kind, Kind], Conversion] = {
    (Kind.TEXT, Kind.FLOAT): _number,
    (Kind.TEXT, Kind.INTEGER): Template("(CASE WHEN {a} ~ {pattern}::text THEN ({a})::bigint END)", _INTEGER),
    (Kind.TEXT, Kind.BOOLEAN): Template(
        "(CASE WHEN lower({a}) IN ('true', '1') THEN TRUE WHEN lower({a}) IN ('false', '0') THEN FALSE END)"
    ),
    (Kind.TEXT, Kind.DATETIME): _instant,
    (Kind.TEXT, Kind.DATE): _day_of_text,
    (Kind.TEXT, Kind.UUID): Template("(CASE WHEN {a} ~ {pattern}::text THEN ({a})::uuid END)", _UUID),
    (Kind.TEXT, Kind.JSON): Template("(CASE WHEN {a} IS JSON THEN ({a})::jsonb END)"),
    (Kind.INTEGER, Kind.FLOAT): Template("({a})::float8"),
    (Kind.INTEGER, Kind.BOOLEAN): Template("({a} <> 0)"),
    (Kind.INTEGER, Kind.DATETIME): Template("to_timestamp({a}::float8)"),
    (Kind.INTEGER, Kind.DATE): Template("(to_timestamp({a}::float8) AT TIME ZONE {zone}::text)::date"),
    (Kind.FLOAT, Kind.INTEGER): Template("(CASE WHEN abs({a}) < 9.2e18 THEN trunc({a})::bigint END)"),
    (Kind.FLOAT, Kind.BOOLEAN): Template("({a} <> 0)"),
    (Kind.FLOAT, Kind.DATETIME): Template("to_timestamp({a})"),
    (Kind.BOOLEAN, Kind.INTEGER): Template("({a})::int::bigint"),
    (Kind.BOOLEAN, Kind.FLOAT): Template("({a})::int::float8"),
    (Kind.DATETIME, Kind.TEXT): _shown_time,
    (Kind.DATETIME, Kind.DATE): Template("({a} AT TIME ZONE {zone}::text)::date"),
    (Kind.DATETIME, Kind.INTEGER): Template("floor(extract(epoch FROM {a}))::bigint"),
    (Kind.DATETIME, Kind.FLOAT): Template("extract(epoch FROM {a})::float8"),
    (Kind.DATE, Kind.TEXT): Template("to_char({a}, 'YYYY-MM-DD')"),
    (Kind.DATE, Kind.DATETIME): Template("(({a})::timestamp AT TIME ZONE {zone}::text)"),
    (Kind.DATE, Kind.INTEGER): Template("({a} - '1970-01-01'::date)::bigint"),
    (Kind.DATE, Kind.FLOAT): Template("({a} - '1970-01-01'::date)::float8"),
    (Kind.ARRAY, Kind.TEXT): Template("to_json({a})::text"),
}
# What can be said of values of any kind.
_GENERAL: dict[Kind, Conversion] = {
    Kind.TEXT: Template("({a})::text"),
    Kind.JSON: Template("to_jsonb({a})"),
}
_SAFE = {
    pair
    for pair in [*_CONVERSIONS, *((kind, Kind.TEXT) for kind in Kind), *((kind, Kind.JSON) for kind in Kind)]
    if pair[0] is not Kind.TEXT and pair != (Kind.FLOAT, Kind.INTEGER)
}
