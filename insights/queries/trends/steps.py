"""The stretches of time that a series is counted in: its buckets, or the steps of a sliding window."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from events.filtering.moments import readable_dates
from events.filtering.sql import Sql, compose
from insights.queries.buckets import starts_from
from insights.queries.periods import Period
from insights.queries.trends.plan import ACTIVE_DAYS, DAYS_PER_WEEK, TrendsPlan

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Steps:
    plan: TrendsPlan
    period: Period
    math: str

    @property
    def count(self) -> int:
        return len(self._look_back()) + len(self._starts())

    def number(self) -> Sql:
        """The number of an event's step, which is that of its bucket; below 0 before the range."""
        if self.plan.is_total_value:
            return Sql("0")
        starts = [*self._look_back(), *self._starts()]
        return compose(
            "(width_bucket(e.timestamp, {starts}::timestamptz[]) - {first}::int)",
            starts=starts,
            first=len(self._look_back()) + 1,
        )

    def since(self) -> datetime:
        """The first instant that counts."""
        if self.plan.is_total_value and self.math in ACTIVE_DAYS:
            with readable_dates(self.period.range.date_to.isoformat()):
                return self.period.range.date_to - timedelta(days=ACTIVE_DAYS[self.math]) + _MICROSECOND
        look_back = self._look_back()
        return look_back[0] if look_back else self.period.range.counted_from

    def runs(self) -> Iterator[tuple[int, datetime, datetime]]:
        """Of each step its number, its first instant, and the first that it does not have.

        Instants are compared in UTC: on the wall clock an hour that comes twice is the same.
        """
        since = self.since().astimezone(UTC)
        starts = [start.astimezone(UTC) for start in (*self._look_back(), *self._starts())]
        ends = [*starts[1:], self.period.range.date_to.astimezone(UTC) + _MICROSECOND]
        for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
            yield place - len(self._look_back()), max(start, since), end

    def _starts(self) -> tuple[datetime, ...]:
        """Of the buckets; where the window slides by the day, of the days from the first to that after the last."""
        buckets = self.period.buckets.starts
        if not self.plan.slides_by_day(self.math):
            return buckets
        return starts_from(buckets[0], interval="day", first=0, count=(len(buckets) - 1) * DAYS_PER_WEEK + 2)

    def _look_back(self) -> tuple[datetime, ...]:
        """As many as a window reaches back from the first."""
        width = self.plan.window(self.math)
        if not width:
            return ()
        interval = "day" if self.plan.slides_by_day(self.math) else self.plan.interval
        return starts_from(self.period.buckets.starts[0], interval=interval, first=1 - width, count=width - 1)
