"""Counted numbers → the result JSON of trends. Pure."""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

import orjson

from insights.queries.buckets import starts_from
from insights.queries.entities import id_of, name_of, type_of
from insights.queries.periods import Period
from insights.queries.responses import response
from insights.queries.trends.breakdowns import NULL_VALUE, OTHER_VALUE
from insights.queries.trends.fetch import Cells, Number
from insights.queries.trends.formulas import formula_results
from insights.queries.trends.plan import SLOPE, SeriesPlan, TrendsPlan

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
    if plan.display == SLOPE:
        is_incomplete = _ends_now(plan)
        results = [{**_ends_of(result), "incomplete_end": is_incomplete} for result in results]
    return {**body_of(plan, results), "hasMore": any(OTHER_VALUE in one.by_value for one in cells.values())}


def body_of(plan: TrendsPlan, results: list[JSON]) -> JSON:
    asked = plan.periods[0].range
    return response(results, clock=plan.clock, date_from=asked.date_from, date_to=asked.date_to)


def _ends_of(result: JSON) -> JSON:
    """The first and the last bucket, which a slope is drawn between."""
    ends = {key: [*result[key][:1], *result[key][1:][-1:]] for key in ("data", "labels", "days")}
    return {**result, **ends, "count": sum(ends["data"])}


def _ends_now(plan: TrendsPlan) -> bool:
    """Whether the last bucket is still being filled."""
    starts = plan.periods[0].buckets.starts
    if not starts:
        return False
    [end] = starts_from(starts[-1], interval=plan.interval, first=1, count=1)
    return starts[-1].timestamp() <= plan.clock.now.timestamp() < end.timestamp()


def _results(plan: TrendsPlan, period: Period, series: SeriesPlan, cells: Cells) -> Iterator[JSON]:
    if plan.cohorts:
        yield from _of_cohorts(plan, period, series, cells)
        return
    if plan.breakdown is None:
        yield _result(plan, period, series, cells.by_value.get(None, {}))
        return
    for value in _shown_values(plan, cells):
        shown = _as_shown(plan, value)
        text = shown if isinstance(shown, str) else "::".join(shown)
        result = _result(plan, period, series, cells.by_value[value])
        yield {**result, "breakdown_value": shown, "label": _label(plan, series, text)}


def _of_cohorts(plan: TrendsPlan, period: Period, series: SeriesPlan, cells: Cells) -> Iterator[JSON]:
    """In the order in which they were asked for, also those without a single event."""
    for choice in plan.cohorts:
        result = _result(plan, period, series, cells.by_value.get(choice.name_in_cells, {}))
        yield {**result, "breakdown_value": choice.value, "label": _label(plan, series, choice.label)}


def _label(plan: TrendsPlan, series: SeriesPlan, value: str) -> str:
    return f"{name_of(series.node)} - {value}" if len(plan.series) > 1 else value


def _as_shown(plan: TrendsPlan, value: str) -> str | list[str]:
    """`breakdowns` have lists of values, the older `breakdown` a text."""
    assert plan.breakdown is not None
    count = len(plan.breakdown.dimensions)
    if not plan.breakdown.is_list:
        return value
    return [value] * count if count == 1 or value in (NULL_VALUE, OTHER_VALUE) else orjson.loads(value)


def _shown_values(plan: TrendsPlan, cells: Cells) -> list[str]:
    """The largest first; missing values and the rest come last."""
    totals = {value: sum(numbers.values()) for value, numbers in cells.by_value.items() if value is not None}
    assert plan.breakdown is not None
    hidden = {OTHER_VALUE} if plan.breakdown.hides_other else set()
    if not totals.get(NULL_VALUE):
        hidden.add(NULL_VALUE)
    shown = [value for value in totals if value not in hidden]
    return sorted(shown, key=lambda value: (_place(value), -totals[value], value.encode()))


def _place(value: str) -> int:
    return 2 if value == OTHER_VALUE else int(NULL_VALUE in value)


def _result(plan: TrendsPlan, period: Period, series: SeriesPlan, numbers: Mapping[int, Number]) -> JSON:
    result = {
        "action": action_of(plan, period, series),
        "filter": filter_of(plan, period),
        "order": series.index,
        "label": name_of(series.node),
        **_numbers(plan, period, numbers),
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


def _smoothed(values: list[Number], width: int) -> list[Number]:
    """The mean of the last `width` buckets (of fewer at the start), rounded down."""
    if width <= 1:
        return values
    sums = [0, *accumulate(values)]
    return [(sums[end] - sums[max(end - width, 0)]) // min(width, end) for end in range(1, len(sums))]


def action_of(plan: TrendsPlan, period: Period, series: SeriesPlan) -> JSON:
    node = series.node
    return {
        "id": id_of(node),
        "type": type_of(node),
        "order": series.index,
        "name": name_of(series.node),
        "custom_name": node.custom_name,
        "math": node.math,
        "math_property": node.math_property,
        "math_hogql": node.math_hogql,
        "math_group_type_index": node.math_group_type_index,
        "properties": [one.model_dump(exclude_unset=True) for one in node.properties or []],
        "days": [] if plan.is_total_value else [start.isoformat() for start in period.buckets.starts],
    }


def filter_of(plan: TrendsPlan, period: Period) -> JSON:
    return {
        "insight": "TRENDS",
        "display": plan.display,
        "interval": plan.interval,
        "date_from": period.range.date_from.isoformat(),
        "date_to": period.range.date_to.isoformat(),
    }
