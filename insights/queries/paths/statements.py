"""The statements of paths. An event's step is named, a person's steps are cut into sessions and numbered."""

from events.filtering.sql import Sql, compose, joined
from insights.queries.event_tables import events_with
from insights.queries.paths.plan import PathsPlan
from insights.queries.sources import actor_sql, between, entity_sql, has_actor

SESSION_GAP = "30 minutes"
_OWN = "team_id, actor"
_ORDER = "ORDER BY at, uuid"

_NAMES = {
    "$pageview": (
        "CASE WHEN e.prop_current_url LIKE '_%/' THEN left(e.prop_current_url, -1)"
        " ELSE coalesce(e.prop_current_url, '') END"
    ),
    "$screen": "coalesce(e.properties ->> '$screen_name', '')",
}
#: Stands for the middle of a path that is too long between its two ends.
_LEFT_OUT = "..."
_KINDS = {
    "$pageview": "e.event = '$pageview'",
    "$screen": "e.event = '$screen'",
    "custom_event": "NOT starts_with(e.event, '$')",
}


def names(plan: PathsPlan, *, limit: int) -> Sql:
    """The different names of steps."""
    return compose(
        "SELECT DISTINCT {name} {matching} LIMIT {limit}", name=_name(plan), matching=_matching(plan), limit=limit
    )


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
        "SELECT e.team_id, {actor} AS actor, e.timestamp AS at, e.uuid, {name} AS name {matching}",
        actor=actor_sql(plan.actor),
        name=_name(plan),
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


def _name(plan: PathsPlan) -> Sql:
    """Kinds of events that were not asked for have no names of their own."""
    cases = [f"WHEN '{kind}' THEN {name}" for kind, name in _NAMES.items() if kind in plan.named]
    other = Sql("e.event") if plan.expression is None else compose("coalesce({it}, '')", it=plan.expression)
    return compose(f"CASE e.event {' '.join(cases)} ELSE {{other}} END" if cases else "{other}", other=other)


def _compacted(plan: PathsPlan, renamed: dict[str, str] | None) -> Sql:
    """Sessions end with a pause; a step that is repeated at once is one step, at the time of the first."""
    whole = f"WINDOW w AS (PARTITION BY {_OWN} {_ORDER})"
    compared = compose(
        "SELECT *, at - lag(at) OVER w AS pause, lag(name) OVER w AS last_name FROM ({steps}) AS steps"
        f" WHERE {{of_team}} {whole}",
        steps=_steps(plan, renamed),
        of_team=_of_team(plan),
    )
    begun = compose(
        f"SELECT *, coalesce(pause >= interval '{SESSION_GAP}', TRUE) AS begins FROM ({{compared}}) AS compared",
        compared=compared,
    )
    return compose(
        f"SELECT *, row_number() OVER w AS number FROM ({{begun}}) AS begun"
        f" WHERE {{of_team}} AND (begins OR name <> last_name) {whole}",
        begun=begun,
        of_team=_of_team(plan),
    )


def _of_team(plan: PathsPlan) -> Sql:
    """Said at every level anew: Postgres has forgotten it there, and would sort the rows once more."""
    return compose("team_id = {team_id}", team_id=plan.team_id)


def _shown(plan: PathsPlan, renamed: dict[str, str] | None) -> Sql:
    """The steps that are counted, numbered from 1: the first ones, or those around the points that were asked for."""
    if plan.start and plan.end:
        return _between_points(plan, renamed)
    placed = _placed(plan, renamed)
    if not plan.start and not plan.end:
        return compose(
            f"SELECT {_OWN}, session, at, name, place AS step FROM ({{placed}}) AS placed WHERE place <= {{last}}::int",
            placed=placed,
            last=plan.shown_steps,
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


def _placed(plan: PathsPlan, renamed: dict[str, str] | None) -> Sql:
    """A session is called by the number of its first step among the person's."""
    sessions = compose(
        "SELECT *, max(number) FILTER (WHERE begins)"
        f" OVER (PARTITION BY {_OWN} {_ORDER} ROWS UNBOUNDED PRECEDING) AS session"
        " FROM ({compacted}) AS compacted WHERE {of_team}",
        compacted=_compacted(plan, renamed),
        of_team=_of_team(plan),
    )
    return compose("SELECT *, number - session + 1 AS place FROM ({sessions}) AS sessions", sessions=sessions)


def _between_points(plan: PathsPlan, renamed: dict[str, str] | None) -> Sql:
    """From the first start of a session to the first end after it. Of long paths the middle is one step."""
    half = plan.shown_steps // 2
    begun = compose(
        "SELECT *, {start_place} AS start_place FROM ({placed}) AS placed",
        start_place=_first_place(plan.start),
        placed=_placed(plan, renamed),
    )
    ended = compose(
        "SELECT *, {end_place} AS end_place FROM ({begun}) AS begun WHERE place >= start_place",
        end_place=_first_place(plan.end),
        begun=begun,
    )
    counted = compose(
        "SELECT *, place - start_place AS nth, end_place - start_place + 1 AS length FROM ({ended}) AS ended"
        " WHERE place <= end_place",
        ended=ended,
    )
    is_whole = f"length <= {plan.shown_steps}"
    return compose(
        f"SELECT {_OWN}, session, at, CASE WHEN {is_whole} OR nth <> {half} THEN name ELSE {{left_out}} END AS name,"
        f" CASE WHEN {is_whole} OR nth <= {half} THEN nth + 1 ELSE nth - length + {2 * half + 2} END AS step"
        f" FROM ({{counted}}) AS counted WHERE {is_whole} OR nth <= {half} OR nth >= length - {half}",
        left_out=_LEFT_OUT,
        counted=counted,
    )


def _begin(plan: PathsPlan) -> Sql:
    if plan.start:
        return Sql("start_place")
    return compose("greatest(end_place - {more}::int, 1)", more=plan.shown_steps - 1)


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
        source=events_with(
            [_name(plan)],
            team_id=plan.team_id,
            with_persons=plan.events.reads_persons,
            during=(plan.range.counted_from, plan.range.date_to),
        ),
        conditions=joined(" AND ", conditions),
    )
