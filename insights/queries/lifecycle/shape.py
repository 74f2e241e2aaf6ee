"""Counted actors → the result JSON of lifecycle. Pure."""

from insights.queries.entities import id_of, name_of, type_of
from insights.queries.lifecycle.plan import LifecyclePlan, LifecycleSeries
from insights.queries.responses import response
from insights.queries.wrapping import JSON

STATUSES = ("new", "returning", "resurrecting", "dormant")


def shape(plan: LifecyclePlan, counted: dict[str, dict[int, int]]) -> JSON:
    series, asked = plan.series, plan.buckets.range
    results = [_result(plan, series, status, counted.get(status, {})) for status in STATUSES] if series else []
    return response(results, clock=plan.clock, date_from=asked.date_from, date_to=asked.date_to)


def _result(plan: LifecyclePlan, series: LifecycleSeries, status: str, numbers: dict[int, int]) -> JSON:
    sign = -1 if status == "dormant" else 1
    data = [sign * numbers.get(bucket, 0) for bucket in range(len(plan.buckets.starts))]
    name = name_of(series.node)
    return {
        "action": _action(series, name),
        "label": f"{name} - {status}",
        "status": status,
        "data": data,
        "days": plan.buckets.days(),
        "labels": plan.buckets.labels(),
        "count": sum(data),
    }


def _action(series: LifecycleSeries, name: str) -> JSON:
    return {"id": id_of(series.node), "name": name, "type": type_of(series.node), "order": 0, "math": "total"}
