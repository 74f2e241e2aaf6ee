"""Counted persons → the result JSON of funnels. Pure."""

from typing import Any

from insights.queries.breakdowns import OTHER_NAME
from insights.queries.entities import id_of, name_of, type_of
from insights.queries.funnels.fetch import Counted, StepCount, Value
from insights.queries.funnels.plan import FunnelPlan
from insights.queries.responses import response
from insights.queries.wrapping import JSON


def shape(plan: FunnelPlan, counted: Counted) -> JSON:
    asked = plan.buckets.range
    results = {"steps": _steps, "trends": _trends, "time_to_convert": _times_to_convert}[plan.viz](plan, counted)
    return response(results, clock=plan.clock, date_from=asked.date_from, date_to=asked.date_to)


def _steps(plan: FunnelPlan, counted: Counted) -> Any:
    """The steps, or with a breakdown a list of them for each value: who converted most comes first."""
    if plan.breakdown is None:
        return _steps_of(plan, counted.steps.get(None) or [StepCount() for _ in plan.steps])
    ordered = sorted(counted.steps, key=lambda value: _rank(value, counted.steps[value]))
    return [
        [{**step, **_breakdown(plan, value)} for step in _steps_of(plan, counted.steps[value])] for value in ordered
    ]


def _rank(value: Value, steps: list[StepCount]) -> tuple:
    return value is None, -steps[-1].count, -steps[0].count, value or ()


def _steps_of(plan: FunnelPlan, counts: list[StepCount]) -> list[JSON]:
    return [
        {
            **_names(plan, index),
            "order": index,
            "people": [],
            "count": step.count,
            "type": type_of(plan.steps[index].node),
            "average_conversion_time": step.average,
            "median_conversion_time": step.median,
        }
        for index, step in enumerate(counts)
    ]


def _names(plan: FunnelPlan, index: int) -> JSON:
    if plan.order == "unordered":
        noun = "step" if index == 0 else "steps"
        return {"action_id": None, "name": f"Completed {index + 1} {noun}", "custom_name": None}
    node = plan.steps[index].node
    return {"action_id": id_of(node), "name": name_of(node), "custom_name": node.custom_name}


def _breakdown(plan: FunnelPlan, value: Value) -> JSON:
    shown = [OTHER_NAME] if value is None else list(value)
    return {"breakdown": shown, "breakdown_value": shown}


def _trends(plan: FunnelPlan, counted: Counted) -> list[JSON]:
    if plan.breakdown is None:
        return [_trend(plan, counted.rates.get(None, {}))]
    totals = {value: _totals(rates) for value, rates in counted.rates.items()}
    ordered = sorted(counted.rates, key=lambda value: (value is None, totals[value], value or ()))
    return [{**_trend(plan, counted.rates[value]), **_breakdown(plan, value)} for value in ordered]


def _totals(rates: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """Negative, so that the largest come first."""
    return -sum(arrived for _, arrived in rates.values()), -sum(entered for entered, _ in rates.values())


def _trend(plan: FunnelPlan, rates: dict[int, tuple[int, int]]) -> JSON:
    count = len(plan.buckets.starts)
    data = [_rate(*rates.get(bucket, (0, 0))) for bucket in range(count)]
    return {"count": count, "data": data, "days": plan.buckets.days(), "labels": plan.buckets.labels()}


def _rate(entered: int, arrived: int) -> float:
    return round(arrived / entered * 100, 2) if entered else 0


def _times_to_convert(plan: FunnelPlan, counted: Counted) -> JSON:
    found = counted.durations
    starts = range(found.bins + 1 if found.counts else 0)
    return {
        "bins": [[found.low + number * found.width, found.counts.get(number, 0)] for number in starts],
        "average_conversion_time": found.average,
        "median_conversion_time": found.median,
    }
