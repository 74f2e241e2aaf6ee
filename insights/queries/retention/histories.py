"""Whose events the statements of retention read, how a breakdown divides them, and each one's first."""

from events.filtering.sql import Sql, compose
from insights.queries.breakdowns import Dimension, cleaned_url, text_sql
from insights.queries.entities import Entity, event_names
from insights.queries.event_tables import events_with
from insights.queries.retention.plan import FIRST_EVER, RetentionPlan
from insights.queries.sources import actor_sql, entity_sql, has_actor, matching, named

# What makes one history: of a person or group, and of one value where the events' own values divide it.
KEYS = "team_id, actor, part"


def part_sql(plan: RetentionPlan) -> Sql:
    """Which history of its actor an event belongs to."""
    if plan.breakdown is None or plan.value_of != "event":
        return Sql("''::text")
    return value_sql(plan.breakdown)


def value_sql(breakdown: Dimension) -> Sql:
    text = text_sql(breakdown)
    return compose("coalesce({value}, '')", value=cleaned_url(text) if breakdown.is_url else text)


def period_sql(plan: RetentionPlan, instant: str) -> Sql:
    return compose(f"width_bucket({instant}, {{starts}}::timestamptz[]) - 1", starts=list(plan.starts))


def events_sql(plan: RetentionPlan) -> Sql:
    """From where, and which: the events of the range that begin a history or continue one."""
    return compose(
        "{source} WHERE e.timestamp >= {begin}::timestamptz AND {meant}",
        source=_source(plan, [plan.target, plan.returning]),
        begin=plan.starts[0],
        meant=_meant(plan, [plan.target, plan.returning]),
    )


def moments_sql(plan: RetentionPlan, *, more: Sql) -> Sql:
    """Those events one by one: whose they are, when they were, whether they begin or continue, and `more` columns."""
    return compose(
        "SELECT e.team_id, {actor} AS actor, {part} AS part, e.timestamp AS at, {target} AS is_target,"
        " {returning} AS is_returning{more} FROM {events}",
        actor=actor_sql(plan.actor),
        part=part_sql(plan),
        target=entity_sql(plan.target, clock=plan.clock),
        returning=entity_sql(plan.returning, clock=plan.clock),
        more=more,
        events=events_sql(plan),
    )


def firsts_sql(plan: RetentionPlan) -> Sql:
    """The first event ever that meets the target, as `first_at`, with its value of the breakdown.

    Or the first of its name, for those in which it meets the target, too.
    """
    searched = plan.target.without_filters() if plan.kind == FIRST_EVER else plan.target
    return compose(
        "SELECT e.team_id, {actor} AS actor, {part} AS part, {value} AS value, min(e.timestamp) AS first_at"
        " FROM {source} WHERE {meant} GROUP BY 1, 2, 3"
        " HAVING min(e.timestamp) = min(e.timestamp) FILTER (WHERE {target})",
        actor=actor_sql(plan.actor),
        part=part_sql(plan),
        value=_first_value(plan),
        source=_source(plan, [plan.target]),
        meant=_meant(plan, [searched]),
        target=entity_sql(plan.target, clock=plan.clock),
    )


def valued_sql(plan: RetentionPlan, relation: str) -> Sql:
    """The rows of a relation; where the breakdown is by a property of the actor, with that as their `value`."""
    if plan.breakdown is None or plan.value_of != "actor":
        return Sql(f"SELECT * FROM {relation}")
    return compose(
        f"SELECT {relation}.*, {{value}} AS value"
        f" FROM {relation} JOIN persons p ON p.team_id = {{team_id}} AND p.number = {relation}.actor",
        value=value_sql(plan.breakdown),
        team_id=plan.team_id,
    )


def value_column(plan: RetentionPlan, known: str) -> str:
    """The value as far as histories know it: that of an actor's property is looked up when they are few."""
    return "" if plan.value_of == "actor" else f", {known} AS value"


def _first_value(plan: RetentionPlan) -> Sql:
    if plan.breakdown is None or plan.value_of != "first event":
        return part_sql(plan)
    value = value_sql(plan.breakdown)
    return compose("(array_agg({value} ORDER BY e.timestamp, e.uuid))[1]", value=value)


def _source(plan: RetentionPlan, entities: list[Entity]) -> Sql:
    values = [plan.breakdown] if plan.breakdown and plan.value_of != "actor" else []
    adds_up_persons = plan.amount is not None and plan.amount.property.scope == "person"
    reads_persons = adds_up_persons or any(one.reads_persons for one in values)
    reads_persons = reads_persons or any(one.reads_persons for one in entities)
    return events_with(map(value_sql, values), team_id=plan.team_id, with_persons=reads_persons)


def _meant(plan: RetentionPlan, entities: list[Entity]) -> Sql:
    return compose(
        "e.team_id = {team_id} AND e.timestamp < {end} AND {has_actor} AND {named} AND {matching}",
        team_id=plan.team_id,
        end=plan.starts[-1],
        has_actor=has_actor(plan.actor),
        named=named(event_names(entities)),
        matching=matching(entities, clock=plan.clock),
    )
