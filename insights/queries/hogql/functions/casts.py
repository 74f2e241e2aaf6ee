"""From one type to another, by name. What cannot be read is null (`…OrZero`: 0)."""

from dataclasses import replace
from zoneinfo import ZoneInfo, available_timezones

from common.exceptions import Refusal
from events.filtering.sql import compose
from insights.queries.hogql.conversions import as_moment, convert
from insights.queries.hogql.functions.signatures import Builder, Call
from insights.queries.hogql.types import BOOLEAN, DATE, DATETIME, DATETIME64, FLOAT, INTEGER, TEXT, UUID, Kind, Type
from insights.queries.hogql.values import Value, constant

_INTEGERS = ("toInt", "toInt8", "toInt16", "toInt32", "toInt64", "toUInt8", "toUInt16", "toUInt32", "toUInt64")
_FLOATS = ("toFloat", "toFloat32", "toFloat64", "toDecimal", "toDecimal32", "toDecimal64", "toDecimal128")
_TIMES = ("toDateTime", "toDateTime32", "parseDateTimeBestEffort", "parseDateTimeBestEffortOrNull")
_PRECISE_TIMES = ("toDateTime64", "parseDateTime64BestEffort", "parseDateTime64BestEffortOrNull")
_ZERO = {INTEGER: 0, FLOAT: 0.0}


_NAMES = {
    INTEGER: ("int", "integer", "bigint", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    FLOAT: ("float", "float32", "float64", "double", "real", "numeric", "decimal"),
    TEXT: ("string", "text", "varchar"),
    BOOLEAN: ("bool", "boolean"),
    DATE: ("date", "date32"),
    DATETIME: ("datetime", "timestamp"),
    DATETIME64: ("datetime64",),
    UUID: ("uuid",),
}
_TYPES_BY_NAME = {name: type_ for type_, names in _NAMES.items() for name in names}


def type_named(name: str) -> Type:
    """`Nullable(Int64)` is no other than `Int64`: any value may be null here."""
    plain_name = name.strip().lower().removeprefix("nullable(").removesuffix(")")
    type_ = _TYPES_BY_NAME.get(plain_name)
    if type_ is None:
        raise Refusal(f"Unsupported type: {name[:50]}.")
    return type_


def cast_to(type_: Type) -> Builder:
    """Further arguments (digits, precision) change nothing: numbers here keep all their digits."""

    def build(call: Call) -> Value:
        call.expect(1, 2)
        return convert(_source(call, type_), type_, call.clock)

    return build


def _source(call: Call, type_: Type) -> Value:
    value = call.value(0)
    if type_.kind is Kind.INTEGER and value.type.kind is Kind.JSON:
        return convert(value, TEXT, call.clock)
    return value


def _or_zero(type_: Type) -> Builder:
    def build(call: Call) -> Value:
        value = cast_to(type_)(call)
        sql = compose("coalesce({a}, {zero})", a=value.sql, zero=constant(_ZERO[type_]).sql)
        return Value(sql=sql, type=type_)

    return build


def _or_default(type_: Type) -> Builder:
    """`toFloatOrDefault(x, otherwise)`; 0 where nothing else is said."""

    def build(call: Call) -> Value:
        call.expect(1, 2)
        value = convert(_source(call, type_), type_, call.clock)
        otherwise = convert(call.value(1), type_, call.clock) if len(call.nodes) == 2 else constant(_ZERO[type_])
        sql = compose("coalesce({a}, {otherwise})", a=value.sql, otherwise=otherwise.sql)
        return Value(sql=sql, type=type_, is_nullable=otherwise.is_nullable)

    return build


def _text(call: Call) -> Value:
    call.expect(1, 2)
    value = _in_zone(call, call.value(0), 1)
    return convert(value, TEXT, call.clock)


def _time(type_: Type) -> Builder:
    """`toDateTime(x)`, `toDateTime(x, zone)`, `toDateTime64(x, precision, zone)`; a bare text is read in the zone."""

    def build(call: Call) -> Value:
        call.expect(1, 3)
        last = len(call.nodes) - 1
        is_zone = last > 0 and call.compiler.value(call.nodes[last]).type.kind is Kind.TEXT
        clock = replace(call.clock, zone=ZoneInfo(zone_named(call, last))) if is_zone else call.clock
        value = convert(call.value(0), DATETIME, clock)
        shown = replace(value, type=replace(type_, zone=value.type.zone), number=None)
        moved = _in_zone(call, shown, last) if is_zone else shown
        if type_.precision or moved.is_constant:
            return moved
        return replace(moved, sql=compose("date_trunc('second', {a})", a=moved.sql))

    return build


def _date(call: Call) -> Value:
    call.expect(1, 2)
    value = call.value(0)
    if value.type.kind in (Kind.TEXT, Kind.DATETIME):
        value = _in_zone(call, as_moment(value, call.clock), 1)
    return convert(value, DATE, call.clock)


def _to_time_zone(call: Call) -> Value:
    call.expect(2, 2)
    return _in_zone(call, convert(call.value(0), DATETIME, call.clock), 1)


def _in_zone(call: Call, value: Value, index: int) -> Value:
    """The same instant, shown in the zone named by the argument, if there is one."""
    if len(call.nodes) <= index:
        return value
    zone = zone_named(call, index)
    return replace(value, type=replace(value.type, zone=zone)) if value.type.kind is Kind.DATETIME else value


def zone_named(call: Call, index: int) -> str:
    zone = call.constant(index, str, "name of a time zone")
    if zone not in available_timezones():
        raise Refusal(f"Unknown time zone: {zone[:50]!r}.")
    return zone


def _cast(call: Call) -> Value:
    """`cast(x, 'Type')`."""
    call.expect(2, 2)
    return convert(call.value(0), type_named(call.constant(1, str, "type")), call.clock)


def _type_name(call: Call) -> Value:
    call.expect(1, 1)
    value = call.value(0)
    return constant(value.type.clickhouse(zone=call.clock.zone.key, is_nullable=value.is_nullable))


CASTS: dict[str, Builder] = {
    **dict.fromkeys(_INTEGERS, cast_to(INTEGER)),
    **{f"{name}OrNull": cast_to(INTEGER) for name in _INTEGERS},
    **{f"{name}OrZero": _or_zero(INTEGER) for name in _INTEGERS},
    **{f"{name}OrDefault": _or_default(INTEGER) for name in _INTEGERS},
    **dict.fromkeys(_FLOATS, cast_to(FLOAT)),
    **{f"{name}OrNull": cast_to(FLOAT) for name in _FLOATS},
    **{f"{name}OrZero": _or_zero(FLOAT) for name in _FLOATS},
    **{f"{name}OrDefault": _or_default(FLOAT) for name in _FLOATS},
    **dict.fromkeys(_TIMES, _time(DATETIME)),
    **dict.fromkeys(_PRECISE_TIMES, _time(DATETIME64)),
    "cast": _cast,
    "accurateCastOrNull": _cast,
    "toString": _text,
    "toBool": cast_to(BOOLEAN),
    "toUUID": cast_to(UUID),
    "toUUIDOrNull": cast_to(UUID),
    "toDate": _date,
    "toDateOrNull": _date,
    "toTimeZone": _to_time_zone,
    "date": _date,
    "toTypeName": _type_name,
}
