"""What the plan asks for, from Postgres: the only part of stickiness that knows the engine."""

from events.filtering.sql import Sql, compose
from insights.queries.database import fetch_rows
from insights.queries.entities import event_names
from insights.queries.periods import Period
from insights.queries.sources import actor_sql, between, entity_sql, has_actor, named, source
from insights.queries.stickiness.plan import StickinessPlan, StickinessSeries

_SIGNS = {"gte": ">=", "lte": "<=", "exact": "="}


def fetch(plan: StickinessPlan) -> dict[tuple[int, int], dict[int, int]]:
    """Keyed by the indexes of period and series: how many actors were active in how many intervals."""
    return {
        (number, series.index): dict(fetch_rows(_actors(plan, period, series)))
        for number, period in enumerate(plan.periods)
        for series in plan.series
        if period.buckets.starts
    }


def _actors(plan: StickinessPlan, period: Period, series: StickinessSeries) -> Sql:
    active = compose(
        "SELECT e.team_id, {actor} AS actor, width_bucket(e.timestamp, {starts}::timestamptz[]) AS bucket"
        " FROM {source} WHERE {between} AND {named} AND {meant} AND {has_actor} GROUP BY 1, 2, 3 HAVING {enough}",
        actor=actor_sql(series.actor),
        starts=list(plan.starts(period)),
        source=source(with_persons=series.entity.reads_persons),
        between=between(plan.team_id, period.range.counted_from, period.range.date_to),
        named=named(event_names([series.entity])),
        meant=entity_sql(series.entity, clock=plan.clock),
        has_actor=has_actor(series.actor),
        enough=_enough(plan),
    )
    return compose(
        "SELECT intervals::int, count(*) FROM (SELECT count(*) AS intervals FROM ({active}) AS active"
        " GROUP BY team_id, actor) AS actors GROUP BY 1",
        active=active,
    )


def _enough(plan: StickinessPlan) -> Sql:
    if plan.criteria is None:
        return Sql("TRUE")
    return compose(f"count(*) {_SIGNS[plan.criteria.operator]} {{value}}::int", value=plan.criteria.value)
