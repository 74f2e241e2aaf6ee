"""The questions: each as a tile of a dashboard asks it, and as one would ask DuckDB, with the answers made comparable.

Rows of a question are tuples of keys and numbers; zeros, which only one side may write down, are left out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Rows = Iterator[tuple[Any, ...]]

QUARTER = {"date_from": "2026-01-01", "date_to": "2026-03-31"}
MONTH = {"date_from": "2026-03-02", "date_to": "2026-03-31"}
IN_QUARTER = "timestamp >= '2026-01-01' AND timestamp < '2026-04-01'"
IN_MONTH = "timestamp >= '2026-03-02' AND timestamp < '2026-04-01'"
DAY = "timestamp::date"
OTHER = "$$_posthog_breakdown_other_$$"


@dataclass(frozen=True, kw_only=True)
class Question:
    """`rows` makes rows of a tile's result; `sql` gives the same rows from DuckDB."""

    name: str
    query: Json
    sql: str
    rows: Callable[[Any], Rows]


def lines(result: list[Json]) -> Rows:
    """day, number"""
    return ((day, number) for one in result for day, number in zip(one["days"], one["data"], strict=True) if number)


def broken_down(result: list[Json]) -> Rows:
    """value, day, number"""
    for one in result:
        value = one["breakdown_value"]
        yield from ((value if isinstance(value, str) else "::".join(value), *row) for row in lines([one]))


def compared(result: list[Json]) -> Rows:
    """which period, day, number"""
    return ((one["compare_label"], *row) for one in result for row in lines([one]))


def total(result: list[Json]) -> Rows:
    yield from ((one["aggregated_value"],) for one in result)


def funnel(result: list[Json]) -> Rows:
    """step, persons, average and median seconds"""
    for one in result:
        yield one["order"], one["count"], one["average_conversion_time"], one["median_conversion_time"]


def funnel_counts(result: list[Json]) -> Rows:
    """step, persons"""
    return ((one["order"], one["count"]) for one in result)


def funnel_by_value(result: list[list[Json]]) -> Rows:
    """value, step, persons"""
    return ((one["breakdown_value"][0], one["order"], one["count"]) for steps in result for one in steps)


def bins(result: Json) -> Rows:
    """first second, persons"""
    return ((low, persons) for low, persons in result["bins"] if persons)


def retained(result: list[Json]) -> Rows:
    """first day of the period, periods later, persons"""
    for row in result:
        counts = (value["count"] for value in row["values"])
        yield from ((row["date"][:10], later, count) for later, count in enumerate(counts) if count)


def statuses(result: list[Json]) -> Rows:
    """status, day, persons"""
    return ((one["status"], *row) for one in result for row in lines([one]))


def edges(result: list[Json]) -> Rows:
    """from, to, how often, milliseconds"""
    return ((one["source"], one["target"], one["value"], one["average_conversion_time"]) for one in result)


def table(result: list[list[Any]]) -> Rows:
    return (tuple(row) for row in result)


def event(name: str, math: str = "total", **more: Any) -> Json:
    return {"kind": "EventsNode", "event": name, "name": name, "math": math, **more}


def trends(*series: Json, during: Json, display: str = "ActionsLineGraph", formula: str = "", **more: Any) -> Json:
    shown = {"display": display} | ({"formula": formula} if formula else {})
    return insight("TrendsQuery", series=list(series), dateRange=during, trendsFilter=shown, **more)


def insight(kind: str, **source: Any) -> Json:
    return {"kind": "InsightVizNode", "source": {"kind": kind, **source}}


def funnels(*names: str, **how: Any) -> Json:
    breakdown = {"breakdownFilter": how.pop("breakdown")} if "breakdown" in how else {}
    steps = [event(name) for name in names]
    return insight("FunnelsQuery", series=steps, dateRange=MONTH, funnelsFilter=how, **breakdown)


STEPS = ("$pageview", "signed_up", "note_created")
WRITES = {"id": "note_created", "name": "note_created", "type": "events"}


def _ordered(window: str, *, columns: str = "") -> str:
    """CTEs: `best` has each person's best attempt, with the times t0, t1, t2 and the number of steps reached."""
    return f"""
        WITH steps AS (
            SELECT person_id, timestamp AS t, event{columns} FROM events
            WHERE event IN ('$pageview', 'signed_up', 'note_created') AND {IN_MONTH}
        ), later AS (
            SELECT a.person_id, a.t AS t1, b.t AS t2 FROM (FROM steps WHERE event = 'signed_up') a
            ASOF LEFT JOIN (FROM steps WHERE event = 'note_created') b ON a.person_id = b.person_id AND a.t < b.t
        ), attempts AS (
            SELECT a.person_id, a.t AS t0, b.t1, b.t2,
                CASE WHEN b.t2 <= a.t + {window} THEN 3 WHEN b.t1 <= a.t + {window} THEN 2 ELSE 1 END AS reached
            FROM (FROM steps WHERE event = '$pageview') a
            ASOF LEFT JOIN later b ON a.person_id = b.person_id AND a.t < b.t1
        )
    """


BEST = """, best AS (
    SELECT DISTINCT ON (person_id) * FROM attempts
    ORDER BY person_id, reached DESC, CASE reached WHEN 3 THEN t2 WHEN 2 THEN t1 ELSE t0 END, t0 DESC
)"""
TWO_WEEKS, ONE_DAY = "INTERVAL 14 DAY", "INTERVAL 1 DAY"

_COUNTS_OF_STEPS = """
    SELECT step, count(*) FROM (SELECT max(reached) AS reached FROM attempts GROUP BY person_id)
    JOIN range(3) AS steps (step) ON reached > step GROUP BY 1
"""

QUESTIONS = [
    Question(
        name="trends: total per day, 90 days",
        query=trends(event("$pageview"), during=QUARTER),
        sql=f"SELECT {DAY}, count(*) FROM events WHERE event = '$pageview' AND {IN_QUARTER} GROUP BY 1",
        rows=lines,
    ),
    Question(
        name="trends: unique persons per day, 90 days",
        query=trends(event("$pageview", "dau"), during=QUARTER),
        sql=f"SELECT {DAY}, count(DISTINCT person_id) FROM events"
        f" WHERE event = '$pageview' AND {IN_QUARTER} GROUP BY 1",
        rows=lines,
    ),
    Question(
        name="trends: weekly active persons, 30 days",
        query=trends(event("$pageview", "weekly_active"), during=MONTH),
        sql=f"""
            WITH active AS (
                SELECT DISTINCT person_id, {DAY} AS day FROM events
                WHERE event = '$pageview' AND timestamp >= '2026-02-24' AND timestamp < '2026-04-01'
            )
            SELECT shown.day::date, count(DISTINCT person_id)
            FROM range(TIMESTAMP '2026-03-02', TIMESTAMP '2026-04-01', INTERVAL 1 DAY) AS shown (day)
            JOIN active ON active.day BETWEEN shown.day::date - 6 AND shown.day::date GROUP BY 1
        """,
        rows=lines,
    ),
    Question(
        name="trends: sum of a property, 90 days",
        query=trends(event("subscribed", "sum", math_property="price"), during=QUARTER),
        sql=f"SELECT {DAY}, sum((properties ->> '$.price')::double) FROM events"
        f" WHERE event = 'subscribed' AND {IN_QUARTER} GROUP BY 1",
        rows=lines,
    ),
    Question(
        name="trends: median of a property, 30 days",
        query=trends(event("note_created", "median", math_property="words"), during=MONTH),
        sql=f"SELECT {DAY}, median((properties ->> '$.words')::double) FROM events"
        f" WHERE event = 'note_created' AND {IN_MONTH} GROUP BY 1",
        rows=lines,
    ),
    Question(
        name="trends: by browser, 30 days",
        query=trends(
            event("$pageview"), during=MONTH, breakdownFilter={"breakdown": "$browser", "breakdown_type": "event"}
        ),
        sql=f"SELECT prop_browser, {DAY}, count(*) FROM events WHERE event = '$pageview' AND {IN_MONTH} GROUP BY 1, 2",
        rows=broken_down,
    ),
    Question(
        name="trends: unique persons by an unpromoted property, top 25 and others, 30 days",
        query=trends(
            event("$pageview", "dau"),
            during=MONTH,
            breakdownFilter={"breakdown": "$geoip_country_code", "breakdown_type": "event"},
        ),
        sql=f"""
            WITH found AS (
                SELECT properties ->> '$.$geoip_country_code' AS value, {DAY} AS day, person_id
                FROM events WHERE event = '$pageview' AND {IN_MONTH}
            ), largest AS (
                SELECT value FROM (SELECT value, day, count(DISTINCT person_id) AS n FROM found GROUP BY 1, 2)
                GROUP BY 1 ORDER BY sum(n) DESC, value LIMIT 25
            )
            SELECT CASE WHEN value IN (FROM largest) THEN value ELSE '{OTHER}' END, day, count(DISTINCT person_id)
            FROM found GROUP BY 1, 2
        """,
        rows=broken_down,
    ),
    Question(
        name="trends: by browser and system, 30 days",
        query=trends(
            event("$pageview"),
            during=MONTH,
            breakdownFilter={
                "breakdown_limit": 50,
                "breakdowns": [{"property": "$browser", "type": "event"}, {"property": "$os", "type": "event"}],
            },
        ),
        sql=f"SELECT prop_browser || '::' || prop_os, {DAY}, count(*) FROM events"
        f" WHERE event = '$pageview' AND {IN_MONTH} GROUP BY 1, 2",
        rows=broken_down,
    ),
    Question(
        name="trends: a formula of two series, 90 days",
        query=trends(event("note_shared", "dau"), event("note_created", "dau"), during=QUARTER, formula="A / B * 100"),
        sql=f"""
            SELECT {DAY}, count(DISTINCT person_id) FILTER (WHERE event = 'note_shared')
                / count(DISTINCT person_id) FILTER (WHERE event = 'note_created') * 100
            FROM events WHERE event IN ('note_shared', 'note_created') AND {IN_QUARTER} GROUP BY 1
        """,
        rows=lines,
    ),
    Question(
        name="trends: compared with the 30 days before",
        query=trends(event("note_created", "dau"), during=MONTH, compareFilter={"compare": True}),
        sql=f"""
            SELECT CASE WHEN timestamp >= '2026-03-02' THEN 'current' ELSE 'previous' END, {DAY},
                count(DISTINCT person_id)
            FROM events WHERE event = 'note_created' AND timestamp >= '2026-01-31' AND timestamp < '2026-04-01'
            GROUP BY 1, 2
        """,
        rows=compared,
    ),
    Question(
        name="trends: running total, 90 days",
        query=trends(event("signed_up"), during=QUARTER, display="ActionsLineGraphCumulative"),
        sql=f"""
            SELECT day, sum(n) OVER (ORDER BY day)::bigint FROM (
                SELECT {DAY} AS day, count(*) AS n FROM events WHERE event = 'signed_up' AND {IN_QUARTER} GROUP BY 1
            )
        """,
        rows=lines,
    ),
    Question(
        name="trends: one number, unique persons in 30 days",
        query=trends(event("$pageview", "dau"), during=MONTH, display="BoldNumber"),
        sql=f"SELECT count(DISTINCT person_id) FROM events WHERE event = '$pageview' AND {IN_MONTH}",
        rows=total,
    ),
    Question(
        name="funnel: three steps in order, 14 days",
        query=funnels(*STEPS),
        sql=_ordered(TWO_WEEKS)
        + BEST
        + """
            SELECT 0, count(*), NULL, NULL FROM best
            UNION ALL SELECT 1, count(*), avg(epoch(t1) - epoch(t0)), median(epoch(t1) - epoch(t0))
                FROM best WHERE reached > 1
            UNION ALL SELECT 2, count(*), avg(epoch(t2) - epoch(t1)), median(epoch(t2) - epoch(t1))
                FROM best WHERE reached > 2
        """,
        rows=funnel,
    ),
    Question(
        name="funnel: three steps, strictly in order",
        query=funnels(*STEPS, funnelOrderType="strict"),
        sql=f"""
            WITH followed AS (
                SELECT person_id, event AS e0, timestamp AS t0, lead(event, 1) OVER w AS e1,
                    lead(timestamp, 1) OVER w AS t1, lead(event, 2) OVER w AS e2, lead(timestamp, 2) OVER w AS t2
                FROM events WHERE {IN_MONTH} WINDOW w AS (PARTITION BY person_id ORDER BY timestamp)
            ), attempts AS (
                SELECT person_id, CASE
                    WHEN e1 = 'signed_up' AND e2 = 'note_created' AND t2 <= t0 + {TWO_WEEKS} THEN 3
                    WHEN e1 = 'signed_up' AND t1 <= t0 + {TWO_WEEKS} THEN 2 ELSE 1 END AS reached
                FROM followed WHERE e0 = '$pageview'
            )
        """
        + _COUNTS_OF_STEPS,
        rows=funnel_counts,
    ),
    Question(
        name="funnel: three steps in any order",
        query=funnels(*STEPS, funnelOrderType="unordered", funnelWindowInterval=1),
        sql=f"""
            WITH steps AS (
                SELECT person_id, timestamp AS t, event FROM events
                WHERE event IN ('$pageview', 'signed_up', 'note_created') AND {IN_MONTH}
            ), attempts AS (
                SELECT a.person_id, 1 + coalesce(p.t <= a.t + {ONE_DAY} AND a.event <> '$pageview', FALSE)::int
                    + coalesce(s.t <= a.t + {ONE_DAY} AND a.event <> 'signed_up', FALSE)::int
                    + coalesce(n.t <= a.t + {ONE_DAY} AND a.event <> 'note_created', FALSE)::int AS reached
                FROM steps a
                ASOF LEFT JOIN (FROM steps WHERE event = '$pageview') p ON a.person_id = p.person_id AND a.t <= p.t
                ASOF LEFT JOIN (FROM steps WHERE event = 'signed_up') s ON a.person_id = s.person_id AND a.t <= s.t
                ASOF LEFT JOIN (FROM steps WHERE event = 'note_created') n ON a.person_id = n.person_id AND a.t <= n.t
            )
        """
        + _COUNTS_OF_STEPS,
        rows=funnel_counts,
    ),
    Question(
        name="funnel: time to convert",
        query=funnels(*STEPS, funnelVizType="time_to_convert", binCount=10),
        sql=_ordered(TWO_WEEKS)
        + BEST
        + """, durations AS (SELECT epoch(t2) - epoch(t0) AS seconds FROM best WHERE reached = 3),
            sizes AS (
                SELECT floor(min(seconds)) AS low, ceil((ceil(max(seconds)) - floor(min(seconds))) / 10) AS width
                FROM durations
            )
            SELECT low + floor((seconds - low) / width) * width, count(*) FROM durations, sizes GROUP BY 1
        """,
        rows=bins,
    ),
    Question(
        name="funnel: conversion per day",
        query=funnels(*STEPS, funnelVizType="trends", funnelWindowInterval=1),
        sql=_ordered(ONE_DAY)
        + """
            SELECT day, round(count(*) FILTER (WHERE reached = 3) / count(*) * 100, 2) AS rate
            FROM (SELECT t0::date AS day, max(reached) AS reached FROM attempts GROUP BY t0::date, person_id)
            GROUP BY 1 HAVING rate > 0
        """,
        rows=lines,
    ),
    Question(
        name="funnel: by browser of the first touch",
        query=funnels(*STEPS, breakdown={"breakdown": "$browser", "breakdown_type": "event"}),
        sql=_ordered(TWO_WEEKS, columns=", prop_browser")
        + """, touches AS (SELECT person_id, arg_min(prop_browser, t) AS value FROM steps GROUP BY 1),
            best AS (SELECT person_id, max(reached) AS reached FROM attempts GROUP BY 1)
            SELECT value, step, count(*) FILTER (WHERE reached > step)
            FROM best JOIN touches USING (person_id) CROSS JOIN range(3) AS steps (step) GROUP BY 1, 2
        """,
        rows=funnel_by_value,
    ),
    Question(
        name="retention: 14 days",
        query=insight(
            "RetentionQuery",
            dateRange={"date_to": "2026-03-31"},
            retentionFilter={
                "period": "Day",
                "totalIntervals": 14,
                "targetEntity": WRITES,
                "returningEntity": WRITES,
            },
        ),
        sql=f"""
            WITH came AS (
                SELECT DISTINCT person_id, {DAY} AS day FROM events
                WHERE event = 'note_created' AND timestamp >= '2026-03-18' AND timestamp < '2026-04-01'
            )
            SELECT a.day, b.day - a.day, count(*) FROM came a JOIN came b USING (person_id) WHERE b.day >= a.day
            GROUP BY 1, 2
        """,
        rows=retained,
    ),
    Question(
        name="retention: 8 weeks, from the first time",
        query=insight(
            "RetentionQuery",
            dateRange={"date_to": "2026-03-31"},
            retentionFilter={
                "period": "Week",
                "totalIntervals": 8,
                "retentionType": "retention_first_time",
                "targetEntity": WRITES,
                "returningEntity": WRITES,
            },
        ),
        sql=f"""
            WITH came AS (
                SELECT DISTINCT person_id, ({DAY} - DATE '2026-02-08') // 7 AS week FROM events
                WHERE event = 'note_created' AND timestamp >= '2026-02-08' AND timestamp < '2026-04-05'
            ), firsts AS (
                SELECT person_id, (min(timestamp)::date - DATE '2026-02-08') // 7 AS week FROM events
                WHERE event = 'note_created' GROUP BY 1 HAVING min(timestamp) >= '2026-02-08'
            )
            SELECT DATE '2026-02-08' + 7 * a.week::int, b.week - a.week, count(*)
            FROM firsts a JOIN came b USING (person_id) WHERE b.week >= a.week GROUP BY 1, 2
        """,
        rows=retained,
    ),
    Question(
        name="lifecycle, 30 days",
        query=insight("LifecycleQuery", series=[event("note_created")], dateRange=MONTH),
        sql=f"""
            WITH active AS (
                SELECT DISTINCT person_id, {DAY} AS day FROM events
                WHERE event = 'note_created' AND timestamp >= '2026-03-01' AND timestamp < '2026-04-01'
            ), named AS (
                SELECT day, CASE WHEN created_at::date = day THEN 'new' WHEN lag(day) OVER w = day - 1 THEN 'returning'
                    ELSE 'resurrecting' END AS status, lead(day) OVER w IS DISTINCT FROM day + 1 AS leaves
                FROM active JOIN persons ON number = person_id WINDOW w AS (PARTITION BY person_id ORDER BY day)
            )
            SELECT status, day, count(*) FROM named WHERE day >= '2026-03-02' GROUP BY 1, 2
            UNION ALL SELECT 'dormant', day + 1, -count(*) FROM named WHERE leaves AND day < '2026-03-31' GROUP BY 2
        """,
        rows=statuses,
    ),
    Question(
        name="stickiness, 30 days",
        query=insight("StickinessQuery", series=[event("note_created", "dau")], dateRange=MONTH),
        sql=f"""
            SELECT days, count(*) FROM (
                SELECT count(DISTINCT {DAY}) AS days FROM events
                WHERE event = 'note_created' AND {IN_MONTH} GROUP BY person_id
            ) GROUP BY 1
        """,
        rows=lines,
    ),
    Question(
        name="paths of pages, 30 days",
        query=insight(
            "PathsQuery",
            dateRange=MONTH,
            pathsFilter={"includeEventTypes": ["$pageview"], "stepLimit": 5, "edgeLimit": 10_000},
        ),
        sql=f"""
            WITH steps AS (
                SELECT person_id, timestamp AS t, regexp_replace(prop_current_url, '(.)/$', '\\1') AS name,
                    t - lag(t) OVER w AS pause
                FROM events WHERE event = '$pageview' AND {IN_MONTH} WINDOW w AS (PARTITION BY person_id ORDER BY t)
            ), sessions AS (
                SELECT *, count(*) FILTER (WHERE pause IS NULL OR pause >= INTERVAL 30 MINUTE)
                    OVER (PARTITION BY person_id ORDER BY t ROWS UNBOUNDED PRECEDING) AS session FROM steps
            ), changes AS (
                SELECT * FROM sessions
                QUALIFY name IS DISTINCT FROM lag(name) OVER (PARTITION BY person_id, session ORDER BY t)
            ), placed AS (
                SELECT name, row_number() OVER w AS step, lead(name) OVER w AS next, epoch(lead(t) OVER w) - epoch(t)
                    AS wait FROM changes WINDOW w AS (PARTITION BY person_id, session ORDER BY t)
            )
            SELECT step || '_' || name, (step + 1) || '_' || next, count(*), avg(wait) * 1000 FROM placed
            WHERE step < 5 AND next IS NOT NULL GROUP BY 1, 2
        """,
        rows=edges,
    ),
    Question(
        name="SQL: notes, writers and words by plan, 30 days",
        query={
            "kind": "DataVisualizationNode",
            "source": {
                "kind": "HogQLQuery",
                "query": "select properties.plan as plan, count() as notes, count(distinct person_id) as writers,"
                " avg(toFloat(properties.words)) as words from events where event = 'note_created'"
                " and timestamp >= toDateTime('2026-03-02 00:00:00')"
                " and timestamp < toDateTime('2026-04-01 00:00:00') group by plan order by plan",
            },
        },
        sql=f"""
            SELECT properties ->> '$.plan', count(*), count(DISTINCT person_id),
                avg((properties ->> '$.words')::double)
            FROM events WHERE event = 'note_created' AND {IN_MONTH} GROUP BY 1
        """,
        rows=table,
    ),
    Question(
        name="table: the last 100 subscriptions of a plan",
        query={
            "kind": "DataTableNode",
            "source": {
                "kind": "EventsQuery",
                "select": ["uuid", "distinct_id", "properties.price"],
                "event": "subscribed",
                "properties": [{"type": "event", "key": "plan", "operator": "exact", "value": ["team"]}],
                "after": "2026-01-01",
                "before": "2026-04-01",
                "orderBy": ["timestamp DESC"],
                "limit": 100,
            },
        },
        sql="""
            SELECT uuid::text, distinct_id, properties ->> '$.price' FROM events
            WHERE event = 'subscribed' AND timestamp > '2026-01-01' AND timestamp < '2026-04-01'
                AND properties ->> '$.plan' = 'team'
            ORDER BY timestamp DESC LIMIT 100
        """,
        rows=table,
    ),
]
