"""The statements of funnels: of each person's attempts the best is chosen, then persons are counted."""

from events.filtering.sql import Sql, compose, joined
from insights.queries.funnels.attempts import attempts
from insights.queries.funnels.plan import FunnelPlan
from insights.queries.funnels.rows import bucket, no_value, of_team, person, said, texts


def steps(plan: FunnelPlan) -> Sql:
    """value, then per step: persons; average and median seconds since the required step before (of required ones)."""
    columns = [column for index in range(len(plan.steps)) for column in _step_columns(plan, index)]
    return compose(
        "{people} SELECT {value}, {columns} FROM {shown} GROUP BY 1",
        people=_people(plan),
        value=_shown_value(plan),
        columns=Sql(", ".join(columns)),
        shown=_shown(plan),
    )


def trends(plan: FunnelPlan) -> Sql:
    """value, bucket, persons that reached the first and the last step asked about."""
    reached = [f"count(*) FILTER (WHERE reached > {step})" for step in (plan.from_step, plan.to_step)]
    return compose(
        f"{{people}} SELECT {{value}}, bucket - 1, {', '.join(reached)} FROM {{shown}} GROUP BY 1, 2",
        people=_people(plan),
        value=_shown_value(plan),
        shown=_shown(plan),
    )


def conversion_times(plan: FunnelPlan) -> Sql:
    """How many converted; the least, the most, the average and the median seconds that it took, as the first row.

    Each other row begins with a whole number of seconds, and says how many took as long.
    """
    return compose(
        "{people}, durations AS MATERIALIZED (SELECT {seconds} AS seconds FROM people WHERE {arrived})"
        " (SELECT NULL::bigint AS second, count(*), min(seconds), max(seconds), avg(seconds),"
        " percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM durations"
        " UNION ALL SELECT floor(seconds)::bigint, count(*), NULL, NULL, NULL, NULL FROM durations GROUP BY 1)"
        " ORDER BY second NULLS FIRST",
        people=_people(plan),
        seconds=Sql(_seconds(plan.from_step, plan.to_step)),
        arrived=Sql(f"reached > {plan.to_step}"),
    )


def _people(plan: FunnelPlan) -> Sql:
    """WITH people: each person's best attempt, and with a breakdown the value that it counts for."""
    if plan.breakdown is None or plan.breakdown.attribution == "all_events":
        return compose("WITH people AS MATERIALIZED ({best})", best=_best(plan))
    return compose(
        "WITH best AS MATERIALIZED ({best}), said AS MATERIALIZED ({texts}), people AS MATERIALIZED ({attributed})",
        best=_best(plan),
        texts=texts(plan),
        attributed=_attributed(plan),
    )


def _best(plan: FunnelPlan) -> Sql:
    """Of each person's attempts the furthest; of these the first to arrive; then the last to begin.

    Of those that arrive together, one that took more of the optional steps comes before one that took fewer.
    """
    keys = person(plan) + (", bucket" if plan.viz == "trends" else "")
    times = [*_times(plan), *(f"excluded_{one.index}" for one in plan.exclusions)]
    best = compose(
        f"SELECT DISTINCT ON ({keys}) * FROM ({{judged}}) AS judged WHERE {{of_team}} AND {_is_unspoiled(plan)}"
        f" ORDER BY {keys}, reached DESC, {_arrival(plan)}, taken DESC, {_begin(plan)} DESC, {', '.join(times)}",
        judged=_judged(plan),
        of_team=of_team(plan),
    )
    return _in_order(plan, best) if plan.order == "unordered" else best


def _in_order(plan: FunnelPlan, best: Sql) -> Sql:
    """The n-th time of an unordered funnel is the n-th of them."""
    times = ", ".join(_times(plan))
    ordered = ", ".join(f"times[{number}] AS {time}" for number, time in enumerate(_times(plan), start=1))
    return compose(
        f"SELECT {person(plan)}, reached, taken, bucket, {ordered} FROM (SELECT *,"
        f" (SELECT array_agg(one ORDER BY one) FROM unnest(ARRAY[{times}]) AS one) AS times FROM ({{best}}) AS best"
        " OFFSET 0) AS sorted",
        best=best,
    )


def _judged(plan: FunnelPlan) -> Sql:
    in_time = [Sql(f"{time} <= ends") for time in _times(plan)]
    return compose(
        "SELECT *, {reached} AS reached, {taken} AS taken, {bucket} AS bucket FROM ("
        f"SELECT *, {_begin(plan)} + {{window}}::interval AS ends FROM ({{attempts}}) AS attempts WHERE {{of_team}}"
        ") AS timed",
        reached=_reached(plan, in_time),
        taken=_taken(in_time) if plan.has_optional else Sql("0"),
        window=plan.window,
        bucket=bucket(plan, _begin(plan)),
        attempts=attempts(plan),
        of_team=of_team(plan),
    )


def _times(plan: FunnelPlan) -> list[str]:
    return [f"time_{step.index}" for step in plan.steps]


def _begin(plan: FunnelPlan) -> str:
    return "begun" if plan.order == "unordered" else "time_0"


def _arrival(plan: FunnelPlan) -> str:
    """When the furthest step was taken."""
    times = _times(plan)
    if plan.order == "unordered":
        return f"greatest({', '.join(f'CASE WHEN {time} <= ends THEN {time} END' for time in times)})"
    return f"(ARRAY[{', '.join(times)}])[reached]"


def _reached(plan: FunnelPlan, in_time: list[Sql]) -> Sql:
    """The number of the furthest step, counted from 1. Without optional steps none before it is missing."""
    if not plan.has_optional:
        return joined(" + ", [compose("({one})::int", one=one) for one in in_time])
    cases = [compose(f"CASE WHEN {{one}} THEN {number} END", one=one) for number, one in enumerate(in_time, start=1)]
    return compose("greatest({cases})", cases=joined(", ", cases))


def _taken(in_time: list[Sql]) -> Sql:
    """A bit for each step."""
    bits = [
        compose(f"CASE WHEN {{one}} THEN {1 << step}::bigint ELSE 0 END", one=one) for step, one in enumerate(in_time)
    ]
    return compose("({bits})", bits=joined(" | ", bits))


def _is_unspoiled(plan: FunnelPlan) -> str:
    """An exclusion spoils an attempt that has its first step, up to its last step or the end of the window."""
    spoiled = [
        f"(reached > {one.from_step} AND CASE WHEN reached > {one.to_step}"
        f" THEN excluded_{one.index} < {_arrival(plan) if plan.order == 'unordered' else f'time_{one.to_step}'}"
        f" ELSE excluded_{one.index} <= ends END)"
        for one in plan.exclusions
    ]
    return f"NOT ({' OR '.join(spoiled)})" if spoiled else "TRUE"


def _attributed(plan: FunnelPlan) -> Sql:
    """The best attempts, each with the value of its person."""
    assert plan.breakdown is not None
    if plan.breakdown.attribution == "step":
        return _attributed_to_step(plan, plan.breakdown.step)
    touch = "max(at)" if plan.breakdown.attribution == "last_touch" else "min(at)"
    value, says_one = said(plan)
    return compose(
        f"WITH telling AS NOT MATERIALIZED (SELECT * FROM said WHERE steps <> 0 AND ({says_one}))"
        " SELECT best.*, coalesce(touch.value, {nothing}) AS value FROM best LEFT JOIN"
        f" (SELECT team_id, actor, min({value}) AS value FROM telling JOIN"
        f" (SELECT team_id, actor, {touch} AS at FROM telling GROUP BY 1, 2) AS moment USING (team_id, actor, at)"
        " GROUP BY 1, 2) AS touch USING (team_id, actor)",
        nothing=no_value(plan),
    )


def _attributed_to_step(plan: FunnelPlan, step: int) -> Sql:
    """Of simultaneous events that may be the step the first value counts, as texts are ordered."""
    is_step = "steps <> 0" if plan.order == "unordered" else f"steps & {1 << step} <> 0"
    value, says_one = said(plan)
    return compose(
        "SELECT best.*, coalesce(moment.value, {nothing}) AS value"
        f" FROM best LEFT JOIN (SELECT team_id, actor, at, min({value}) AS value FROM said"
        f" WHERE {is_step} AND ({says_one}) AND (team_id, actor, at) IN (SELECT team_id, actor, time_{step} FROM best)"
        " GROUP BY 1, 2, 3) AS moment"
        " ON moment.team_id = best.team_id AND moment.actor = best.actor"
        f" AND best.reached > {step} AND moment.at = best.time_{step}",
        nothing=no_value(plan),
    )


def _shown(plan: FunnelPlan) -> Sql:
    """The people, and with a breakdown the rank of their value: converted persons first, then entered ones."""
    if plan.breakdown is None:
        return Sql("people")
    return compose(
        "people JOIN (SELECT value, row_number() OVER"
        f" (ORDER BY count(*) FILTER (WHERE reached > {len(plan.steps) - 1}) DESC, count(*) DESC, value) AS place"
        " FROM people GROUP BY value) AS ranked USING (value)"
    )


def _shown_value(plan: FunnelPlan) -> Sql:
    """NULL stands for all values beyond the limit."""
    if plan.breakdown is None:
        return Sql("NULL::text[]")
    return compose("CASE WHEN place <= {limit}::int THEN value END", limit=plan.breakdown.limit)


def _step_columns(plan: FunnelPlan, step: int) -> list[str]:
    there = f"FILTER (WHERE {_is_there(plan, step)})"
    if step == 0 or plan.steps[step].is_optional:
        return [f"count(*) {there}", "NULL::float8", "NULL::float8"]
    seconds = _seconds(max(one for one in plan.required if one < step), step)
    return [
        f"count(*) {there}",
        f"avg({seconds}) {there}",
        f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {seconds}) {there}",
    ]


def _is_there(plan: FunnelPlan, step: int) -> str:
    return f"taken & {1 << step} <> 0" if plan.has_optional else f"reached > {step}"


def _seconds(first: int, last: int) -> str:
    """An infinite time has no difference; whoever never took the step is filtered out, but only afterwards."""
    return f"CASE WHEN reached > {last} THEN extract(epoch FROM time_{last} - time_{first})::float8 END"
