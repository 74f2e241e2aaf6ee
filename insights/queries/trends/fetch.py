"""What the plan asks for, from Postgres. `boxes` and `heatmap` ask for themselves, with the same `statements`."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from math import isfinite

from insights.queries.breakdowns import BreakdownPlan, Dimension
from insights.queries.database import fetch_rows
from insights.queries.hogql.statements import errors_in_words
from insights.queries.periods import Period
from insights.queries.trends.breakdowns import NULL_VALUE, Bins, bins_between
from insights.queries.trends.plan import DAYS_PER_WEEK, SeriesPlan, TrendsPlan
from insights.queries.trends.statements import Counting
from insights.queries.trends.values import value_sql

Number = int | float


@dataclass(frozen=True)
class Cells:
    """The counted numbers of one series in one period: by breakdown value (None without one), then by bucket."""

    by_value: Mapping[str | None, Mapping[int, Number]] = field(default_factory=dict)


def fetch(plan: TrendsPlan) -> dict[tuple[int, int], Cells]:
    """Keyed by the indexes of period and series. What Postgres finds wrong with an expression is said in words."""
    has_expressions = any(plan.expressions(series) for series in plan.series)
    with errors_in_words() if has_expressions else nullcontext():
        return {
            (number, series.index): _cells(plan, period, series)
            for number, period in enumerate(plan.periods)
            for series in plan.series
            if period.buckets.starts
        }


def _cells(plan: TrendsPlan, period: Period, series: SeriesPlan) -> Cells:
    by_value: dict[str | None, dict[int, Number]] = defaultdict(dict)
    for value, bucket, number in _rows(plan, Counting(plan=plan, period=period, series=series)):
        by_value[value][bucket] = number if number and isfinite(number) else 0
    if not plan.window(series.math):
        return Cells(by_value)
    stride = DAYS_PER_WEEK if plan.slides_by_day(series.math) else 1
    return Cells({value: _running(changes, stride) for value, changes in by_value.items()})


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
    if counting.counts_actors():
        return fetch_rows(counting.actors_broken_down(asked))
    return _largest_and_others(counting, asked)


def _largest_and_others(counting: Counting, asked: BreakdownPlan) -> list[tuple]:
    """Missing values are among the others where the largest leave no room for them."""
    rows = fetch_rows(counting.largest(asked))
    largest = {value for value, _, _, place in rows if place is not None and place <= asked.limit}
    shown = [(value, bucket, number) for value, bucket, number, _ in rows if value in largest]
    missing = [(NULL_VALUE, bucket, number) for value, bucket, number, _ in rows if value is None]
    if len(largest) < asked.limit:
        return shown + missing
    has_others = bool(missing) or any(place is not None and place > asked.limit for *_, place in rows)
    return shown + (fetch_rows(counting.others(sorted(largest))) if has_others else [])


def _bins(counting: Counting, dimension: Dimension) -> Bins | None:
    """The bins of a dimension that is asked for in bins; without any number there is one, which stays empty."""
    if dimension.bins is None:
        return None
    [(low, high)] = fetch_rows(counting.extremes(dimension))
    return bins_between(low or 0, high or 0, dimension.bins)


def _running(changes: Mapping[int, Number], stride: int) -> dict[int, Number]:
    """The totals at every step that begins a bucket."""
    total: Number = 0
    totals = {}
    for step in range(min(changes), max(changes) + 1):
        total += changes.get(step, 0)
        if step % stride == 0:
            totals[step // stride] = total
    return totals
