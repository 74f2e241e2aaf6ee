"""Attempts: for each event that may begin one, the times at which it takes its steps, as early as it can.

`time_0`, `time_1`, … are when the steps are taken ('infinity': never), `excluded_0`, … when each of the exclusions next
happens after the step that it begins with. Optional steps never delay the required ones.
"""

from events.filtering.sql import Sql, compose
from insights.queries.funnels.optional import strict_with_optional
from insights.queries.funnels.plan import FunnelPlan, Step
from insights.queries.funnels.rows import FROM_THE_END, following, later, met_at, of_team, person, spoiled_at
from insights.queries.funnels.thinned import thinned
from insights.queries.funnels.unordered import unordered


def attempts(plan: FunnelPlan) -> Sql:
    """team_id, actor, value, the times. An unordered funnel's have `begun` besides, and are not in order yet."""
    rows = _looking_ahead(plan)
    if plan.order == "ordered":
        return _with_optional(plan, _ordered(plan, rows)) if plan.has_optional else _ordered(plan, rows)
    if plan.order == "strict":
        return strict_with_optional(plan, rows) if plan.has_optional else _strict(plan, rows)
    return unordered(plan, rows)


def _looking_ahead(plan: FunnelPlan) -> Sql:
    """The rows, each with when after it the exclusions and the optional steps happen first."""
    if not plan.exclusions and not plan.has_optional:
        return thinned(plan)
    return compose(
        f"SELECT {person(plan)}, at, steps, first_step{spoiled_at(plan)}{met_at(plan)} FROM ({{rows}}) AS rows"
        f" WHERE {{of_team}} WINDOW {later(plan)}, {following(plan)}",
        rows=thinned(plan),
        of_team=of_team(plan),
    )


def _ordered(plan: FunnelPlan, rows: Sql) -> Sql:
    """Step by step from the last: the way on from an event begins with the next event of the next step.

    Of all later events of a step the next one comes first with each of its times, so that these are minima.
    """
    query, onward = rows, list[str]()
    for step in reversed(plan.required[1:]):
        times = _known_at(plan, step) | {name: name for name in onward}
        minima = [
            f", min({time}) FILTER (WHERE steps & {1 << step} <> 0) OVER following AS {name}"
            for name, time in times.items()
        ]
        query = compose(
            f"SELECT {person(plan)}, at, steps, first_step{_carried(plan)}{''.join(minima)}"
            f" FROM ({{query}}) AS before_{step} WHERE {{of_team}} WINDOW {following(plan)}",
            query=query,
            of_team=of_team(plan),
        )
        onward = list(times)
    times = _known_at(plan, 0) | {name: f"coalesce({name}, 'infinity')" for name in onward}
    return compose(
        f"SELECT {person(plan)}, {_named(times)} FROM ({{query}}) AS begun WHERE {{of_team}} AND steps & 1 <> 0",
        query=query,
        of_team=of_team(plan),
    )


def _known_at(plan: FunnelPlan, step: int) -> dict[str, str]:
    """The times that an event of a required step knows itself: its own, and those before the next required step."""
    optional = [one.index for one in plan.next_after(step) if one.is_optional]
    return (
        {f"time_{step}": "at"}
        | {f"excluded_{one.index}": f"spoiled_{one.index}" for one in plan.exclusions if one.from_step == step}
        | {f"time_{index}": f"met_{index}" for index in optional}
    )


def _carried(plan: FunnelPlan) -> str:
    met = "".join(f", met_{step.index}" for step in plan.steps if step.is_optional)
    return "".join(f", spoiled_{one.index}" for one in plan.exclusions) + met


def _with_optional(plan: FunnelPlan, attempts: Sql) -> Sql:
    """An optional step is taken if its event comes before those of the steps after it, up to the next required one."""
    times = {f"time_{step.index}": f"time_{step.index}" for step in plan.steps}
    for step in plan.steps:
        if step.is_optional:
            is_in_time = " AND ".join(_is_before(step, later) for later in plan.next_after(step.index)) or "TRUE"
            times[f"time_{step.index}"] = f"CASE WHEN {is_in_time} THEN time_{step.index} ELSE 'infinity' END"
    excluded = {f"excluded_{one.index}": f"excluded_{one.index}" for one in plan.exclusions}
    return compose(
        f"SELECT {person(plan)}, {_named(times | excluded)} FROM ({{attempts}} OFFSET 0) AS begun", attempts=attempts
    )


def _is_before(step: Step, later: Step) -> str:
    """Of simultaneous events the earlier step comes first; one event is not two steps."""
    symbol = "<" if step.overlaps(later) else "<="
    return f"time_{step.index} {symbol} time_{later.index}"


def _strict(plan: FunnelPlan, rows: Sql) -> Sql:
    """The very next events have to be the next steps."""
    times = _known_at(plan, 0)
    for step in range(1, len(plan.steps)):
        follows = " AND ".join(f"lag(steps, {one}) OVER w & {1 << one} <> 0" for one in range(1, step + 1))
        times |= {
            name: f"CASE WHEN {follows} THEN lag({time}, {step}) OVER w ELSE 'infinity' END"
            for name, time in _known_at(plan, step).items()
        }
    taken = compose(
        f"SELECT {person(plan)}, steps, {_named(times)} FROM ({{rows}}) AS rows WHERE {{of_team}}"
        f" WINDOW w AS (PARTITION BY {person(plan)} {FROM_THE_END})",
        rows=rows,
        of_team=of_team(plan),
    )
    return compose("SELECT * FROM ({taken}) AS taken WHERE steps & 1 <> 0", taken=taken)


def _named(times: dict[str, str]) -> str:
    return ", ".join(f"{time} AS {name}" for name, time in times.items())
