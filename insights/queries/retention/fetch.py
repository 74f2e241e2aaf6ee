"""What the plan asks for, from Postgres. With `statements`, the only part of retention that knows the engine."""

from dataclasses import dataclass, field

from insights.queries.database import fetch_rows
from insights.queries.retention import statements
from insights.queries.retention.plan import RetentionPlan


@dataclass(frozen=True)
class Returned:
    """By breakdown value (None: none, or all beyond the limit): persons by period and periods since."""

    by_value: dict[str | None, dict[tuple[int, int], int]] = field(default_factory=dict)


def fetch(plan: RetentionPlan) -> Returned:
    found: dict[str | None, dict[tuple[int, int], int]] = {}
    for value, period, later, number in fetch_rows(statements.cells(plan)):
        found.setdefault(value, {})[period, later] = number
    return Returned(found)
