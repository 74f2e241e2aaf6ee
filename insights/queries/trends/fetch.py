"""What the plan asks for, from Postgres. With `statements`, the only part of trends that knows the engine."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from insights.queries.database import fetch_rows
from insights.queries.sql import compose
from insights.queries.trends.plan import Period, SeriesPlan, TrendsPlan
from insights.queries.trends.statements import Counting

# PostHog's data begins here too: what is older came from broken clocks.
EARLIEST = datetime.fromisoformat("2015-01-01T00:00:00+00:00")

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


def fetch_earliest(team_id: int) -> datetime | None:
    rows = fetch_rows(
        compose(
            "SELECT e.timestamp FROM events e WHERE e.team_id = {team_id} AND e.timestamp >= {earliest}"
            " ORDER BY e.timestamp LIMIT 1",
            team_id=team_id,
            earliest=EARLIEST,
        )
    )
    return rows[0][0] if rows else None


def _cells(plan: TrendsPlan, period: Period, series: SeriesPlan) -> Cells:
    by_value: dict[str | None, dict[int, Number]] = defaultdict(dict)
    for value, bucket, number in _rows(plan, Counting(plan=plan, period=period, series=series)):
        by_value[value][bucket] = number or 0
    if plan.window(series.math):
        return Cells({value: _running(changes) for value, changes in by_value.items()})
    return Cells(by_value)


def _rows(plan: TrendsPlan, counting: Counting) -> list[tuple]:
    if plan.breakdown is None:
        return fetch_rows(counting.plain())
    if counting.is_additive():
        return fetch_rows(counting.broken_down(plan.breakdown))
    largest = [value for (value,) in fetch_rows(counting.largest_values(plan.breakdown))]
    return fetch_rows(counting.broken_down_by(plan.breakdown, largest=largest))


def _running(changes: Mapping[int, Number]) -> dict[int, Number]:
    total: Number = 0
    totals = {}
    for bucket in range(min(changes), max(changes) + 1):
        total += changes.get(bucket, 0)
        totals[bucket] = total
    return totals
