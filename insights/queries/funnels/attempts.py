"""Attempts: for each event that may begin one, the times at which it takes its steps, as early as it can.

An attempt's `chain` is an array of times: for each step when it is taken ('infinity': never), followed, for each
exclusion that begins with the step, by when that exclusion next happens. Optional steps never delay the required ones.
"""

from functools import reduce

from events.filtering.errors import Unsupported
from events.filtering.sql import Sql, compose
from insights.queries.entities import Entity
from insights.queries.funnels.optional import strict_with_optional
from insights.queries.funnels.plan import FunnelPlan, Step
from insights.queries.funnels.rows import FOLLOWING, FROM_THE_END, LATER, PERSON, met_at, rows, spoiled_at

# Sets of steps that one event may be are looked at one by one: 31 sets for five steps.
MAX_ENTANGLED_STEPS = 5


def attempts(plan: FunnelPlan) -> Sql:
    """team_id, actor, value, chain."""
    if plan.order == "ordered":
        return _with_optional(plan, _ordered(plan)) if plan.has_optional else _ordered(plan)
    if plan.order == "strict":
        return strict_with_optional(plan, _with_exclusions(plan)) if plan.has_optional else _strict(plan)
    return _unordered(plan)


def place_of(plan: FunnelPlan, step: int) -> int:
    """Where in the chain (from 1) a step's time stands."""
    return 1 + step + sum(one.from_step < step for one in plan.exclusions)


def place_of_exclusion(plan: FunnelPlan, index: int) -> int:
    step = plan.exclusions[index].from_step
    earlier = [one for one in plan.exclusions if one.from_step == step and one.index < index]
    return place_of(plan, step) + 1 + len(earlier)


def _ordered(plan: FunnelPlan) -> Sql:
    """Step by step from the last: the earliest way on from an event begins with the next event of the next step."""
    query = _with_exclusions(plan)
    for step in reversed(plan.required[1:]):
        query = compose(
            f"SELECT {{person}}, at, steps, first_step{_carried(plan)},"
            f" min(CASE WHEN steps & {1 << step} <> 0 THEN {_way_on(plan, step)} END) OVER"
            " (PARTITION BY {person} {order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS next"
            f" FROM ({{query}}) AS before_{step}",
            person=PERSON,
            order=FROM_THE_END,
            query=query,
        )
    return compose(
        f"SELECT {{person}}, {_way_on(plan, 0)} AS chain FROM ({{query}}) AS begun WHERE steps & 1 <> 0",
        person=PERSON,
        query=query,
    )


def _way_on(plan: FunnelPlan, step: int) -> str:
    """The chain from a required step on."""
    following = next((one for one in plan.required if one > step), None)
    return _head(plan, step) if following is None else f"{_head(plan, step)} || {_rest(plan, following)}"


def _with_optional(plan: FunnelPlan, attempts: Sql) -> Sql:
    """An optional step is taken if its event comes before those of the steps after it, up to the next required one."""
    length = len(plan.steps) + len(plan.exclusions)
    times = {place: f"chain[{place}]" for place in range(1, length + 1)}
    for step in plan.steps:
        if step.is_optional:
            is_in_time = " AND ".join(_is_before(plan, step, later) for later in _until_required(plan, step)) or "TRUE"
            place = place_of(plan, step.index)
            times[place] = f"CASE WHEN {is_in_time} THEN chain[{place}] ELSE 'infinity' END"
    return compose(
        f"SELECT {{person}}, ARRAY[{', '.join(times.values())}] AS chain FROM ({{attempts}} OFFSET 0) AS begun",
        person=PERSON,
        attempts=attempts,
    )


def _until_required(plan: FunnelPlan, step: Step) -> list[Step]:
    """The steps that may come next: optional ones, and the first that is required."""
    following = plan.steps[step.index + 1 :]
    count = next((place + 1 for place, one in enumerate(following) if not one.is_optional), len(following))
    return list(following[:count])


def _is_before(plan: FunnelPlan, step: Step, later: Step) -> str:
    """Of simultaneous events the earlier step comes first; one event is not two steps."""
    symbol = "<" if _overlap(step.entity, later.entity) else "<="
    return f"chain[{place_of(plan, step.index)}] {symbol} chain[{place_of(plan, later.index)}]"


def _strict(plan: FunnelPlan) -> Sql:
    """The very next events have to be the next steps."""
    parts = [_head(plan, 0)]
    for step in range(1, len(plan.steps)):
        follows = " AND ".join(f"lag(steps, {one}) OVER w & {1 << one} <> 0" for one in range(1, step + 1))
        columns = ["at", *(f"spoiled_{one.index}" for one in plan.exclusions if one.from_step == step)]
        times = [f"CASE WHEN {follows} THEN lag({column}, {step}) OVER w ELSE 'infinity' END" for column in columns]
        parts.append(f"ARRAY[{', '.join(times)}]")
    chained = compose(
        f"SELECT {{person}}, steps, {' || '.join(parts)} AS chain FROM ({{query}}) AS rows"
        " WINDOW w AS (PARTITION BY {person} {order})",
        person=PERSON,
        query=_with_exclusions(plan),
        order=FROM_THE_END,
    )
    return compose(
        "SELECT {person}, chain FROM ({chained}) AS chained WHERE steps & 1 <> 0", person=PERSON, chained=chained
    )


def _unordered(plan: FunnelPlan) -> Sql:
    """An attempt may begin with any step; its n-th time is when n steps can first be told apart.

    Where one event may be several steps, it still serves only one. By Hall's theorem n of m steps are served once
    every set of more than m − n of them has met enough events: as many as it has steps beyond m − n.
    """
    times = [time for group in _entangled(plan) for time in _times(group)]
    timed = compose(
        f"SELECT {{person}}, steps, {_head(plan, 0)} AS head, ARRAY[{', '.join(times)}] AS times"
        " FROM ({counted}) AS counted WINDOW whole AS (PARTITION BY {person} {order}"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)",
        person=PERSON,
        counted=_counted(plan),
        order=FROM_THE_END,
    )
    return compose(
        "SELECT {person}, head || (SELECT array_agg(one ORDER BY one) FROM unnest(times) AS one)[2:] AS chain"
        " FROM ({timed}) AS timed WHERE steps <> 0",
        person=PERSON,
        timed=timed,
    )


def _counted(plan: FunnelPlan) -> Sql:
    """How many events, from this one on, are a step of each of the sets."""
    sets = sorted({mask for group in _entangled(plan) for mask in _sets(group)})
    columns = "".join(f", count(*) FILTER (WHERE steps & {mask} <> 0) OVER since AS n_{mask}" for mask in sets)
    return compose(
        f"SELECT *{columns} FROM ({{query}}) AS rows WINDOW since AS (PARTITION BY {{person}} {{order}}"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
        query=_with_exclusions(plan),
        person=PERSON,
        order=FROM_THE_END,
    )


def _with_exclusions(plan: FunnelPlan) -> Sql:
    return compose(
        "SELECT {person}, at, steps, first_step{spoiled}{met}, NULL::timestamptz[] AS next FROM ({rows}) AS rows"
        " WINDOW {later}, {following}",
        person=PERSON,
        spoiled=spoiled_at(plan),
        met=met_at(plan),
        rows=rows(plan),
        later=LATER,
        following=FOLLOWING,
    )


def _carried(plan: FunnelPlan) -> str:
    met = "".join(f", met_{step.index}" for step in plan.steps if step.is_optional)
    return "".join(f", spoiled_{one.index}" for one in plan.exclusions) + met


def _head(plan: FunnelPlan, step: int) -> str:
    optional = [one.index for one in _until_required(plan, plan.steps[step]) if one.is_optional]
    spoiled = [f"spoiled_{one.index}" for one in plan.exclusions if one.from_step == step]
    return f"ARRAY[{', '.join(['at', *spoiled, *(f'met_{index}' for index in optional)])}]"


def _rest(plan: FunnelPlan, step: int) -> str:
    """The chain from `step` on, or that it is never taken."""
    length = len(plan.steps) + len(plan.exclusions) - place_of(plan, step) + 1
    return f"coalesce(next, array_fill('infinity'::timestamptz, ARRAY[{length}]))"


Class = list[int]


def _entangled(plan: FunnelPlan) -> list[list[Class]]:
    """The steps in groups that no event can belong to two of; in a group, equal steps stand together."""
    groups: list[list[int]] = []
    for step in plan.steps:
        touched = [group for group in groups if any(_overlap(step.entity, plan.steps[one].entity) for one in group)]
        groups = [group for group in groups if group not in touched] + [sum(touched, []) + [step.index]]
    return [_classes(plan, group) for group in groups]


def _overlap(one: Entity, other: Entity) -> bool:
    names, others = ({part.event for part in entity.alternatives} for entity in (one, other))
    return None in names or None in others or bool(names & others)


def _classes(plan: FunnelPlan, group: list[int]) -> list[Class]:
    classes: dict[object, Class] = {}
    for index in group:
        step = plan.steps[index]
        classes.setdefault((step.entity, step.first_of), []).append(index)
    if len(classes) > MAX_ENTANGLED_STEPS:
        raise Unsupported(f"series: more than {MAX_ENTANGLED_STEPS} steps of the same event in an unordered funnel")
    return list(classes.values())


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
