"""What the plan asks for, from Postgres.

With the modules of statements (`statements` and `rolling` count, `sums` adds up, `histories` is what they share) the
only part of retention that knows the engine.
"""

from dataclasses import dataclass, field

from insights.queries.database import fetch_rows
from insights.queries.retention.plan import RetentionPlan
from insights.queries.retention.statements import cells
from insights.queries.retention.sums import sums


@dataclass(frozen=True)
class Cell:
    """How many there were, and the sum of what they brought along, where it is added up."""

    count: int = 0
    total: float = 0.0


Cells = dict[tuple[int, int], Cell]


@dataclass(frozen=True)
class Returned:
    """By breakdown value (None: all beyond the limit), period and column. Without a breakdown the value is ""."""

    by_value: dict[str | None, Cells] = field(default_factory=dict)


def fetch(plan: RetentionPlan) -> Returned:
    if not plan.count:
        return Returned()
    if not plan.cohorts:
        return Returned(_fetch(plan))
    # Somebody may be in several cohorts: each is counted by itself.
    by_cohort = {choice.name_in_cells: _fetch(plan.narrowed_to(choice.condition)) for choice in plan.cohorts}
    return Returned({name: found.get("", {}) for name, found in by_cohort.items()})


def _fetch(plan: RetentionPlan) -> dict[str | None, Cells]:
    found: dict[str | None, Cells] = {}
    for value, period, column, count, total in fetch_rows(sums(plan) if plan.amount else cells(plan)):
        found.setdefault(value, {})[period, column] = Cell(count, total)
    return found
