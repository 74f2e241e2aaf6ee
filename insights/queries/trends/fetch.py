"""What the plan asks for, from Postgres. With `statements`, the only part of trends that knows the engine."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from insights.queries.database import fetch_rows
from insights.queries.periods import Period
from insights.queries.trends.breakdowns import Bins, Dimension, bins_between
from insights.queries.trends.plan import SeriesPlan, TrendsPlan
from insights.queries.trends.statements import Counting, value_sql

Number = int | float


@dataclass(frozen=True)
class Cells:
    """The counted numbers of one series in one period: by breakdown value (None without one), then by bucket."""

    by_value: Mapping[str | None, Mapping[int, Number]] = field(default_factory=dict)


def fetch(plan: TrendsPlan) -> dict[tuple[int, int], Cells]:
    """Keyed by the indexes of period and series."""
    return {
        (number, series.index): _cells(plan, period, series)
        for number, period in enumerate(plan.periods)
        for series in plan.series
        if period.buckets.starts
    }


def _cells(plan: TrendsPlan, period: Period, series: SeriesPlan) -> Cells:
    by_value: dict[str | None, dict[int, Number]] = defaultdict(dict)
    for value, bucket, number in _rows(plan, Counting(plan=plan, period=period, series=series)):
        by_value[value][bucket] = number or 0
    if plan.window(series.math):
        return Cells({value: _running(changes) for value, changes in by_value.items()})
    return Cells(by_value)


def _rows(plan: TrendsPlan, counting: Counting) -> list[tuple]:
    if plan.cohorts:
        return [
            (choice.name_in_cells, bucket, number)
            for choice in plan.cohorts
            for _, bucket, number in fetch_rows(counting.narrowed_to(choice.condition).plain())
        ]
    asked = plan.breakdown
    if asked is None:
        return fetch_rows(counting.plain())
    bins = [_bins(counting, dimension) for dimension in asked.dimensions]
    counting = replace(counting, value=value_sql(asked, bins))
    if counting.is_additive():
        return fetch_rows(counting.broken_down(asked))
    largest = [value for (value,) in fetch_rows(counting.largest_values(asked))]
    return fetch_rows(counting.broken_down_by(asked, largest=largest))


def _bins(counting: Counting, dimension: Dimension) -> Bins | None:
    """The bins of a dimension that is asked for in bins; without any number there is one, which stays empty."""
    if dimension.bins is None:
        return None
    [(low, high)] = fetch_rows(counting.extremes(dimension))
    return bins_between(low or 0, high or 0, dimension.bins)


def _running(changes: Mapping[int, Number]) -> dict[int, Number]:
    total: Number = 0
    totals = {}
    for bucket in range(min(changes), max(changes) + 1):
        total += changes.get(bucket, 0)
        totals[bucket] = total
    return totals
