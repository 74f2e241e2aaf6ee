"""Strict funnels with optional steps: the very next event has to be one of the steps that may come next."""

from collections.abc import Iterator

from events.filtering.sql import Sql, compose
from insights.queries.funnels.plan import FunnelPlan
from insights.queries.funnels.rows import FROM_THE_END, of_team, person


def strict_with_optional(plan: FunnelPlan, rows: Sql) -> Sql:
    """team_id, actor, value, the times. Event after event, the step that it is: the first of those that it can be."""
    query = compose("SELECT * FROM ({seen}) AS seen WHERE steps & 1 <> 0", seen=_seen(plan, rows))
    for number in range(1, len(plan.steps)):
        # OFFSET 0: else each of these would be written out within the next.
        query = compose(
            f"SELECT *, {_taken(plan, number)} AS step_{number} FROM ({{query}} OFFSET 0) AS until_{number}",
            query=query,
        )
    return compose(f"SELECT {person(plan)}, {', '.join(_times(plan))} FROM ({{query}} OFFSET 0) AS walked", query=query)


def _seen(plan: FunnelPlan, rows: Sql) -> Sql:
    """Every event, and beside it those that follow: which steps they are, when they were, what spoils them."""
    columns = ["at", "steps", *(f"spoiled_{one.index}" for one in plan.exclusions)]
    following = "".join(
        f", lag({column}, {number}) OVER w AS {column}_{number}"
        for number in range(1, len(plan.steps))
        for column in columns
    )
    return compose(
        f"SELECT {person(plan)}, {', '.join(columns)}, 0 AS step_0{following} FROM ({{rows}}) AS rows WHERE {{of_team}}"
        f" WINDOW w AS (PARTITION BY {person(plan)} {FROM_THE_END})",
        rows=rows,
        of_team=of_team(plan),
    )


def _taken(plan: FunnelPlan, number: int) -> str:
    """Which step the event is, after the one before it; NULL if it is none that may come next."""
    cases = [
        f"WHEN {step} THEN CASE {' '.join(_choices(plan, step, number))} END" for step in range(len(plan.steps) - 1)
    ]
    return f"CASE step_{number - 1} {' '.join(cases)} END"


def _choices(plan: FunnelPlan, step: int, number: int) -> Iterator[str]:
    for candidate in plan.steps[step + 1 :]:
        yield f"WHEN steps_{number} & {1 << candidate.index} <> 0 THEN {candidate.index}"
        if not candidate.is_optional:
            return


def _times(plan: FunnelPlan) -> Iterator[str]:
    for step in plan.steps:
        yield f"{_when(step.index, 'at')} AS time_{step.index}"
    for one in plan.exclusions:
        yield f"{_when(one.from_step, f'spoiled_{one.index}')} AS excluded_{one.index}"


def _when(step: int, column: str) -> str:
    """What the column says of the event that is the step."""
    if step == 0:
        return column
    cases = [f"WHEN step_{number} = {step} THEN {column}_{number}" for number in range(1, step + 1)]
    return f"CASE {' '.join(cases)} ELSE 'infinity' END"
