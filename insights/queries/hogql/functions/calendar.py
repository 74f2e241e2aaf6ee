"""Dates and times. All of them in the project's zone, unless a time was moved to another."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose
from insights.queries.hogql.conversions import as_moment, convert
from insights.queries.hogql.functions.casts import zone_named
from insights.queries.hogql.functions.patterns import to_postgres_pattern
from insights.queries.hogql.functions.signatures import Builder, Call, plain
from insights.queries.hogql.operators import CALENDAR, CLOCK, UNITS, as_interval, shifted
from insights.queries.hogql.types import COUNT, DATE, DATETIME, INTEGER, TEXT, Kind
from insights.queries.hogql.values import Value, constant

_LOCAL = "({a} AT TIME ZONE {zone}::text)"
_EPOCH = "'1970-01-01'::timestamp"
_FIRST_MONDAY = "'1970-01-05'::timestamp"
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_PARTS: Mapping[str, str] = {
    "toYear": "extract(year FROM {local})::bigint",
    "toQuarter": "extract(quarter FROM {local})::bigint",
    "toMonth": "extract(month FROM {local})::bigint",
    "toDayOfMonth": "extract(day FROM {local})::bigint",
    "toDayOfYear": "extract(doy FROM {local})::bigint",
    "toDayOfWeek": "extract(isodow FROM {local})::bigint",
    "toHour": "extract(hour FROM {local})::bigint",
    "toMinute": "extract(minute FROM {local})::bigint",
    "toSecond": "floor(extract(second FROM {local}))::bigint",
    "toISOWeek": "extract(week FROM {local})::bigint",
    "toISOYear": "extract(isoyear FROM {local})::bigint",
    "toYYYYMM": "to_char({local}, 'YYYYMM')::bigint",
    "toYYYYMMDD": "to_char({local}, 'YYYYMMDD')::bigint",
    "toYYYYMMDDhhmmss": "to_char({local}, 'YYYYMMDDHH24MISS')::bigint",
    "toMillisecond": "extract(milliseconds FROM {local})::bigint % 1000",
    "toRelativeDayNum": "({local}::date - '1970-01-01'::date)::bigint",
}
_ALSO_CALLED = {
    "year": "toYear",
    "quarter": "toQuarter",
    "month": "toMonth",
    "day": "toDayOfMonth",
    "dayOfMonth": "toDayOfMonth",
    "dayOfYear": "toDayOfYear",
    "dayOfWeek": "toDayOfWeek",
    "hour": "toHour",
    "minute": "toMinute",
    "second": "toSecond",
}
#: How many boundaries of the unit lie between two moments.
_COUNTED: Mapping[str, str] = {
    "second": "extract(epoch FROM date_trunc('second', {a}))",
    "minute": "extract(epoch FROM date_trunc('minute', {a})) / 60",
    "hour": "extract(epoch FROM date_trunc('hour', {a})) / 3600",
    "day": "({local}::date - '1970-01-01'::date)",
    "week": "floor(({local}::date - '1970-01-05'::date) / 7.0)",
    "month": "(extract(year FROM {local}) * 12 + extract(month FROM {local}))",
    "quarter": "(extract(year FROM {local}) * 4 + extract(quarter FROM {local}))",
    "year": "extract(year FROM {local})",
}
_NAMED_PARTS = {
    "year": "YYYY",
    "month": "FMMonth",
    "weekday": "FMDay",
    "day": "FMDD",
    "quarter": "FMQ",
    "hour": "FMHH24",
    "minute": "FMMI",
    "second": "FMSS",
}


def local(call: Call, value: Value) -> Sql:
    """The wall clock's reading."""
    if value.type.kind is Kind.DATE:
        return compose("({a})::timestamp", a=value.sql)
    return compose(_LOCAL, a=value.sql, zone=_zone(call, value))


def _zone(call: Call, value: Value) -> str:
    return value.type.zone or call.clock.zone.key


def _moment(call: Call, index: int = 0, zone_at: int | None = None) -> Value:
    value = as_moment(call.value(index), call.clock)
    if zone_at is None or len(call.nodes) <= zone_at or value.type.kind is Kind.DATE:
        return value
    return replace(value, type=replace(value.type, zone=zone_named(call, zone_at)))


def _part(template: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(1, 2)
        value = _moment(call, zone_at=1)
        return Value(sql=compose(template, local=local(call, value)), type=COUNT, is_nullable=value.is_nullable)

    return build


def _start_of(unit: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(1, 2)
        return start_of(call, _moment(call, zone_at=1), unit)

    return build


def start_of(call: Call, value: Value, unit: str) -> Value:
    """Times stay times up to the day; from the week on they become dates, as in ClickHouse."""
    if unit in CALENDAR and unit != "day":
        sql = compose(f"date_trunc('{unit}', {{local}})::date", local=local(call, value))
        return Value(sql=sql, type=DATE, is_nullable=value.is_nullable)
    at = convert(value, DATETIME, call.clock)
    sql = compose(f"date_trunc('{unit}', {{a}}, {{zone}}::text)", a=at.sql, zone=_zone(call, at))
    return Value(sql=sql, type=replace(DATETIME, zone=at.type.zone), is_nullable=at.is_nullable)


def _start_of_week(call: Call) -> Value:
    """Odd modes begin on Monday, even ones on Sunday; without one the project's own first day counts."""
    call.expect(1, 3)
    is_monday = call.clock.week_starts_on_monday
    if len(call.nodes) > 1:
        is_monday = call.constant(1, int, "mode") % 2 == 1
    value = _moment(call, zone_at=2)
    template = "date_trunc('week', {local})::date" if is_monday else _SUNDAY
    return Value(sql=compose(template, local=local(call, value)), type=DATE, is_nullable=value.is_nullable)


_SUNDAY = "(date_trunc('week', {local} + '1 day'::interval)::date - 1)"


def _date_trunc(call: Call) -> Value:
    call.expect(2, 3)
    return start_of(call, _moment(call, 1, zone_at=2), _unit(call, 0))


def _unit(call: Call, index: int) -> str:
    text = call.constant(index, str, "unit").lower()
    unit = _SHORT_UNITS.get(text, text).removesuffix("s")
    if unit not in UNITS:
        raise Refusal(f"Unknown unit of time: {text[:50]!r}.")
    return unit


_SHORT_UNITS = {
    "ss": "second", "s": "second", "mi": "minute", "n": "minute", "hh": "hour", "h": "hour", "dd": "day", "d": "day",
    "wk": "week", "ww": "week", "mm": "month", "m": "month", "qq": "quarter", "q": "quarter",
    "yyyy": "year", "yy": "year",
}  # fmt: skip


def _start_of_interval(call: Call) -> Value:
    """`toStartOfInterval(x, INTERVAL n unit[, zone])`."""
    call.expect(2, 3)
    value, by = _moment(call, zone_at=2), call.value(1)
    if by.type.kind is not Kind.INTERVAL or not isinstance(by.constant, int) or not 0 < by.constant < 1_000_000:
        raise Refusal("toStartOfInterval needs an interval such as INTERVAL 15 MINUTE.")
    return _binned(call, value, by.constant, by.type.unit)


def _binned(call: Call, value: Value, count: int, unit: str) -> Value:
    if unit in _MONTHS:
        return _binned_months(call, value, count * _MONTHS[unit])
    step = compose(f"make_interval({(CALENDAR | CLOCK)[unit]} => {{n}}::int)", n=count)
    origin = Sql(_FIRST_MONDAY if unit == "week" else _EPOCH)
    binned = compose("date_bin({step}, {local}, {origin})", step=step, local=local(call, value), origin=origin)
    if unit == "week" or (unit == "day" and value.type.kind is Kind.DATE):
        return Value(sql=compose("{binned}::date", binned=binned), type=DATE, is_nullable=value.is_nullable)
    zone = _zone(call, value)
    sql = compose("({binned} AT TIME ZONE {zone}::text)", binned=binned, zone=zone)
    return Value(sql=sql, type=replace(DATETIME, zone=value.type.zone), is_nullable=value.is_nullable)


def _binned_months(call: Call, value: Value, count: int) -> Value:
    sql = compose(
        "('1970-01-01'::date + make_interval(months => (floor((extract(year FROM {local}) * 12"
        " + extract(month FROM {local}) - 1 - 23640) / {n}::int) * {n}::int)::int))::date",
        local=local(call, value),
        n=count,
    )
    return Value(sql=sql, type=DATE, is_nullable=value.is_nullable)


def _start_of_minutes(count: int) -> Builder:
    def build(call: Call) -> Value:
        call.expect(1, 2)
        return _binned(call, _moment(call, zone_at=1), count, "minute")

    return build


def _date_diff(call: Call) -> Value:
    """`dateDiff('day', from, to)`: boundaries crossed, not whole days."""
    call.expect(3, 4)
    template = _COUNTED[_unit(call, 0)]
    values = [convert(_moment(call, index, zone_at=3), DATETIME, call.clock) for index in (1, 2)]
    first, last = (compose(template, a=value.sql, local=local(call, value)) for value in values)
    sql = compose("({last} - {first})::bigint", last=last, first=first)
    return Value(sql=sql, type=INTEGER, is_nullable=any(value.is_nullable for value in values))


def _date_add(op: str) -> Builder:
    """`dateAdd('day', n, x)`, `dateAdd(x, INTERVAL n day)`, `dateAdd(INTERVAL n day, x)`."""

    def build(call: Call) -> Value:
        call.expect(2, 3)
        if len(call.nodes) == 3:
            by = as_interval(call.compiler, call.value(1), _unit(call, 0))
            return shifted(call.compiler, _moment(call, 2), by, op)
        values = sorted(call.values(), key=lambda value: value.type.kind is Kind.INTERVAL)
        if values[1].type.kind is not Kind.INTERVAL or values[0].type.kind is Kind.INTERVAL:
            raise Refusal(f"Function '{call.name}' needs a time and an interval.")
        return shifted(call.compiler, as_moment(values[0], call.clock), values[1], op)

    return build


def _add(unit: str, op: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(2, 2)
        return shifted(call.compiler, _moment(call), as_interval(call.compiler, call.value(1), unit), op)

    return build


def _interval(unit: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(1, 1)
        return as_interval(call.compiler, call.value(0), unit)

    return build


def _format(call: Call) -> Value:
    call.expect(2, 3)
    pattern = to_postgres_pattern(call.constant(1, str, "format"))
    value = _moment(call, zone_at=2)
    sql = compose("to_char({local}, {pattern}::text)", local=local(call, value), pattern=pattern)
    return Value(sql=sql, type=TEXT, is_nullable=value.is_nullable)


def _date_name(call: Call) -> Value:
    call.expect(2, 2)
    pattern = _NAMED_PARTS.get(call.constant(0, str, "part").lower())
    if pattern is None:
        raise Refusal("dateName knows " + ", ".join(_NAMED_PARTS) + ".")
    value = _moment(call, 1)
    sql = compose("to_char({local}, {pattern}::text)", local=local(call, value), pattern=pattern)
    return Value(sql=sql, type=TEXT, is_nullable=value.is_nullable)


def _now(call: Call) -> Value:
    """The moment for which the question is answered, the same in all its parts."""
    call.expect(0, 1)
    value = constant(call.clock.now.replace(microsecond=0))
    return replace(value, type=replace(DATETIME, zone=zone_named(call, 0))) if call.nodes else value


def _day(offset: int) -> Builder:
    def build(call: Call) -> Value:
        call.expect(0, 1)
        return constant(call.clock.now.date() - timedelta(days=offset))

    return build


def _unix(template: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(1, 2)
        value = convert(_moment(call), DATETIME, call.clock)
        return Value(sql=compose(template, a=value.sql), type=INTEGER, is_nullable=value.is_nullable)

    return build


def _timezone(call: Call) -> Value:
    call.expect(0, 0)
    return constant(call.clock.zone.key)


def _make_date(call: Call) -> Value:
    """`makeDate(year, month, day)`; null for a day that does not exist."""
    call.expect(3, 3)
    year, month, day = (call.value(index, "integer").sql for index in range(3))
    sql = compose(
        "(CASE WHEN {year} BETWEEN 1 AND 9999 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND"
        " extract(day FROM make_date({safe_year}, {safe_month}, 1) + '1 month -1 day'::interval)"
        " THEN make_date({year}::int, {month}::int, {day}::int) END)",
        year=year,
        month=month,
        day=day,
        safe_year=compose("greatest(least({year}, 9999), 1)::int", year=year),
        safe_month=compose("greatest(least({month}, 12), 1)::int", month=month),
    )
    return Value(sql=sql, type=DATE, is_nullable=True)


_STARTS = {
    "Second": "second",
    "Minute": "minute",
    "Hour": "hour",
    "Day": "day",
    "Month": "month",
    "Quarter": "quarter",
    "Year": "year",
}

CALENDAR_FUNCTIONS: dict[str, Builder] = {
    **{name: _part(template) for name, template in _PARTS.items()},
    **{alias: _part(_PARTS[name]) for alias, name in _ALSO_CALLED.items()},
    **{f"toStartOf{name}": _start_of(unit) for name, unit in _STARTS.items()},
    **{f"toInterval{unit.capitalize()}": _interval(unit) for unit in UNITS},
    **{f"add{unit.capitalize()}s": _add(unit, "+") for unit in UNITS},
    **{f"subtract{unit.capitalize()}s": _add(unit, "-") for unit in UNITS},
    "toStartOfWeek": _start_of_week,
    "toMonday": _start_of("week"),
    "toStartOfFiveMinutes": _start_of_minutes(5),
    "toStartOfFiveMinute": _start_of_minutes(5),
    "toStartOfTenMinutes": _start_of_minutes(10),
    "toStartOfFifteenMinutes": _start_of_minutes(15),
    "toStartOfInterval": _start_of_interval,
    "toLastDayOfMonth": plain(
        "(date_trunc('month', {a}::timestamp) + '1 month -1 day'::interval)::date", "date", gives=DATE
    ),
    "dateTrunc": _date_trunc,
    "date_trunc": _date_trunc,
    "dateDiff": _date_diff,
    "date_diff": _date_diff,
    "dateAdd": _date_add("+"),
    "date_add": _date_add("+"),
    "dateSub": _date_add("-"),
    "date_sub": _date_add("-"),
    "formatDateTime": _format,
    "dateName": _date_name,
    "monthName": plain("to_char({a}, 'FMMonth')", "date"),
    "now": _now,
    "now64": _now,
    "today": _day(0),
    "yesterday": _day(1),
    "current_date": _day(0),
    "current_timestamp": _now,
    "timezone": _timezone,
    "makeDate": _make_date,
    "toUnixTimestamp": _unix("floor(extract(epoch FROM {a}))::bigint"),
    "toUnixTimestamp64Milli": _unix("floor(extract(epoch FROM {a}) * 1000)::bigint"),
    "fromUnixTimestamp": plain("to_timestamp({a})", "float", gives=DATETIME),
    "fromUnixTimestamp64Milli": plain("to_timestamp({a} / 1000)", "float", gives=DATETIME),
}
