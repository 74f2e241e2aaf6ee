"""Periods that begin with each one's own first event ("24 hour windows"), in hours or days that have begun since."""

from events.filtering.sql import Sql, compose
from insights.queries.buckets import starts_from
from insights.queries.retention.bits import bit_sql, bits_sql
from insights.queries.retention.histories import KEYS, firsts_sql, moments_sql, value_column
from insights.queries.retention.plan import RetentionPlan

# How many hours, or days of the calendar, a period has.
_HOURS = {"Hour": 1, "Day": 24}
_DAYS = {"Week": 7, "Month": 30}


def rolling_sql(plan: RetentionPlan) -> Sql:
    """actor, value, and as bits: in which period of the range they came first, and in which since then again."""
    return compose(
        "WITH moments AS MATERIALIZED ({moments}), anchors AS MATERIALIZED ({anchors}), visits AS ("
        f"SELECT {KEYS}, anchors.value, {{period}} AS period, {{later}} AS later,"
        " count(*) FILTER (WHERE is_returning) >= {minimum}::int AS came_back"
        f" FROM anchors JOIN moments USING ({KEYS}) WHERE at >= first_at GROUP BY 1, 2, 3, 4, 5, 6)"
        f" SELECT {KEYS}{value_column(plan, 'value')}, {bit_sql('period', width=plan.count)} AS came,"
        f" {bits_sql('came_back', 'later', width=plan.width)} AS came_back"
        f" FROM visits WHERE period < {plan.count} AND later < {plan.width} GROUP BY {KEYS}, value, period",
        moments=moments_sql(plan, more=Sql("")),
        anchors=_anchors(plan),
        period=compose("({begun}) / {size}::int", begun=_units_sql(plan, "first_at"), size=_size(plan)),
        later=compose(
            "(({at}) - ({first})) / {size}::int",
            at=_units_sql(plan, "at"),
            first=_units_sql(plan, "first_at"),
            size=_size(plan),
        ),
        minimum=plan.minimum,
    )


def _anchors(plan: RetentionPlan) -> Sql:
    """When each history begins: in the range, or ever."""
    if plan.is_recurring:
        return Sql(f"SELECT {KEYS}, part AS value, min(at) AS first_at FROM moments WHERE is_target GROUP BY {KEYS}")
    return compose(
        "SELECT * FROM ({firsts}) AS firsts WHERE first_at >= {begin}::timestamptz",
        firsts=firsts_sql(plan),
        begin=plan.starts[0],
    )


def _size(plan: RetentionPlan) -> int:
    return _HOURS.get(plan.period) or _DAYS[plan.period]


def _units_sql(plan: RetentionPlan, instant: str) -> Sql:
    """How many hours or days have begun between the start of the range and an instant."""
    begin = plan.starts[0]
    if plan.period in _HOURS:
        hours = f"floor(extract(epoch FROM {instant} - {{begin}}::timestamptz) / 3600)::int"
        return compose(hours, begin=begin)
    count = (plan.starts[-1] - begin).days + 2
    midnights = starts_from(begin, interval="day", first=0, count=count)
    return compose(f"(width_bucket({instant}, {{midnights}}::timestamptz[]) - 1)", midnights=list(midnights))
