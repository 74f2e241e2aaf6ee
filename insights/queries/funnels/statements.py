"""The statements of funnels: of each person's attempts the best is chosen, then persons are counted."""

from events.filtering.sql import Sql, compose, joined
from insights.queries.funnels.attempts import attempts, place_of, place_of_exclusion
from insights.queries.funnels.bins import Bins
from insights.queries.funnels.plan import FunnelPlan
from insights.queries.funnels.rows import no_value, values


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
    """How many converted; the least, the most, the average and the median seconds that it took."""
    return compose(
        "{people}, durations AS ({durations}) SELECT count(*), min(seconds), max(seconds), avg(seconds),"
        " percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM durations",
        people=_people(plan),
        durations=_durations(plan),
    )


def times_to_convert(plan: FunnelPlan, bins: Bins) -> Sql:
    """Number of the bin, persons."""
    return compose(
        "{people}, durations AS ({durations})"
        " SELECT floor((seconds - {low}::bigint) / {width}::bigint)::int, count(*) FROM durations GROUP BY 1",
        people=_people(plan),
        durations=_durations(plan),
        low=bins.low,
        width=bins.width,
    )


def _durations(plan: FunnelPlan) -> Sql:
    return compose(
        "SELECT {seconds} AS seconds FROM people WHERE {arrived}",
        seconds=Sql(_seconds(plan, plan.from_step, plan.to_step)),
        arrived=Sql(f"reached > {plan.to_step}"),
    )


def _people(plan: FunnelPlan) -> Sql:
    """WITH people: each person's best attempt: the furthest; of these the first to arrive; then the last to begin.

    Of those that arrive together, one that took more of the optional steps comes before one that took fewer.
    """
    keys = "team_id, actor, value" + (", bucket" if plan.viz == "trends" else "")
    best = compose(
        f"SELECT DISTINCT ON ({keys}) * FROM ({{judged}}) AS judged WHERE {_is_unspoiled(plan)}"
        f" ORDER BY {keys}, reached DESC, chain[({_places(plan)})[reached]], taken DESC, chain[1] DESC, chain",
        judged=_judged(plan),
    )
    if plan.breakdown is None or plan.breakdown.attribution == "all_events":
        return compose("WITH people AS MATERIALIZED ({best})", best=best)
    return compose(
        "WITH best AS MATERIALIZED ({best}), said AS MATERIALIZED ({values}), people AS MATERIALIZED ({attributed})",
        best=best,
        values=values(plan),
        attributed=_attributed(plan),
    )


def _judged(plan: FunnelPlan) -> Sql:
    """OFFSET 0: a chain is made once, and not anew wherever a part of it is looked at."""
    in_time = [
        compose("chain[{place}] <= ends", place=Sql(str(place_of(plan, step)))) for step in range(1, len(plan.steps))
    ]
    bucket = compose("width_bucket(chain[1], {starts}::timestamptz[])", starts=list(plan.buckets.starts))
    return compose(
        "SELECT *, {reached} AS reached, {taken} AS taken, {bucket} AS bucket FROM ("
        "SELECT *, chain[1] + {window}::interval AS ends FROM ({attempts} OFFSET 0) AS attempts) AS timed",
        reached=_reached(plan, in_time),
        taken=_taken(in_time) if plan.has_optional else Sql("0"),
        window=plan.window,
        bucket=bucket if plan.viz == "trends" else Sql("0"),
        attempts=attempts(plan),
    )


def _reached(plan: FunnelPlan, in_time: list[Sql]) -> Sql:
    """The number of the furthest step, counted from 1. Without optional steps none before it is missing."""
    if not plan.has_optional:
        return compose("1 + {later}", later=joined(" + ", [compose("({one})::int", one=one) for one in in_time]))
    cases = [compose(f"CASE WHEN {{one}} THEN {number} END", one=one) for number, one in enumerate(in_time, start=2)]
    return compose("greatest(1, {cases})", cases=joined(", ", cases))


def _taken(in_time: list[Sql]) -> Sql:
    """A bit for each step."""
    bits = [
        compose(f"CASE WHEN {{one}} THEN {1 << step}::bigint ELSE 0 END", one=one)
        for step, one in enumerate(in_time, start=1)
    ]
    return compose("(1 | {bits})", bits=joined(" | ", bits))


def _is_unspoiled(plan: FunnelPlan) -> str:
    """An exclusion spoils an attempt that has its first step, up to its last step or the end of the window."""
    spoiled = [
        f"(reached > {one.from_step} AND CASE WHEN reached > {one.to_step}"
        f" THEN chain[{place_of_exclusion(plan, one.index)}] < chain[{place_of(plan, one.to_step)}]"
        f" ELSE chain[{place_of_exclusion(plan, one.index)}] <= ends END)"
        for one in plan.exclusions
    ]
    return f"NOT ({' OR '.join(spoiled)})" if spoiled else "TRUE"


def _attributed(plan: FunnelPlan) -> Sql:
    """The best attempts, each with the value of its person."""
    assert plan.breakdown is not None
    if plan.breakdown.attribution == "step":
        return _attributed_to_step(plan, plan.breakdown.step)
    direction = "DESC" if plan.breakdown.attribution == "last_touch" else "ASC"
    return compose(
        "SELECT best.reached, best.taken, best.chain, best.bucket, coalesce(touch.value, {nothing}) AS value"
        " FROM best LEFT JOIN (SELECT DISTINCT ON (team_id, actor) team_id, actor, value FROM said"
        f" WHERE steps <> 0 AND value IS NOT NULL ORDER BY team_id, actor, at {direction}, value) AS touch"
        " USING (team_id, actor)",
        nothing=no_value(plan),
    )


def _attributed_to_step(plan: FunnelPlan, step: int) -> Sql:
    """Of simultaneous events that may be the step the first value counts, as texts are ordered."""
    is_step = "steps <> 0" if plan.order == "unordered" else f"steps & {1 << step} <> 0"
    return compose(
        "SELECT best.reached, best.taken, best.chain, best.bucket, coalesce(moment.value, {nothing}) AS value"
        " FROM best LEFT JOIN (SELECT team_id, actor, at, min(value) AS value FROM said"
        f" WHERE {is_step} GROUP BY 1, 2, 3) AS moment"
        " ON moment.team_id = best.team_id AND moment.actor = best.actor"
        f" AND best.reached > {step} AND moment.at = best.chain[{place_of(plan, step)}]",
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
    seconds = _seconds(plan, max(one for one in plan.required if one < step), step)
    return [
        f"count(*) {there}",
        f"avg({seconds}) {there}",
        f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {seconds}) {there}",
    ]


def _is_there(plan: FunnelPlan, step: int) -> str:
    return f"taken & {1 << step} <> 0" if plan.has_optional else f"reached > {step}"


def _seconds(plan: FunnelPlan, first: int, last: int) -> str:
    """An infinite time has no difference; whoever never took the step is filtered out, but only afterwards."""
    begin, end = f"chain[{place_of(plan, first)}]", f"chain[{place_of(plan, last)}]"
    return f"CASE WHEN reached > {last} THEN extract(epoch FROM {end} - {begin})::float8 END"


def _places(plan: FunnelPlan) -> str:
    return f"ARRAY[{', '.join(str(place_of(plan, step)) for step in range(len(plan.steps)))}]"
