"""The display CalendarHeatmap: how much happened on which day of the week, in which hour of the day."""

from typing import Any

from events.filtering.sql import Sql, compose
from insights.queries.database import fetch_rows
from insights.queries.entities import name_of
from insights.queries.sources import actor_sql
from insights.queries.trends.plan import ACTOR_MATHS, SeriesPlan, TrendsPlan
from insights.queries.trends.shape import action_of, body_of, filter_of
from insights.queries.trends.statements import Counting

JSON = dict[str, Any]
# Cells, rows, columns and the whole: an actor counts once in each of them.
_GROUPS = "GROUPING SETS ((weekday, hour), (weekday), (hour), ())"


def answer(plan: TrendsPlan) -> JSON:
    return {**body_of(plan, [_result(plan, series) for series in plan.series]), "hasMore": False}


def _result(plan: TrendsPlan, series: SeriesPlan) -> JSON:
    [period] = plan.periods
    rows = fetch_rows(_statement(Counting(plan=plan, period=period, series=series))) if period.buckets.starts else []
    total = sum(number for weekday, hour, number in rows if weekday is None and hour is None)
    return {
        "action": action_of(plan, period, series),
        "filter": filter_of(plan, period),
        "order": series.index,
        "label": name_of(series.node),
        "data": [],
        "days": [],
        "aggregated_value": total,
        "count": total,
        "calendar_heatmap_data": _structured(rows, total),
    }


def _structured(rows: list[tuple], total: int) -> JSON:
    """Rows are days of the week, of which Monday is 1 and Sunday 7; columns are hours. What is 0 is left out."""
    rows = sorted(rows, key=lambda row: (row[0] or 0, row[1] or 0))
    return {
        "data": [
            {"row": weekday, "column": hour, "value": number}
            for weekday, hour, number in rows
            if weekday is not None and hour is not None
        ],
        "rowAggregations": [
            {"row": weekday, "value": number} for weekday, hour, number in rows if weekday is not None and hour is None
        ],
        "columnAggregations": [
            {"column": hour, "value": number} for weekday, hour, number in rows if weekday is None and hour is not None
        ],
        "allAggregations": total,
    }


def _statement(counting: Counting) -> Sql:
    """weekday, hour, number; NULL stands for all of them."""
    counts_actors = counting.series.math in ACTOR_MATHS
    cells = compose(
        "SELECT {distinct} extract(isodow FROM at)::int AS weekday, extract(hour FROM at)::int AS hour, actor"
        " FROM (SELECT e.timestamp AT TIME ZONE {zone}::text AS at, {actor} AS actor {matching}) AS seen",
        distinct=Sql("DISTINCT" if counts_actors else ""),
        actor=actor_sql(counting.series.actor) if counts_actors else Sql("NULL"),
        zone=counting.plan.clock.zone.key,
        matching=counting.matching(),
    )
    number = "count(DISTINCT actor)" if counts_actors else "count(*)"
    return compose(f"SELECT weekday, hour, {number} FROM ({{cells}}) AS cells GROUP BY {_GROUPS}", cells=cells)
