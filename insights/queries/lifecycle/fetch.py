"""What the plan asks for, from Postgres: the only part of lifecycle that knows the engine."""

from events.filtering.sql import Sql, compose
from insights.queries.database import fetch_rows
from insights.queries.entities import event_names
from insights.queries.lifecycle.plan import LifecyclePlan
from insights.queries.sources import actor_sql, entity_sql, has_actor, named, source

# Buckets as `width_bucket` numbers them: 1 is the one before the range, 2 its first.
_FIRST = 2


def fetch(plan: LifecyclePlan) -> dict[str, dict[int, int]]:
    """status → bucket of the range → actors."""
    found: dict[str, dict[int, int]] = {}
    for status, bucket, number in fetch_rows(_statuses(plan)):
        found.setdefault(status, {})[bucket - _FIRST] = number
    return found


def _statuses(plan: LifecyclePlan) -> Sql:
    """Who was active in one bucket and not in the next is dormant in the next."""
    first_is_new = "" if plan.looks_back else f" OR active.bucket = {_FIRST}"
    last = len(plan.buckets.starts) + 1
    return compose(
        "WITH active AS MATERIALIZED ({active}), births AS MATERIALIZED ({births}), named AS ("
        f"SELECT active.bucket, CASE WHEN births.bucket = active.bucket{first_is_new} THEN 'new'"
        " WHEN lag(active.bucket) OVER w = active.bucket - 1 THEN 'returning' ELSE 'resurrecting' END AS status,"
        " lead(active.bucket) OVER w IS DISTINCT FROM active.bucket + 1 AS leaves"
        " FROM active LEFT JOIN births USING (actor)"
        " WINDOW w AS (PARTITION BY active.team_id, active.actor ORDER BY active.bucket))"
        f" SELECT status, bucket, count(*) FROM named WHERE bucket BETWEEN {_FIRST} AND {last} GROUP BY 1, 2"
        " UNION ALL SELECT 'dormant', bucket + 1, count(*) FROM named"
        f" WHERE leaves AND bucket + 1 BETWEEN {_FIRST} AND {last} GROUP BY 1, 2",
        active=_active(plan),
        births=_born_groups(plan) if plan.actor.group_type_index is not None else _born_persons(plan),
    )


def _active(plan: LifecyclePlan) -> Sql:
    """Who was active in which bucket. Events that ask not to touch a person's profile do not count."""
    assert plan.series is not None
    starts = plan.starts
    return compose(
        "SELECT DISTINCT e.team_id, {actor} AS actor, width_bucket(e.timestamp, {starts}::timestamptz[]) AS bucket"
        " FROM {source} WHERE e.team_id = {team_id} AND e.timestamp >= {since} AND e.timestamp < {until}"
        " AND {named} AND {meant} AND {has_actor}"
        " AND (e.properties ->> '$process_person_profile') IS DISTINCT FROM 'false'",
        actor=actor_sql(plan.actor),
        starts=list(starts),
        source=source(with_persons=plan.series.entity.reads_persons),
        team_id=plan.team_id,
        since=starts[0] if plan.looks_back else starts[1],
        until=starts[-1],
        named=named(event_names([plan.series.entity])),
        meant=entity_sql(plan.series.entity, clock=plan.clock),
        has_actor=has_actor(plan.actor),
    )


def _born_persons(plan: LifecyclePlan) -> Sql:
    return compose(
        "SELECT p.number AS actor, width_bucket(p.created_at, {starts}::timestamptz[]) AS bucket FROM persons p"
        " WHERE p.team_id = {team_id} AND p.created_at >= {since} AND p.created_at < {until}",
        starts=list(plan.starts),
        team_id=plan.team_id,
        since=plan.starts[0],
        until=plan.starts[-1],
    )


def _born_groups(plan: LifecyclePlan) -> Sql:
    """A group is as old as its first event of any name."""
    return compose(
        "SELECT {actor} AS actor, width_bucket(min(e.timestamp), {starts}::timestamptz[]) AS bucket FROM events e"
        " WHERE e.team_id = {team_id} AND e.timestamp < {until} AND {actor} = ANY(SELECT actor FROM active)"
        " GROUP BY 1",
        actor=actor_sql(plan.actor),
        starts=list(plan.starts),
        team_id=plan.team_id,
        until=plan.starts[-1],
    )
