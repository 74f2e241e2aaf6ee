"""The statement of retention: each history becomes two masks of bits, and equal pairs of masks are counted."""

from events.filtering.sql import Sql, compose
from insights.queries.retention.bits import bit_sql, bits_sql
from insights.queries.retention.histories import (
    KEYS,
    events_sql,
    firsts_sql,
    part_sql,
    period_sql,
    value_column,
    valued_sql,
)
from insights.queries.retention.plan import RetentionPlan
from insights.queries.retention.rolling import rolling_sql
from insights.queries.sources import actor_sql, entity_sql


def cells(plan: RetentionPlan) -> Sql:
    """value, period of the target, column, persons, and nothing as their sum.

    `came` has a bit for each period. So has `came_back`; or, where periods are everybody's own, for each since theirs.
    """
    own_period = "0" if plan.is_rolling else "first"
    back = f"substring(came_back FROM {own_period} + since + 1 FOR until - since + 1)"
    width = plan.width if plan.is_rolling else plan.count
    return compose(
        "WITH histories AS MATERIALIZED ({histories}), valued AS ({valued}), masks AS MATERIALIZED ("
        "SELECT value, came, came_back, count(*) AS number FROM valued WHERE bit_count(came) > 0 GROUP BY 1, 2, 3),"
        " ranked AS (SELECT value, dense_rank() OVER (ORDER BY sum(number * bit_count(came)) DESC, value) AS place"
        " FROM masks GROUP BY value)"
        " SELECT CASE WHEN place <= {limit}::int THEN value END, first, windows.number - 1, sum(masks.number)::bigint,"
        " 0::float8 FROM masks JOIN ranked USING (value)"
        f" CROSS JOIN generate_series(0, {plan.count - 1}) AS first CROSS JOIN {{windows}}"
        " WHERE get_bit(came, first) = 1"
        f" AND (windows.number = 1 OR {own_period} + since < {width} AND position(B'1' IN {back}) > 0)"
        " GROUP BY 1, 2, 3",
        histories=rolling_sql(plan) if plan.is_rolling else _histories(plan),
        valued=valued_sql(plan, "histories"),
        limit=plan.breakdown_limit,
        windows=_windows(plan),
    )


def _windows(plan: RetentionPlan) -> Sql:
    """The columns of the answer: their numbers, and the first and last period since the beginning."""
    return compose(
        "unnest({since}::int[], {until}::int[]) WITH ORDINALITY AS windows (since, until, number)",
        since=[window.first for window in plan.windows],
        until=[window.last for window in plan.windows],
    )


def _histories(plan: RetentionPlan) -> Sql:
    """actor, value, and as bits: the periods in which they came, and came back often enough."""
    visits = compose(
        "SELECT e.team_id, {actor} AS actor, {part} AS part, {period} AS period, bool_or({target}) AS came,"
        " count(*) FILTER (WHERE {returning}) >= {minimum}::int AS came_back FROM {events} GROUP BY 1, 2, 3, 4",
        actor=actor_sql(plan.actor),
        part=part_sql(plan),
        period=period_sql(plan, "e.timestamp"),
        target=entity_sql(plan.target, clock=plan.clock),
        returning=entity_sql(plan.returning, clock=plan.clock),
        minimum=plan.minimum,
        events=events_sql(plan),
    )
    came = bits_sql("came", "period", width=plan.count) if plan.is_recurring else "NULL"
    masks = compose(
        f"SELECT {KEYS}{value_column(plan, 'part')}, {came} AS came,"
        f" {bits_sql('came_back', 'period', width=plan.count)} AS came_back"
        " FROM ({visits}) AS visits GROUP BY 1, 2, 3",
        visits=visits,
    )
    return masks if plan.is_recurring else _of_first_period(plan, masks)


def _of_first_period(plan: RetentionPlan, masks: Sql) -> Sql:
    """Only the period of the first target event ever counts."""
    return compose(
        f"SELECT {KEYS}{value_column(plan, 'firsts.value')}, {bit_sql('({period})', width=plan.count)} AS came,"
        f" coalesce(masks.came_back, 0::bit({plan.count})) AS came_back"
        f" FROM ({{firsts}}) AS firsts LEFT JOIN ({{masks}}) AS masks USING ({KEYS})"
        " WHERE first_at >= {begin}::timestamptz",
        period=period_sql(plan, "first_at"),
        firsts=firsts_sql(plan),
        masks=masks,
        begin=plan.starts[0],
    )
