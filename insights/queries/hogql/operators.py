"""Arithmetic. A division by zero is null, where ClickHouse has infinity; both are null in JSON."""

from typing import TYPE_CHECKING

from common.exceptions import Refusal
from events.filtering.sql import compose
from insights.queries.hogql.conversions import as_moment, as_number, convert
from insights.queries.hogql.parser import Node
from insights.queries.hogql.types import DATE, DATETIME, FLOAT, INTEGER, MOMENTS, Kind, Type, interval_of
from insights.queries.hogql.values import Value

if TYPE_CHECKING:
    from insights.queries.hogql.expressions import Expressions

#: How long a unit is: in the calendar, or on the clock.
CALENDAR = {"day": "days", "week": "weeks", "month": "months", "quarter": "months", "year": "years"}
CLOCK = {"second": "secs", "minute": "mins", "hour": "hours"}
UNITS = (*CLOCK, *CALENDAR)
_FACTOR = {"quarter": 3}
_INTEGER_MODULO = "mod({a}, nullif({b}, 0))"
_FLOAT_MODULO = "({a} - nullif({b}, 0) * trunc({a} / nullif({b}, 0)))"
_SYMBOLS = {"+", "-", "*"}


def arithmetic(compiler: "Expressions", node: Node) -> Value:
    one, other = compiler.value(node["left"]), compiler.value(node["right"])
    return calculate(compiler, node["op"], one, other)


def calculate(compiler: "Expressions", op: str, one: Value, other: Value) -> Value:
    if op in ("+", "-") and {one.type.kind, other.type.kind} & {*MOMENTS, Kind.INTERVAL}:
        return _with_moments(compiler, op, one, other)
    a, b = as_number(one, compiler.clock), as_number(other, compiler.clock)
    if op == "/":
        return divide(compiler, a, b)
    type_ = FLOAT if Kind.FLOAT in (a.type.kind, b.type.kind) else INTEGER
    a, b = convert(a, type_, compiler.clock), convert(b, type_, compiler.clock)
    if op == "%":
        return _of(_INTEGER_MODULO if type_ == INTEGER else _FLOAT_MODULO, a, b, type_, may_be_null=True)
    if op not in _SYMBOLS:
        raise Refusal(f"Unsupported operator: {op}.")
    return _of(f"({{a}} {op} {{b}})", a, b, type_)


def divide(compiler: "Expressions", one: Value, other: Value) -> Value:
    a, b = convert(one, FLOAT, compiler.clock), convert(other, FLOAT, compiler.clock)
    return _of("({a} / nullif({b}, 0))", a, b, FLOAT, may_be_null=True)


def _of(template: str, a: Value, b: Value, type_: Type, *, may_be_null: bool = False) -> Value:
    is_nullable = may_be_null or a.is_nullable or b.is_nullable
    return Value(sql=compose(template, a=a.sql, b=b.sql), type=type_, is_nullable=is_nullable)


def _with_moments(compiler: "Expressions", op: str, one: Value, other: Value) -> Value:
    """Times and intervals; a bare number is days for a date, seconds for a time."""
    if Kind.INTERVAL in (one.type.kind, other.type.kind):
        moment, interval = (other, one) if one.type.kind is Kind.INTERVAL else (one, other)
        if moment.type.kind is Kind.INTERVAL or (op == "-" and moment is other):
            raise Refusal("Intervals can only be added to times and taken from them.")
        return shifted(compiler, as_moment(moment, compiler.clock), interval, op)
    if op == "-" and one.type.kind in MOMENTS and other.type.kind in MOMENTS:
        return _between(compiler, one, other)
    moment, number = (one, other) if one.type.kind in MOMENTS else (other, one)
    if op == "-" and moment is other:
        raise Refusal("A time cannot be taken from a number.")
    unit = "day" if moment.type.kind is Kind.DATE else "second"
    return shifted(compiler, moment, as_interval(compiler, number, unit), op)


def as_interval(compiler: "Expressions", number: Value, unit: str) -> Value:
    count = convert(as_number(number, compiler.clock), INTEGER, compiler.clock)
    return Value(sql=count.sql, type=interval_of(unit), is_nullable=count.is_nullable, constant=count.constant)


def shifted(compiler: "Expressions", moment: Value, by: Value, op: str) -> Value:
    """Days and longer are steps on the wall clock of the zone, hours and shorter are time that passes."""
    unit = by.type.unit
    if unit in CLOCK and moment.type.kind is Kind.DATE:
        moment = convert(moment, DATETIME, compiler.clock)
    step = f"make_interval({(CALENDAR | CLOCK)[unit]} => ({_FACTOR.get(unit, 1)} * {{b}})::int)"
    is_nullable = moment.is_nullable or by.is_nullable
    template = f"({{a}} {op} {step})"
    if moment.type.kind is Kind.DATE:
        template = f"{template}::date"
    elif unit in CALENDAR:
        template = f"((({{a}} AT TIME ZONE {{zone}}::text) {op} {step}) AT TIME ZONE {{zone}}::text)"
    sql = compose(template, a=moment.sql, b=by.sql, zone=moment.type.zone or compiler.clock.zone.key)
    return Value(sql=sql, type=moment.type, is_nullable=is_nullable)


def _between(compiler: "Expressions", one: Value, other: Value) -> Value:
    if one.type == other.type == DATE:
        return _of("({a} - {b})::bigint", one, other, INTEGER)
    a, b = convert(one, DATETIME, compiler.clock), convert(other, DATETIME, compiler.clock)
    return _of("floor(extract(epoch FROM {a} - {b}))::bigint", a, b, INTEGER)
