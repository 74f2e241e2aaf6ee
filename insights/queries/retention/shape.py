"""Counted persons → the result JSON of retention. Pure."""

from datetime import timedelta

from insights.queries.breakdowns import OTHER_NAME
from insights.queries.responses import response
from insights.queries.retention.fetch import Returned
from insights.queries.retention.plan import RetentionPlan
from insights.queries.wrapping import JSON

Counts = dict[tuple[int, int], int]


def shape(plan: RetentionPlan, returned: Returned) -> JSON:
    last = plan.starts[-1] - timedelta(microseconds=1)
    return response(_results(plan, returned), clock=plan.clock, date_from=plan.starts[0], date_to=last)


def _results(plan: RetentionPlan, returned: Returned) -> list[JSON]:
    """A row for each period; with a breakdown so for each value, the one with most persons first."""
    if plan.breakdown is None:
        return _rows(plan, returned.by_value.get(None, {}))
    by_value = returned.by_value
    ordered = sorted(by_value, key=lambda value: (value is None, -_size(by_value[value]), value or ""))
    return [
        {**row, "breakdown_value": OTHER_NAME if value is None else value}
        for value in ordered
        for row in _rows(plan, by_value[value])
    ]


def _size(counts: Counts) -> int:
    return sum(number for (_, later), number in counts.items() if later == 0)


def _rows(plan: RetentionPlan, counts: Counts) -> list[JSON]:
    labels = [f"{plan.period} {number}" for number in range(plan.count)]
    return [
        {
            "date": start.isoformat(),
            "label": labels[period],
            "values": [{"count": counts.get((period, later), 0), "label": label} for later, label in enumerate(labels)],
        }
        for period, start in enumerate(plan.starts[:-1])
    ]
