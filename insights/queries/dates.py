"""PostHog's date grammar: `-7d`, `mStart`, `2024-01-31`, `all` → the first and last instant that a query counts.

Pure: whoever calls brings `now`. Days, weeks and months are arithmetic on the wall clock of the project; hours and
shorter are arithmetic on time itself, so that a change of clocks moves neither midnight nor "24 hours ago".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from common.exceptions import Refusal
from events.filtering.errors import at_place
from events.filtering.moments import (
    Clock,
    Moment,
    end_of_day,
    end_of_hour,
    length_in,
    parse_moment,
    readable_dates,
    shift,
    start_of_day,
)
from insights.queries.nodes import DateRange

DEFAULT_DAYS = 7
# Comparing with "a month ago" compares like weekdays, as PostHog does.
_FRIENDLY_DAYS = {"m": 28, "y": 364}


@dataclass(frozen=True, kw_only=True)
class Range:
    """Both bounds are counted. `counted_from` is earlier than `date_from` where whole intervals are counted."""

    date_from: datetime
    date_to: datetime
    counted_from: datetime


def is_exact(date_range: DateRange | None) -> bool:
    return bool(date_range and date_range.explicitDate)


@at_place("dateRange")
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
    with readable_dates(text or ""):
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
    with readable_dates("compare"):
        length = current.date_to - current.date_from
        date_from = _back_by(current.date_from, length)
        if interval in ("minute", "second"):
            return _plain_range(date_from, date_from + length)
        if interval == "hour":
            date_from = date_from.replace(hour=current.date_from.hour, minute=0, second=0, microsecond=0)
            return _plain_range(date_from, end_of_hour(date_from + length))

        date_from = start_of_day(date_from)
        if interval == "day" and _is_whole_weeks(date_range, clock):
            date_from += timedelta(days=1)
        counted_from = align(date_from, interval if interval == "month" else "day", clock)
        return Range(date_from=date_from, date_to=end_of_day(date_from + length), counted_from=counted_from)


@at_place("compareFilter.compare_to")
def shifted_range(current: Range, compare_to: str, clock: Clock) -> Range:
    """Both bounds moved back by `compare_to` ("-1w"); months count four weeks and years 52, so that weekdays meet."""
    length = length_in(compare_to)
    if length is None:
        raise Refusal(f"Invalid compare_to: {compare_to[:50]!r} is not a length like -1w.")
    number, unit = length
    with readable_dates(compare_to):
        if unit in _FRIENDLY_DAYS:
            number, unit = number * _FRIENDLY_DAYS[unit], "d"
        bounds = (current.date_from, current.date_to, current.counted_from)
        date_from, date_to, counted_from = (shift(bound, number, unit) for bound in bounds)
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
    return end_of_hour(moment.at) if interval == "hour" else end_of_minute


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
