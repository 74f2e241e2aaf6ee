"""The statement of retention that adds up a property of the events, beside counting whose they are."""

from events.filtering.readings import number_of
from events.filtering.sql import Sql, compose
from insights.queries.retention.histories import (
    KEYS,
    firsts_sql,
    moments_sql,
    period_sql,
    value_column,
    valued_sql,
)
from insights.queries.retention.plan import Amount, RetentionPlan
from insights.queries.sources import property_sql


def sums(plan: RetentionPlan) -> Sql:
    """value, period of the target, column, persons, the sum of their events in it."""
    assert plan.amount is not None
    return compose(
        "WITH visits AS MATERIALIZED ({visits}), begun AS ({begun}), starts AS MATERIALIZED ({starts}),"
        " ranked AS (SELECT value, dense_rank() OVER (ORDER BY count(*) DESC, value) AS place"
        " FROM starts GROUP BY value), histories AS ("
        f"SELECT {KEYS}, value, period AS first, 1 AS number, at_first AS amount FROM starts"
        f" UNION ALL SELECT {KEYS}, value, starts.period,"
        " width_bucket(visits.period - starts.period, {since}::int[]), sum(at_return)"
        f" FROM starts JOIN visits USING ({KEYS})"
        " WHERE came_back AND visits.period > starts.period AND visits.period < starts.period + {width}::int"
        " GROUP BY 1, 2, 3, 4, 5, 6)"
        " SELECT CASE WHEN place <= {limit}::int THEN value END, first, number - 1, count(*), sum(amount)"
        " FROM histories JOIN ranked USING (value) GROUP BY 1, 2, 3",
        visits=_visits(plan, plan.amount),
        begun=_begun(plan),
        starts=valued_sql(plan, "begun"),
        since=[window.first for window in plan.windows],
        width=plan.width,
        limit=plan.breakdown_limit,
    )


def _visits(plan: RetentionPlan, amount: Amount) -> Sql:
    """What each history has in a period. A value that is no number counts as nothing."""
    first = "is_target OR is_returning AND at > came_at" if amount.adds_returning else "is_target"
    return compose(
        f"SELECT {KEYS}, period, bool_or(is_target) AS came,"
        " count(*) FILTER (WHERE is_returning) >= {minimum}::int AS came_back,"
        f" coalesce(sum(amount) FILTER (WHERE {first}), 0) AS at_first,"
        " coalesce(sum(amount) FILTER (WHERE is_returning), 0) AS at_return"
        f" FROM (SELECT *, min(at) FILTER (WHERE is_target) OVER (PARTITION BY {KEYS}, period) AS came_at"
        " FROM ({moments}) AS moments) AS moments GROUP BY 1, 2, 3, 4",
        minimum=plan.minimum,
        moments=moments_sql(plan, more=_amount(plan, amount)),
    )


def _amount(plan: RetentionPlan, amount: Amount) -> Sql:
    return compose(
        ", {period} AS period, coalesce({amount}, 0) AS amount",
        period=period_sql(plan, "e.timestamp"),
        amount=number_of(property_sql(amount.property)),
    )


def _begun(plan: RetentionPlan) -> Sql:
    """The periods that begin a row: all in which they came, or that of the first target event ever."""
    if plan.is_recurring:
        return Sql(f"SELECT {KEYS}{value_column(plan, 'part')}, period, at_first FROM visits WHERE came")
    return compose(
        f"SELECT {KEYS}{value_column(plan, 'firsts.value')}, visits.period, at_first"
        f" FROM ({{firsts}}) AS firsts JOIN visits USING ({KEYS})"
        " WHERE came AND first_at >= {begin}::timestamptz AND visits.period = {period}",
        firsts=firsts_sql(plan),
        begin=plan.starts[0],
        period=period_sql(plan, "first_at"),
    )
