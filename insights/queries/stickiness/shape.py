"""Counted actors → the result JSON of stickiness. Pure."""

from itertools import accumulate

from insights.queries.entities import id_of, name_of, type_of
from insights.queries.periods import Period
from insights.queries.responses import response
from insights.queries.stickiness.plan import StickinessPlan, StickinessSeries
from insights.queries.wrapping import JSON


def shape(plan: StickinessPlan, counted: dict[tuple[int, int], dict[int, int]]) -> JSON:
    results = [
        _result(plan, period, series, counted.get((number, series.index), {}))
        for number, period in enumerate(plan.periods)
        for series in plan.series
    ]
    asked = plan.periods[0].range
    return response(results, clock=plan.clock, date_from=asked.date_from, date_to=asked.date_to)


def _result(plan: StickinessPlan, period: Period, series: StickinessSeries, numbers: dict[int, int]) -> JSON:
    days = range(1, len(plan.starts(period)) + 1)
    data = [numbers.get(day, 0) for day in days]
    result: JSON = {
        "action": _action(series),
        "filter": {"insight": "STICKINESS", "interval": plan.interval},
        "label": name_of(series.node),
        "order": series.index,
        "days": list(days),
        "labels": [_label(plan, day) for day in days],
        "data": _or_more(data) if plan.is_cumulative else data,
        "count": sum(numbers.values()),
    }
    if period.compare_label:
        result |= {"compare": True, "compare_label": period.compare_label}
    return result


def _or_more(data: list[int]) -> list[int]:
    return list(accumulate(reversed(data)))[::-1]


def _label(plan: StickinessPlan, day: int) -> str:
    noun = plan.interval if day == 1 else f"{plan.interval}s"
    return f"{day} {noun} or more" if plan.is_cumulative else f"{day} {noun}"


def _action(series: StickinessSeries) -> JSON:
    node = series.node
    return {
        "id": id_of(node),
        "type": type_of(node),
        "order": series.index,
        "name": name_of(node),
        "custom_name": node.custom_name,
        "math": node.math,
        "math_group_type_index": node.math_group_type_index,
        "properties": [one.model_dump(exclude_unset=True) for one in node.properties or []],
    }
