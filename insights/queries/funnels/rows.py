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

#: Whose steps are put together. All work is done person by person, within a project.
PERSON = Sql("team_id, actor, value")
#: The events from the last to the first. Windows that only grow are the cheap ones, so all look back from the end.
FROM_THE_END = Sql("ORDER BY at DESC, first_step DESC, steps DESC")
_NO_STEP = 1 << 40


def rows(plan: FunnelPlan) -> Sql:
    """team_id, actor, value, at, steps, first_step, spoils."""
    marked = compose(
        "SELECT e.team_id, {actor} AS actor, {value} AS value, e.timestamp AS at, {steps} AS steps, {spoils} AS spoils"
        " FROM {source} WHERE {between} AND {named} AND {has_actor}",
        actor=_actor(plan),
        value=_own_value(plan),
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


def spoiled_at(plan: FunnelPlan) -> Sql:
    """For each exclusion, a column with the first time after the row's own at which it happens."""
    return Sql(
        "".join(
            f", coalesce(min(at) FILTER (WHERE spoils & {1 << one.index} <> 0) OVER later, 'infinity')"
            f" AS spoiled_{one.index}"
            for one in plan.exclusions
        )
    )


def met_at(plan: FunnelPlan) -> Sql:
    """For each optional step, a column with the time of its first event after the row's own."""
    return Sql(
        "".join(
            f", coalesce(min(at) FILTER (WHERE steps & {1 << step.index} <> 0) OVER following, 'infinity')"
            f" AS met_{step.index}"
            for step in plan.steps
            if step.is_optional
        )
    )


FOLLOWING = compose(
    "following AS (PARTITION BY {person} {order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
    person=PERSON,
    order=FROM_THE_END,
)
LATER = compose(
    "later AS (PARTITION BY {person} ORDER BY at DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)",
    person=PERSON,
)


def values(plan: FunnelPlan) -> Sql:
    """actor, at, steps, value: what every event of a step says about the breakdown; NULL where it says nothing."""
    assert plan.breakdown is not None
    return compose(
        "SELECT e.team_id, {actor} AS actor, e.timestamp AS at, {steps} AS steps, {value} AS value"
        " FROM {source} WHERE {between} AND {named} AND {has_actor} AND {matching}",
        actor=_actor(plan),
        steps=_bits([_step(plan, step) for step in plan.steps]),
        value=_value(plan),
        source=_source(plan),
        between=between(plan.team_id, plan.buckets.range.counted_from, plan.buckets.range.date_to),
        named=named(event_names(plan.entities)),
        has_actor=_has_actor(plan),
        matching=matching(plan.entities, clock=plan.clock),
    )


def no_value(plan: FunnelPlan) -> Sql:
    width = len(plan.breakdown.dimensions) if plan.breakdown else 1
    return compose("{empty}::text[]", empty=[""] * width)


def _own_value(plan: FunnelPlan) -> Sql:
    """Where all events have to agree on the value, those with another one are as those of another person."""
    if plan.breakdown is None or plan.breakdown.attribution != "all_events":
        return Sql("NULL::text[]")
    return compose("coalesce({value}, {nothing})", value=_value(plan), nothing=no_value(plan))


def _value(plan: FunnelPlan) -> Sql:
    assert plan.breakdown is not None
    parts = [compose("coalesce({one}, '')", one=_shown(one)) for one in plan.breakdown.dimensions]
    return compose("nullif(ARRAY[{parts}], {nothing})", parts=joined(", ", parts), nothing=no_value(plan))


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
    return events_with([_actor(plan), *values], team_id=plan.team_id, with_persons=plan.reads_persons)


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
