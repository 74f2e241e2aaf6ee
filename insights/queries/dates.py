"""PostHog's date grammar: `-7d`, `mStart`, `2024-01-31`, `all` → the first and last instant that a query counts.

Pure: whoever calls brings `now`. Days, weeks and months are arithmetic on the wall clock of the project; hours and
shorter are arithmetic on time itself, so that a change of clocks moves neither midnight nor "24 hours ago".
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Team
from common.exceptions import Refusal
from insights.queries.nodes import DateRange

DEFAULT_DAYS = 7
_RELATIVE = re.compile(r"-?(?P<number>[0-9]+)?(?P<unit>[hdwmqyMs])(?P<position>Start|End)?")
_ABSOLUTE_LOOK = re.compile(r"\s*[0-9]{4,}-")
_LOOSE_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")
_CLOCK = {"h": timedelta(hours=1), "M": timedelta(minutes=1), "s": timedelta(seconds=1)}
_CALENDAR_DAYS = {"d": 1, "w": 7, "q": 91}
_MONTHS = {"m": 1, "y": 12}
# Comparing with "a month ago" compares like weekdays, as PostHog does.
_FRIENDLY_DAYS = {"m": 28, "y": 364}


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Where and when the question is asked."""

    now: datetime
    zone: ZoneInfo
    week_starts_on_monday: bool = False

    @classmethod
    def of(cls, team: Team, now: datetime) -> "Clock":
        zone = ZoneInfo(team.timezone)
        starts_on_monday = team.week_start_day == Team.WeekStartDay.MONDAY
        return cls(now=now.astimezone(zone), zone=zone, week_starts_on_monday=starts_on_monday)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A parsed date text. `unit` and `number` are None for absolute dates."""

    at: datetime
    is_relative: bool = False
    unit: str | None = None
    number: int = 0


@dataclass(frozen=True, kw_only=True)
class Range:
    """Both bounds are counted. `counted_from` is earlier than `date_from` where whole intervals are counted."""

    date_from: datetime
    date_to: datetime
    counted_from: datetime


def parse_moment(text: str, clock: Clock) -> Moment:
    """Absolute dates are read in the project's zone; a text that holds no date at all means now, as in PostHog."""
    with _readable_dates(text):
        absolute = _parse_absolute(text.strip(), clock.zone)
        if absolute:
            return Moment(at=absolute)
        return _parse_relative(text, clock)


def is_exact(date_range: DateRange | None) -> bool:
    return bool(date_range and date_range.explicitDate)


def resolve_range(
    date_range: DateRange | None,
    *,
    interval: str,
    clock: Clock,
    earliest: datetime | None = None,
    is_rolling: bool = False,
) -> Range:
    """`earliest` is the project's first event, for `all`. `is_rolling` (BoldNumber): "-7d" is 168 hours up to now."""
    text = date_range.date_from if date_range else None
    exact = is_exact(date_range)
    with _readable_dates(text or ""):
        date_to = _date_to(date_range, interval=interval, clock=clock, is_rolling=is_rolling)
        if not text or text == "all":
            start = earliest if text == "all" and earliest else start_of_day(clock.now) - timedelta(days=DEFAULT_DAYS)
            moment = Moment(at=start.astimezone(clock.zone))
        else:
            moment = parse_moment(text, clock)

        keeps_time = exact or is_rolling or interval in ("minute", "second")
        date_from = moment.at if keeps_time or not moment.is_relative else _truncate(moment)
        counts_whole = not (exact or is_rolling)
        counted_from = _counted_from(date_from, moment, interval, clock) if counts_whole else date_from
    return Range(date_from=date_from, date_to=date_to, counted_from=counted_from)


def previous_range(current: Range, date_range: DateRange | None, *, interval: str, clock: Clock) -> Range:
    """The same length immediately before. `-7d` shifts by seven days, so that weekdays meet (one day is in both)."""
    with _readable_dates("compare"):
        length = current.date_to - current.date_from
        date_from = _back_by(current.date_from, length)
        if interval in ("minute", "second"):
            return _plain_range(date_from, date_from + length)
        if interval == "hour":
            date_from = date_from.replace(hour=current.date_from.hour, minute=0, second=0, microsecond=0)
            return _plain_range(date_from, _end_of_hour(date_from + length))

        date_from = start_of_day(date_from)
        if interval == "day" and _is_whole_weeks(date_range, clock):
            date_from += timedelta(days=1)
        counted_from = align(date_from, interval if interval == "month" else "day", clock)
        return Range(date_from=date_from, date_to=end_of_day(date_from + length), counted_from=counted_from)


def shifted_range(current: Range, compare_to: str, clock: Clock) -> Range:
    """Both bounds moved back by `compare_to` ("-1w"); months count four weeks and years 52, so that weekdays meet."""
    match = _RELATIVE.search(compare_to)
    if not match:
        raise Refusal(f"Invalid compare_to: {compare_to[:50]!r} is not a length like -1w.")
    number, unit = _number(match), match["unit"]
    with _readable_dates(compare_to):
        if unit in _FRIENDLY_DAYS:
            number, unit = number * _FRIENDLY_DAYS[unit], "d"
        bounds = (current.date_from, current.date_to, current.counted_from)
        date_from, date_to, counted_from = (_shift(bound, number, unit) for bound in bounds)
        return Range(date_from=date_from, date_to=date_to, counted_from=counted_from)


def align(at: datetime, interval: str, clock: Clock) -> datetime:
    """The start of the interval that `at` lies in."""
    if interval == "second":
        return at.replace(microsecond=0)
    if interval == "minute":
        return at.replace(second=0, microsecond=0)
    if interval == "hour":
        return at.replace(minute=0, second=0, microsecond=0)
    if interval == "week":
        weekday = at.weekday() if clock.week_starts_on_monday else at.isoweekday() % 7
        return start_of_day(at) - timedelta(days=weekday)
    if interval == "month":
        return start_of_day(at).replace(day=1)
    return start_of_day(at)


def start_of_day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def end_of_day(at: datetime) -> datetime:
    # fold=1: where midnight comes twice, the day ends at the second.
    return at.replace(hour=23, minute=59, second=59, microsecond=999999, fold=1)


def months_later(at: datetime, months: int) -> datetime:
    """The same day of another month, or its last day."""
    month = at.year * 12 + at.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))


def _end_of_hour(at: datetime) -> datetime:
    return at.replace(minute=59, second=59, microsecond=999999)


def _parse_absolute(text: str, zone: ZoneInfo) -> datetime | None:
    parsed = _from_iso(text)
    if parsed is None and _ABSOLUTE_LOOK.match(text):
        raise Refusal(f"Invalid date: {text[:50]!r}.")
    if parsed is None:
        return None
    return parsed.replace(tzinfo=zone) if parsed.tzinfo is None else parsed.astimezone(zone)


def _from_iso(text: str) -> datetime | None:
    loose = _LOOSE_DATE.fullmatch(text)
    try:
        if loose:
            return datetime(int(loose[1]), int(loose[2] or 1), int(loose[3] or 1))
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _parse_relative(text: str, clock: Clock) -> Moment:
    match = _RELATIVE.search(text)
    if not match:
        return Moment(at=clock.now, is_relative=True)
    number, unit = _number(match), match["unit"]
    at = _at_position(_shift(clock.now, number, unit), unit, match["position"])
    return Moment(at=at, is_relative=True, unit=unit, number=number)


def _number(match: re.Match[str]) -> int:
    digits = match["number"] or "0"
    if len(digits) > 9:
        raise Refusal(f"Invalid date: {match[0][:50]!r} is too far away.")
    return int(digits)


def _shift(at: datetime, number: int, unit: str) -> datetime:
    if unit in _CLOCK:
        return (at.astimezone(UTC) - number * _CLOCK[unit]).astimezone(at.tzinfo)
    if unit in _CALENDAR_DAYS:
        return at - timedelta(days=number * _CALENDAR_DAYS[unit])
    return months_later(at, -number * _MONTHS[unit])


def _at_position(at: datetime, unit: str, position: str | None) -> datetime:
    if not position:
        return at
    is_start = position == "Start"
    if unit == "h":
        return at.replace(minute=0, second=0, microsecond=0) if is_start else _end_of_hour(at)
    if unit == "d":
        return start_of_day(at) if is_start else end_of_day(at)
    if unit == "m":
        return at.replace(day=1 if is_start else monthrange(at.year, at.month)[1])
    if unit == "y":
        return at.replace(month=1, day=1) if is_start else at.replace(month=12, day=31)
    return at


def _truncate(moment: Moment) -> datetime:
    if moment.unit is None:
        return moment.at
    if moment.unit == "h":
        return moment.at.replace(minute=0, second=0, microsecond=0)
    return start_of_day(moment.at)


def _date_to(date_range: DateRange | None, *, interval: str, clock: Clock, is_rolling: bool) -> datetime:
    text = date_range.date_to if date_range else None
    moment = parse_moment(text, clock) if text else Moment(at=clock.now, is_relative=True)
    if is_exact(date_range) or (is_rolling and not text):
        return moment.at
    if interval not in ("hour", "minute", "second"):
        return end_of_day(moment.at)
    if not moment.is_relative:
        return moment.at
    end_of_minute = moment.at.replace(second=59, microsecond=999999)
    return _end_of_hour(moment.at) if interval == "hour" else end_of_minute


def _counted_from(date_from: datetime, moment: Moment, interval: str, clock: Clock) -> datetime:
    """Whole intervals are counted, except weeks (from the day) and spans of hours (from the exact hour)."""
    if interval == "week":
        return start_of_day(date_from)
    starts_within = interval in ("hour", "minute", "second") or (interval == "day" and moment.unit == "h")
    if moment.is_relative and starts_within:
        return date_from
    return align(date_from, interval, clock)


def _back_by(at: datetime, length: timedelta) -> datetime:
    return at - length


def _plain_range(date_from: datetime, date_to: datetime) -> Range:
    return Range(date_from=date_from, date_to=date_to, counted_from=date_from)


def _is_whole_weeks(date_range: DateRange | None, clock: Clock) -> bool:
    """`-7d`, `-14d` … up to now hold the present day as an extra one."""
    if date_range and date_range.date_to:
        return False
    text = (date_range.date_from if date_range else None) or f"-{DEFAULT_DAYS}d"
    moment = parse_moment(text, clock)
    return moment.unit == "d" and moment.number > 0 and moment.number % 7 == 0


@contextmanager
def _readable_dates(text: str) -> Iterator[None]:
    """Dates outside the years 1 to 9999 cannot be written down."""
    try:
        yield
    except (OverflowError, ValueError):
        raise Refusal(f"Invalid date: {text[:50]!r} is too far away.") from None
