"""The intervals of a range, each with its first instant, its `days` text and its label.

The instants are computed here, not in SQL: which day an event belongs to then depends on one time zone database, not
on two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from common.exceptions import Refusal
from events.filtering.moments import Clock, months_later, start_of_day
from insights.queries.dates import Range, align

MAX_BUCKETS = 10_000
_STEPS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=28),
}
_CLOCK_INTERVALS = ("second", "minute", "hour")
_MONTH_NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, kw_only=True)
class Buckets:
    interval: str
    range: Range
    clock: Clock
    starts: tuple[datetime, ...]

    def days(self) -> list[str]:
        return [day_text(start, self.interval) for start in self.starts]

    def labels(self) -> list[str]:
        return [self._label(start) for start in self.starts]

    def _label(self, start: datetime) -> str:
        if self.interval == "week":
            return self._week_label(start.date())
        if self.interval == "month":
            return f"{_month(start)} {start.year}"
        if self.interval in _CLOCK_INTERVALS:
            return f"{_day_and_month(start)} {start:%H:%M}"
        return _full_date(start)

    def _week_label(self, monday: date) -> str:
        """A week is named by the days of it that lie in the range."""
        first = max(monday, self.range.date_from.date())
        last = max(min(monday + timedelta(days=6), self.range.date_to.date()), first)
        return span_label(first, last)


def buckets_of(span: Range, *, interval: str, clock: Clock) -> Buckets:
    """From the interval that holds `date_from` to the one that holds `date_to`, none left out."""
    if (span.date_to - span.date_from) / _STEPS[interval] > MAX_BUCKETS:
        raise Refusal(
            f"The date range holds more than {MAX_BUCKETS} {interval} intervals, the limit. "
            "Choose a shorter range or a longer interval."
        )
    try:
        starts = tuple(_starts(align(span.date_from, interval, clock), until=span.date_to, interval=interval))
    except (OverflowError, ValueError):
        raise Refusal(f"Invalid date: {span.date_to.date()} is too far away.") from None
    return Buckets(interval=interval, range=span, clock=clock, starts=starts)


def one_bucket(span: Range, *, interval: str, clock: Clock) -> Buckets:
    """The whole range as one, however long; none if it ends before it begins."""
    starts = (span.counted_from,) if span.counted_from <= span.date_to else ()
    return Buckets(interval=interval, range=span, clock=clock, starts=starts)


def starts_from(start: datetime, *, interval: str, first: int, count: int) -> tuple[datetime, ...]:
    """`count` buckets, of which the one with the number 0 begins at `start`."""
    try:
        return tuple(_step(start, interval, number) for number in range(first, first + count))
    except (OverflowError, ValueError):
        raise Refusal(f"Invalid date: {start.date()} is too far away.") from None


def day_text(start: datetime, interval: str) -> str:
    return f"{start:%Y-%m-%d %H:%M:%S}" if interval in _CLOCK_INTERVALS else f"{start:%Y-%m-%d}"


def span_label(first: date, last: date) -> str:
    if first == last:
        return _full_date(first)
    if first.year != last.year:
        return f"{_full_date(first)} – {_full_date(last)}"
    if first.month != last.month:
        return f"{_day_and_month(first)} – {_day_and_month(last)}"
    return f"{first.day}–{last.day} {_month(first)}"


def _starts(first: datetime, *, until: datetime, interval: str) -> Iterator[datetime]:
    start, number = first, 0
    # Compared as instants: on the wall clock an hour that comes twice would look like one.
    while start.astimezone(UTC) <= until.astimezone(UTC):
        yield start
        number += 1
        start = _step(first, interval, number)


def _step(first: datetime, interval: str, number: int) -> datetime:
    if interval in _CLOCK_INTERVALS:
        return (first.astimezone(UTC) + number * _STEPS[interval]).astimezone(first.tzinfo)
    if interval == "month":
        return months_later(first, number)
    return start_of_day(first + number * _STEPS[interval])


def _month(day: date) -> str:
    return _MONTH_NAMES[day.month - 1]


def _day_and_month(day: date) -> str:
    return f"{day.day}-{_month(day)}"


def _full_date(day: date) -> str:
    return f"{_day_and_month(day)}-{day.year}"
