"""The display BoxPlot: for each bucket, how the numbers of a property are spread."""

from typing import Any

from events.filtering.sql import Sql, compose
from insights.queries.database import fetch_rows
from insights.queries.entities import name_of
from insights.queries.periods import Period
from insights.queries.trends.plan import SeriesPlan, TrendsPlan
from insights.queries.trends.shape import body_of
from insights.queries.trends.statements import Counting

JSON = dict[str, Any]
NAMES = ("min", "p25", "median", "p75", "max", "mean")


def answer(plan: TrendsPlan) -> JSON:
    """One result for each bucket of each series."""
    [period] = plan.periods
    results = [box for series in plan.series for box in _boxes(plan, period, series)]
    return {**body_of(plan, results), "hasMore": False}


def _boxes(plan: TrendsPlan, period: Period, series: SeriesPlan) -> list[JSON]:
    """Without any number all of a box is 0."""
    counting = Counting(plan=plan, period=period, series=series)
    rows = fetch_rows(_statement(counting)) if period.buckets.starts else []
    found = {bucket: numbers for bucket, *numbers in rows if numbers[0] is not None}
    label = f"{series.node.custom_name or name_of(series.node)} - {series.node.math_property}"
    return [
        {
            "day": day,
            "label": name,
            **dict(zip(NAMES, found.get(bucket, [0] * len(NAMES)), strict=True)),
            "series_index": series.index,
            "series_label": label,
        }
        for bucket, (day, name) in enumerate(zip(period.buckets.days(), period.buckets.labels(), strict=True))
    ]


def _statement(counting: Counting) -> Sql:
    """bucket, and what `NAMES` says."""
    measure = counting.series.measure
    assert measure is not None
    numbers = compose(
        "SELECT {bucket} AS bucket, {number} AS number {matching}{grouping}",
        bucket=counting.steps.number(),
        number=compose("max({number})", number=measure.number) if measure.is_of_sessions else measure.number,
        matching=counting.matching(),
        grouping=Sql(" GROUP BY 1, e.prop_session_id" if measure.is_of_sessions else ""),
    )
    quartile = "percentile_cont({0}::float8) WITHIN GROUP (ORDER BY number)".format
    return compose(
        f"SELECT bucket, min(number), {quartile(0.25)}, {quartile(0.5)}, {quartile(0.75)}, max(number), avg(number)"
        " FROM ({numbers}) AS numbers GROUP BY 1",
        numbers=numbers,
    )
