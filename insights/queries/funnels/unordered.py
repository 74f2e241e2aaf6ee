"""Attempts of unordered funnels, which may begin with any step.

Where one event may be several steps, it still serves only one. By Hall's theorem n of m steps are served once every set
of more than m − n of them has met enough events: as many as it has steps beyond m − n.
"""

from functools import reduce

from events.filtering.errors import Unsupported
from events.filtering.sql import Sql, compose
from insights.queries.funnels.plan import FunnelPlan
from insights.queries.funnels.rows import FROM_THE_END, of_team, person

# Sets of steps that one event may be are looked at one by one: 31 sets for five steps.
MAX_ENTANGLED_STEPS = 5

#: Steps that are the same.
Class = list[int]


def unordered(plan: FunnelPlan, rows: Sql) -> Sql:
    """team_id, actor, value, begun, the times: when n steps can first be told apart, group by group of steps."""
    groups = _entangled(plan)
    times = [time for group in groups for time in _times(group)]
    columns = [
        "at AS begun",
        *(f"{time} AS time_{number}" for number, time in enumerate(times)),
        *(f"spoiled_{one.index} AS excluded_{one.index}" for one in plan.exclusions),
        "lag(steps) OVER since AS next_steps",
    ]
    timed = compose(
        f"SELECT {person(plan)}, steps, {', '.join(columns)} FROM ({{counted}}) AS counted WHERE {{of_team}}"
        f" WINDOW since AS ({_from_the_end(plan)} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),"
        f" whole AS ({_from_the_end(plan)} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)",
        counted=_counted(plan, groups, rows),
        of_team=of_team(plan),
    )
    return compose(
        f"SELECT * FROM ({{timed}}) AS timed WHERE {{of_team}} AND steps <> 0 AND NOT {_is_outdone(plan)}",
        timed=timed,
        of_team=of_team(plan),
    )


def _is_outdone(plan: FunnelPlan) -> str:
    """Whether the next event begins an attempt with all of the same further steps, only later.

    Both are looked at where it counts when an attempt began, and where an exclusion may spoil just the later one.
    """
    begins_count = plan.viz == "trends" or (plan.breakdown is not None and plan.breakdown.attribution == "step")
    if begins_count or plan.exclusions:
        return "FALSE"
    return "(steps & (steps - 1) = 0 AND next_steps IS NOT DISTINCT FROM steps)"


def _counted(plan: FunnelPlan, groups: list[list[Class]], rows: Sql) -> Sql:
    """How many events, from this one on, are a step of each of the sets."""
    sets = sorted({mask for group in groups if not _is_single(group) for mask in _sets(group)})
    if not sets:
        return rows
    columns = "".join(f", count(*) FILTER (WHERE steps & {mask} <> 0) OVER since AS n_{mask}" for mask in sets)
    return compose(
        f"SELECT *{columns} FROM ({{rows}}) AS rows WHERE {{of_team}}"
        f" WINDOW since AS ({_from_the_end(plan)} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
        rows=rows,
        of_team=of_team(plan),
    )


def _from_the_end(plan: FunnelPlan) -> str:
    return f"PARTITION BY {person(plan)} {FROM_THE_END}"


def _entangled(plan: FunnelPlan) -> list[list[Class]]:
    """The steps in groups that no event can belong to two of; in a group, equal steps stand together."""
    groups: list[list[int]] = []
    for step in plan.steps:
        touched = [group for group in groups if any(step.overlaps(plan.steps[one]) for one in group)]
        groups = [group for group in groups if group not in touched] + [sum(touched, []) + [step.index]]
    return [_classes(plan, group) for group in groups]


def _classes(plan: FunnelPlan, group: list[int]) -> list[Class]:
    classes: dict[object, Class] = {}
    for index in group:
        step = plan.steps[index]
        classes.setdefault((step.entity, step.first_of), []).append(index)
    if len(classes) > MAX_ENTANGLED_STEPS:
        raise Unsupported(f"series: more than {MAX_ENTANGLED_STEPS} steps of the same event in an unordered funnel")
    return list(classes.values())


def _is_single(group: list[Class]) -> bool:
    return sum(len(one) for one in group) == 1


def _sets(group: list[Class]) -> dict[int, int]:
    """Every union of classes, as a mask of steps, with how many steps it has."""
    found = {0: 0}
    for one in group:
        mask = reduce(lambda bits, index: bits | 1 << index, one, 0)
        found |= {known | mask: size + len(one) for known, size in found.items()}
    del found[0]
    return found


def _times(group: list[Class]) -> list[str]:
    """When 1, 2, … of the group's steps are served."""
    if _is_single(group):
        [[step]] = group
        return [f"coalesce(min(at) FILTER (WHERE steps & {1 << step} <> 0) OVER since, 'infinity')"]
    count = sum(len(one) for one in group)
    return [_time(group, count - served) for served in range(1, count + 1)]


def _time(group: list[Class], spare: int) -> str:
    """When all but `spare` of the group's steps are served."""
    needed = [_nth(mask, size - spare) for mask, size in _sets(group).items() if size > spare]
    return f"greatest({', '.join(needed)})"


def _nth(mask: int, n: int) -> str:
    """When the n-th event, from this one on, is one of the steps."""
    moments = f"(array_agg(at) FILTER (WHERE steps & {mask} <> 0) OVER whole)"
    return f"coalesce({moments}[n_{mask} - {n - 1}], 'infinity')"
