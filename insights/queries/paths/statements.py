"""The statements of paths. An event's step is named, a person's steps are cut into sessions and numbered."""

from events.filtering.sql import Sql, compose, joined
from insights.queries.paths.plan import PathsPlan
from insights.queries.sources import actor_sql, between, entity_sql, has_actor, source

SESSION_GAP = "30 minutes"
_OWN = "team_id, actor"
_ORDER = "ORDER BY at, uuid"

_NAME = (
    "CASE e.event WHEN '$pageview' THEN regexp_replace(coalesce(e.prop_current_url, ''), '(.)/$', '\\1')"
    " WHEN '$screen' THEN coalesce(e.properties ->> '$screen_name', '') ELSE e.event END"
)
_KINDS = {
    "$pageview": "e.event = '$pageview'",
    "$screen": "e.event = '$screen'",
    "custom_event": "NOT starts_with(e.event, '$')",
}


def names(plan: PathsPlan, *, limit: int) -> Sql:
    """The different names of steps."""
    return compose(f"SELECT DISTINCT {_NAME} {{matching}} LIMIT {{limit}}", matching=_matching(plan), limit=limit)


def edges(plan: PathsPlan, *, renamed: dict[str, str] | None) -> Sql:
    """step, name, next name, how often, average milliseconds between: the most frequent first."""
    least, most = plan.weights
    return compose(
        "WITH numbered AS ({numbered}), pairs AS (SELECT step, name, lead(name) OVER w AS next,"
        f" lead(at) OVER w - at AS wait FROM numbered WINDOW w AS (PARTITION BY {_OWN}, session ORDER BY step))"
        " SELECT step, name, next, count(*), avg(extract(epoch FROM wait)::float8) * 1000 FROM pairs"
        " WHERE next IS NOT NULL GROUP BY 1, 2, 3 HAVING count(*) >= {least}::int AND {not_too_many}"
        ' ORDER BY 4 DESC, step, name COLLATE "C", next COLLATE "C" LIMIT {limit}',
        numbered=_shown(plan, renamed),
        least=least,
        not_too_many=Sql("TRUE") if most is None else compose("count(*) <= {most}::int", most=most),
        limit=plan.edge_limit,
    )


def _steps(plan: PathsPlan, renamed: dict[str, str] | None) -> Sql:
    """team_id, actor, at, uuid, name."""
    raw = compose(
        f"SELECT e.team_id, {{actor}} AS actor, e.timestamp AS at, e.uuid, {_NAME} AS name {{matching}}",
        actor=actor_sql(plan.actor),
        matching=_matching(plan),
    )
    if renamed is not None:
        raw = compose(
            "SELECT team_id, actor, at, uuid, coalesce(cleaned, name) AS name FROM ({raw}) AS raw"
            " LEFT JOIN unnest({before}::text[], {after}::text[]) AS renamed (name, cleaned) USING (name)",
            raw=raw,
            before=list(renamed),
            after=list(renamed.values()),
        )
    return compose(
        "SELECT * FROM ({raw}) AS steps WHERE name <> ALL({excluded}::text[])", raw=raw, excluded=list(plan.excluded)
    )


def _compacted(plan: PathsPlan, renamed: dict[str, str] | None) -> Sql:
    """Sessions end with a pause; a step that is repeated at once is one step, at the time of the first."""
    timed = compose(
        f"SELECT *, at - lag(at) OVER (PARTITION BY {_OWN} {_ORDER}) AS pause FROM ({{steps}}) AS steps",
        steps=_steps(plan, renamed),
    )
    sessions = compose(
        f"SELECT *, count(*) FILTER (WHERE pause IS NULL OR pause >= interval '{SESSION_GAP}')"
        f" OVER (PARTITION BY {_OWN} {_ORDER} ROWS UNBOUNDED PRECEDING) AS session FROM ({{timed}}) AS timed",
        timed=timed,
    )
    return compose(
        f"SELECT *, name IS DISTINCT FROM lag(name) OVER (PARTITION BY {_OWN}, session {_ORDER}) AS is_new"
        " FROM ({sessions}) AS sessions",
        sessions=sessions,
    )


def _shown(plan: PathsPlan, renamed: dict[str, str] | None) -> Sql:
    """The steps that are counted, numbered from 1: the first ones, or those around the point that was asked for."""
    placed = compose(
        f"SELECT *, row_number() OVER (PARTITION BY {_OWN}, session {_ORDER}) AS place"
        " FROM ({compacted}) AS compacted WHERE is_new",
        compacted=_compacted(plan, renamed),
    )
    begin = _begin(plan)
    last = Sql("end_place") if plan.end else compose("({begin} + {more}::int)", begin=begin, more=plan.shown_steps - 1)
    return compose(
        f"SELECT {_OWN}, session, at, name, place - {{begin}} + 1 AS step FROM ("
        f"SELECT *, {{start_place}} AS start_place, {{end_place}} AS end_place FROM ({{placed}}) AS placed) AS pointed"
        " WHERE place BETWEEN {begin} AND {last}",
        begin=begin,
        start_place=_first_place(plan.start),
        end_place=_first_place(plan.end),
        placed=placed,
        last=last,
    )


def _begin(plan: PathsPlan) -> Sql:
    if plan.start:
        return Sql("start_place")
    if plan.end:
        return compose("greatest(end_place - {more}::int, 1)", more=plan.shown_steps - 1)
    return Sql("1")


def _first_place(name: str | None) -> Sql:
    """Where a session first meets the name; NULL where it never does."""
    if name is None:
        return Sql("NULL::bigint")
    return compose(f"min(place) FILTER (WHERE name = {{name}}::text) OVER (PARTITION BY {_OWN}, session)", name=name)


def _matching(plan: PathsPlan) -> Sql:
    kinds = " OR ".join(condition for kind, condition in _KINDS.items() if kind in plan.kinds) or "TRUE"
    conditions = [
        between(plan.team_id, plan.range.counted_from, plan.range.date_to),
        entity_sql(plan.events, clock=plan.clock),
        has_actor(plan.actor),
        Sql(f"({kinds})"),
    ]
    return compose(
        "FROM {source} WHERE {conditions}",
        source=source(with_persons=plan.events.reads_persons),
        conditions=joined(" AND ", conditions),
    )
