"""The events of a funnel as rows: whose, when, which steps they are (a bit each), which exclusions, which value.

One event order holds for all funnels: by time; simultaneous events in the order of the first step that they are, so
that a sign-up and a purchase of the same second are a sign-up and then a purchase.
"""

from events.filtering.sql import Sql, compose, joined
from insights.queries.breakdowns import Dimension, cleaned_url, text_sql
from insights.queries.entities import event_names
from insights.queries.event_tables import events_with
from insights.queries.funnels.plan import FunnelPlan, Step
from insights.queries.sources import actor_sql, between, entity_sql, has_actor, is_first, matching, named

#: The events from the last to the first. Windows that only grow are the cheap ones, so all look back from the end.
FROM_THE_END = "ORDER BY at DESC, first_step DESC, steps DESC"
_NO_STEP = 1 << 40


def person(plan: FunnelPlan) -> str:
    """Whose steps are put together. All work is done person by person, within a project."""
    return "team_id, actor, value" if _is_by_own_value(plan) else "team_id, actor"


def of_team(plan: FunnelPlan) -> Sql:
    """Said at every level anew: Postgres has forgotten it there, and would sort the rows once more."""
    return compose("team_id = {team_id}", team_id=plan.team_id)


def bucket(plan: FunnelPlan, moment: str) -> Sql:
    """Which of a trend's periods, from 1, a moment lies in; 0 where the funnel has but one."""
    if plan.viz != "trends":
        return Sql("0::int")
    return compose(f"width_bucket({moment}, {{starts}}::timestamptz[])", starts=list(plan.buckets.starts))


def rows(plan: FunnelPlan) -> Sql:
    """team_id, actor, value, at, steps, first_step, spoils. The value only where all events have to agree on it."""
    marked = compose(
        "SELECT e.team_id, {actor} AS actor{value}, e.timestamp AS at, {steps} AS steps, {spoils} AS spoils"
        " FROM {source} WHERE {between} AND {named} AND {has_actor}",
        actor=_actor(plan),
        value=compose(", {value} AS value", value=_own_value(plan)) if _is_by_own_value(plan) else Sql(""),
        steps=_bits([_step(plan, step) for step in plan.steps]),
        spoils=_bits([entity_sql(one.entity, clock=plan.clock) for one in plan.exclusions]),
        source=_source(plan),
        between=between(plan.team_id, plan.buckets.range.counted_from, plan.buckets.range.date_to),
        named=_named(plan),
        has_actor=_has_actor(plan),
    )
    first_step = f"coalesce(nullif(steps & -steps, 0), {_NO_STEP})"
    return compose(
        f"SELECT *, {first_step} AS first_step FROM ({{marked}}) AS marked WHERE {{counts}}",
        marked=marked,
        counts=Sql("TRUE" if plan.order == "strict" else "steps <> 0 OR spoils <> 0"),
    )


def spoiled_at(plan: FunnelPlan) -> str:
    """For each exclusion, a column with the first time after the row's own at which it happens."""
    return "".join(
        f", coalesce(min(at) FILTER (WHERE spoils & {1 << one.index} <> 0) OVER later, 'infinity')"
        f" AS spoiled_{one.index}"
        for one in plan.exclusions
    )


def met_at(plan: FunnelPlan) -> str:
    """For each optional step, a column with the time of its first event after the row's own."""
    return "".join(
        f", coalesce(min(at) FILTER (WHERE steps & {1 << step.index} <> 0) OVER following, 'infinity')"
        f" AS met_{step.index}"
        for step in plan.steps
        if step.is_optional
    )


def following(plan: FunnelPlan) -> str:
    frame = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    return f"following AS (PARTITION BY {person(plan)} {FROM_THE_END} {frame})"


def later(plan: FunnelPlan) -> str:
    frame = "GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    return f"later AS (PARTITION BY {person(plan)} ORDER BY at DESC {frame})"


def texts(plan: FunnelPlan) -> Sql:
    """team_id, actor, at, steps, text_0, …: what every event of a step says about the breakdown."""
    assert plan.breakdown is not None
    shown = [
        compose(f"{{text}} AS text_{place}", text=_shown(one)) for place, one in enumerate(plan.breakdown.dimensions)
    ]
    return compose(
        "SELECT e.team_id, {actor} AS actor, e.timestamp AS at, {steps} AS steps, {shown}"
        " FROM {source} WHERE {between} AND {named} AND {has_actor} AND {matching}",
        actor=_actor(plan),
        steps=_bits([_step(plan, step) for step in plan.steps]),
        shown=joined(", ", shown),
        source=_source(plan),
        between=between(plan.team_id, plan.buckets.range.counted_from, plan.buckets.range.date_to),
        named=named(event_names(plan.entities)),
        has_actor=_has_actor(plan),
        matching=matching(plan.entities, clock=plan.clock),
    )


def said(plan: FunnelPlan) -> tuple[str, str]:
    """Of `texts`: the value that an event says; and whether it says one at all."""
    assert plan.breakdown is not None
    names = [f"text_{place}" for place in range(len(plan.breakdown.dimensions))]
    value = ", ".join(f"coalesce({name}, '')" for name in names)
    return f"ARRAY[{value}]", " OR ".join(f"{name} <> ''" for name in names)


def no_value(plan: FunnelPlan) -> Sql:
    width = len(plan.breakdown.dimensions) if plan.breakdown else 1
    return compose("{empty}::text[]", empty=[""] * width)


def _is_by_own_value(plan: FunnelPlan) -> bool:
    """Where all events have to agree on the value, those with another one are as those of another person."""
    return plan.breakdown is not None and plan.breakdown.attribution == "all_events"


def _own_value(plan: FunnelPlan) -> Sql:
    assert plan.breakdown is not None
    parts = [compose("coalesce({one}, '')", one=_shown(one)) for one in plan.breakdown.dimensions]
    return compose("ARRAY[{parts}]", parts=joined(", ", parts))


def _shown(dimension: Dimension) -> Sql:
    text = text_sql(dimension)
    return cleaned_url(text) if dimension.is_url else text


def _actor(plan: FunnelPlan) -> Sql:
    return actor_sql(plan.actor) if plan.expression is None else plan.expression


def _has_actor(plan: FunnelPlan) -> Sql:
    """Events without a session, or whatever the expression says, are nobody's."""
    return has_actor(plan.actor) if plan.expression is None else compose("{it} <> ''", it=plan.expression)


def _source(plan: FunnelPlan) -> Sql:
    values = [text_sql(one) for one in plan.breakdown.dimensions] if plan.breakdown else []
    asked = plan.buckets.range
    return events_with(
        [_actor(plan), *values],
        team_id=plan.team_id,
        with_persons=plan.reads_persons,
        during=(asked.counted_from, asked.date_to),
    )


def _named(plan: FunnelPlan) -> Sql:
    """In a strict funnel any other event of the person counts: as an interruption."""
    entities = [*plan.entities, *(one.entity for one in plan.exclusions)]
    return named(None if plan.order == "strict" else event_names(entities))


def _bits(conditions: list[Sql]) -> Sql:
    bits = [
        compose("CASE WHEN {condition} THEN {bit} ELSE 0 END", condition=condition, bit=Sql(f"{1 << place}::bigint"))
        for place, condition in enumerate(conditions)
    ]
    return compose("({bits})", bits=joined(" | ", bits)) if bits else Sql("0::bigint")


def _step(plan: FunnelPlan, step: Step) -> Sql:
    condition = entity_sql(step.entity, clock=plan.clock)
    if step.first_of is None:
        return condition
    first = is_first(step.first_of, team_id=plan.team_id, until=plan.buckets.range.date_to, clock=plan.clock)
    return compose("({condition} AND {first})", condition=condition, first=first)
