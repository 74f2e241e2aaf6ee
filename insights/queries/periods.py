"""The range that a query asks about, and the one before it that it is compared with. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from events.filtering.moments import Clock
from insights.queries.buckets import Buckets, buckets_of
from insights.queries.dates import Range, previous_range, resolve_range, shifted_range
from insights.queries.nodes import CompareFilter, DateRange

Divide = Callable[..., Buckets]


@dataclass(frozen=True, kw_only=True)
class Period:
    buckets: Buckets
    compare_label: str | None = None

    @property
    def range(self) -> Range:
        return self.buckets.range


def is_unbounded(date_range: DateRange | None) -> bool:
    """Whether a query asks for everything since the project's first event."""
    return date_range is not None and date_range.date_from == "all"


def periods_of(
    asked: DateRange | None,
    compare: CompareFilter | None,
    *,
    interval: str,
    clock: Clock,
    earliest: datetime | None,
    is_rolling: bool = False,
    divide: Divide = buckets_of,
) -> tuple[Period, ...]:
    """The current period and, where the query compares, the previous one."""
    current = resolve_range(asked, interval=interval, clock=clock, earliest=earliest, is_rolling=is_rolling)
    buckets = divide(current, interval=interval, clock=clock)
    if not compare or not compare.compare or is_unbounded(asked):
        return (Period(buckets=buckets),)

    if compare.compare_to:
        before = shifted_range(current, compare.compare_to, clock)
    else:
        before = previous_range(current, asked, interval=interval, clock=clock)
    previous = divide(before, interval=interval, clock=clock)
    return (
        Period(buckets=buckets, compare_label="current"),
        Period(buckets=previous, compare_label="previous"),
    )
