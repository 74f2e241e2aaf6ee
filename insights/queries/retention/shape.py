"""Counted persons → the result JSON of retention. Pure."""

from datetime import timedelta

from insights.queries.breakdowns import OTHER_NAME
from insights.queries.responses import response
from insights.queries.retention.fetch import Cell, Cells, Returned
from insights.queries.retention.plan import RetentionPlan
from insights.queries.wrapping import JSON


def shape(plan: RetentionPlan, returned: Returned) -> JSON:
    last = plan.starts[-1] - timedelta(microseconds=1)
    return response(_results(plan, returned), clock=plan.clock, date_from=plan.starts[0], date_to=last)


def _results(plan: RetentionPlan, returned: Returned) -> list[JSON]:
    """A row for each period; with a breakdown so for each value, the one with most persons first."""
    by_value = returned.by_value
    if not plan.is_broken_down:
        return _rows(plan, by_value.get("", {}))
    ordered = sorted(by_value, key=lambda value: (value is None, -_size(by_value[value]), value or ""))
    return [
        {**row, "breakdown_value": OTHER_NAME if value is None else value}
        for value in ordered
        for row in _rows(plan, by_value[value])
    ]


def _size(cells: Cells) -> int:
    return sum(cell.count for (_, column), cell in cells.items() if column == 0)


def _rows(plan: RetentionPlan, cells: Cells) -> list[JSON]:
    return [
        {
            "date": start.isoformat(),
            "label": f"{plan.period} {period}",
            "values": [
                _value(plan, cells.get((period, column), Cell()), window.label)
                for column, window in enumerate(plan.windows)
            ],
        }
        for period, start in enumerate(plan.starts[:-1])
    ]


def _value(plan: RetentionPlan, cell: Cell, label: str) -> JSON:
    if plan.amount is None:
        return {"count": cell.count, "label": label}
    mean = cell.total / cell.count if cell.count else 0.0
    return {"count": cell.count, "aggregation_value": mean if plan.amount.is_mean else cell.total, "label": label}
