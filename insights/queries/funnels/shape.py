"""Counted persons → the result JSON of funnels. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from insights.queries.breakdowns import OTHER_NAME
from insights.queries.entities import id_of, name_of, type_of
from insights.queries.funnels.fetch import Counted, StepCount, Value
from insights.queries.funnels.plan import FunnelPlan
from insights.queries.responses import response
from insights.queries.wrapping import JSON

Part = tuple[FunnelPlan, Counted]
Rates = dict[int, tuple[int, int]]
#: What a line of a funnel that is broken down is about: a value, or a cohort.
Key = tuple[Value, str | int | None]
Numbers = TypeVar("Numbers", list[StepCount], Rates)


def shape(parts: Sequence[Part]) -> JSON:
    plan, _ = parts[0]
    asked = plan.buckets.range
    shapes: dict[str, Callable[[Sequence[Part]], Any]] = {
        "steps": _steps,
        "trends": _trends,
        "time_to_convert": _times_to_convert,
    }
    return response(shapes[plan.viz](parts), clock=plan.clock, date_from=asked.date_from, date_to=asked.date_to)


def _steps(parts: Sequence[Part]) -> Any:
    """The steps, or with a breakdown a list of them for each value: who converted most comes first."""
    plan, _ = parts[0]
    found = [(one, counted.steps) for one, counted in parts]
    nobody = [StepCount() for _ in plan.steps]
    if not _is_broken_down(plan):
        return [step for one, counts in found for step in _steps_of(one, counts.get(None, nobody))]
    lines = _lines(found, nobody, size=lambda counts: (counts[-1].count, counts[0].count))
    return [[{**step, **_breakdown(one, value)} for step in _steps_of(one, counts)] for one, value, counts in lines]


def _trends(parts: Sequence[Part]) -> list[JSON]:
    plan, _ = parts[0]
    found = [(one, counted.rates) for one, counted in parts]
    if not _is_broken_down(plan):
        return [_trend(one, rates.get(None, {})) for one, rates in found]
    lines = _lines(found, {}, size=_total)
    return [{**_trend(one, rates), **_breakdown(one, value)} for one, value, rates in lines]


def _times_to_convert(parts: Sequence[Part]) -> Any:
    results = [_histogram(plan, counted) for plan, counted in parts]
    return results if len(results) > 1 else results[0]


def _is_broken_down(plan: FunnelPlan) -> bool:
    return plan.breakdown is not None or plan.cohort is not None


def _lines(
    found: Sequence[tuple[FunnelPlan, Mapping[Value, Numbers]]],
    nothing: Numbers,
    *,
    size: Callable[[Numbers], tuple[int, int]],
) -> Iterator[tuple[FunnelPlan, Value, Numbers]]:
    """The largest first. Periods that are compared have the same lines in the same order: the current period's."""
    periods: dict[str | None, dict[Key, tuple[FunnelPlan, Numbers]]] = {}
    for plan, numbers in found:
        lines = periods.setdefault(plan.period.compare_label, {})
        values = numbers if plan.cohort is None else {None: numbers.get(None, nothing)}
        lines |= {(value, plan.cohort_value): (plan, one) for value, one in values.items()}
    order = [
        key for lines in periods.values() for key in sorted(lines, key=lambda key: _rank(key, size(lines[key][1])))
    ]
    plans = {(plan.period.compare_label, plan.cohort_value): plan for plan, _ in found}
    for label, lines in periods.items():
        for value, cohort in dict.fromkeys(order):
            plan = plans[label, cohort]
            yield plan, value, lines.get((value, cohort), (plan, nothing))[1]


def _rank(key: Key, size: tuple[int, int]) -> tuple:
    """The values beyond the limit come last."""
    value, cohort = key
    return value is None and cohort is None, -size[0], -size[1], value or ()


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
            **_compare(plan),
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
    if plan.cohort is not None:
        return {"breakdown": plan.cohort.label, "breakdown_value": plan.cohort.value}
    shown = [OTHER_NAME] if value is None else list(value)
    return {"breakdown": shown, "breakdown_value": shown}


def _compare(plan: FunnelPlan) -> JSON:
    return {"compare_label": plan.period.compare_label} if plan.period.compare_label else {}


def _total(rates: Rates) -> tuple[int, int]:
    return sum(arrived for _, arrived in rates.values()), sum(entered for entered, _ in rates.values())


def _trend(plan: FunnelPlan, rates: Rates) -> JSON:
    count = plan.shown_buckets
    data = [_rate(*rates.get(bucket, (0, 0))) for bucket in range(count)]
    days, labels = plan.buckets.days()[:count], plan.buckets.labels()[:count]
    return {"count": count, "data": data, "days": days, "labels": labels, **_compare(plan)}


def _rate(entered: int, arrived: int) -> float:
    return round(arrived / entered * 100, 2) if entered else 0


def _histogram(plan: FunnelPlan, counted: Counted) -> JSON:
    found = counted.durations
    starts = found.bins.starts if found.bins else []
    return {
        "bins": [[start, found.counts.get(number, 0)] for number, start in enumerate(starts)],
        "average_conversion_time": found.average,
        "median_conversion_time": found.median,
        **_compare(plan),
    }
