"""Counted numbers → the result JSON of trends. Pure."""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

from insights.queries.trends.fetch import Cells, Number
from insights.queries.trends.formulas import formula_results
from insights.queries.trends.plan import NULL_VALUE, OTHER_VALUE, PROPERTY_MATHS, Period, SeriesPlan, TrendsPlan

ALL_EVENTS = "All events"
JSON = dict[str, Any]


def shape(plan: TrendsPlan, cells: Mapping[tuple[int, int], Cells]) -> JSON:
    results = [
        result
        for number, period in enumerate(plan.periods)
        for series in plan.series
        for result in _results(plan, period, series, cells.get((number, series.index), Cells()))
    ]
    if plan.formulas:
        results = formula_results(plan, results)
    asked = plan.periods[0].range
    return {
        "results": results,
        "hasMore": any(OTHER_VALUE in one.by_value for one in cells.values()),
        "timezone": plan.clock.zone.key,
        "resolved_date_range": {"date_from": asked.date_from.isoformat(), "date_to": asked.date_to.isoformat()},
        "hogql": "",
        "modifiers": None,
        "timings": None,
    }


def _results(plan: TrendsPlan, period: Period, series: SeriesPlan, cells: Cells) -> Iterator[JSON]:
    if plan.breakdown is None:
        yield _result(plan, period, series, cells.by_value.get(None, {}))
        return
    for value in _shown_values(plan, cells):
        result = _result(plan, period, series, cells.by_value[value])
        result["breakdown_value"] = value
        result["label"] = f"{_name(series)} - {value}" if len(plan.series) > 1 else value
        yield result


def _shown_values(plan: TrendsPlan, cells: Cells) -> list[str]:
    """The largest first; missing values and the rest come last."""
    totals = {value: sum(numbers.values()) for value, numbers in cells.by_value.items() if value is not None}
    assert plan.breakdown is not None
    hidden = {OTHER_VALUE} if plan.breakdown.hides_other else set()
    if not totals.get(NULL_VALUE):
        hidden.add(NULL_VALUE)
    places = {NULL_VALUE: 1, OTHER_VALUE: 2}
    shown = [value for value in totals if value not in hidden]
    return sorted(shown, key=lambda value: (places.get(value, 0), -totals[value], value.encode()))


def _result(plan: TrendsPlan, period: Period, series: SeriesPlan, numbers: Mapping[int, Number]) -> JSON:
    result = {
        "action": _action(plan, period, series),
        "filter": _filter(plan, period),
        "order": series.index,
        "label": _name(series),
        **_numbers(plan, period, _multiplied(series, numbers)),
    }
    if period.compare_label:
        result |= {"compare": True, "compare_label": period.compare_label}
    return result


def _numbers(plan: TrendsPlan, period: Period, numbers: Mapping[int, Number]) -> JSON:
    if plan.is_total_value:
        return {"aggregated_value": numbers.get(0, 0), "data": [], "days": [], "count": 0}

    values = [numbers.get(bucket, 0) for bucket in range(len(period.buckets.starts))]
    values = _smoothed(values, plan.smoothing)
    if plan.is_cumulative:
        values = list(accumulate(values))
    count = (values[-1] if values else 0) if plan.is_cumulative else sum(values)
    return {"data": values, "labels": period.buckets.labels(), "days": period.buckets.days(), "count": count}


def _multiplied(series: SeriesPlan, numbers: Mapping[int, Number]) -> Mapping[int, Number]:
    factor = series.node.math_multiplier
    if factor is None or series.math not in PROPERTY_MATHS:
        return numbers
    return {bucket: number * factor for bucket, number in numbers.items()}


def _smoothed(values: list[Number], width: int) -> list[Number]:
    """The mean of the last `width` buckets (of fewer at the start), rounded down."""
    if width <= 1:
        return values
    sums = [0, *accumulate(values)]
    return [(sums[end] - sums[max(end - width, 0)]) // min(width, end) for end in range(1, len(sums))]


def _action(plan: TrendsPlan, period: Period, series: SeriesPlan) -> JSON:
    node = series.node
    return {
        "id": node.event,
        "type": "events",
        "order": series.index,
        "name": _name(series),
        "custom_name": node.custom_name,
        "math": node.math,
        "math_property": node.math_property,
        "math_hogql": node.math_hogql,
        "math_group_type_index": node.math_group_type_index,
        "properties": [one.model_dump(exclude_unset=True) for one in node.properties or []],
        "days": [] if plan.is_total_value else [start.isoformat() for start in period.buckets.starts],
    }


def _filter(plan: TrendsPlan, period: Period) -> JSON:
    return {
        "insight": "TRENDS",
        "display": plan.display,
        "interval": plan.interval,
        "date_from": period.range.date_from.isoformat(),
        "date_to": period.range.date_to.isoformat(),
    }


def _name(series: SeriesPlan) -> str:
    return ALL_EVENTS if series.node.event is None else series.node.event
