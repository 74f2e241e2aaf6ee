"""What the plan asks for, from Postgres. With `statements`, the only part of paths that knows the engine."""

from contextlib import nullcontext
from dataclasses import dataclass

from common.exceptions import Refusal
from insights.queries.database import fetch_rows
from insights.queries.hogql.statements import errors_in_words
from insights.queries.paths import statements
from insights.queries.paths.plan import PathsPlan

MAX_RENAMED = 20_000


@dataclass(frozen=True)
class Edge:
    step: int
    source: str
    target: str
    count: int
    milliseconds: float


def fetch(plan: PathsPlan) -> list[Edge]:
    if plan.range.counted_from > plan.range.date_to:
        return []
    with errors_in_words() if plan.expression is not None else nullcontext():
        return [Edge(*row) for row in fetch_rows(statements.edges(plan, renamed=_renamed(plan)))]


def _renamed(plan: PathsPlan) -> dict[str, str] | None:
    """What each name of a step becomes; None where names stay as they are."""
    if plan.renaming is None:
        return None
    rows = fetch_rows(statements.names(plan, limit=MAX_RENAMED + 1))
    if len(rows) > MAX_RENAMED:
        raise Refusal(f"Paths with groupings or cleaning rules may have at most {MAX_RENAMED} different steps.")
    return {name: plan.renaming(name) for (name,) in rows}
