"""The statement of retention: each person's periods become two bit masks, and equal pairs of masks are counted."""

from events.filtering.sql import Sql, compose
from insights.queries.entities import Entity, event_names
from insights.queries.retention.plan import RetentionPlan
from insights.queries.sources import actor_sql, entity_sql, has_actor, matching, named, property_sql, source


def cells(plan: RetentionPlan) -> Sql:
    """value, period of the target, periods since, persons."""
    returns = "came_back >> (first + later) <> 0" if plan.is_cumulative else "came_back >> (first + later) & 1 = 1"
    return compose(
        "WITH people AS MATERIALIZED ({people}), valued AS MATERIALIZED ({valued}),"
        " masks AS MATERIALIZED (SELECT value, came, came_back, count(*) AS number FROM valued GROUP BY 1, 2, 3)"
        " SELECT value, first, later, sum(number)::bigint FROM masks"
        f" CROSS JOIN generate_series(0, {plan.count - 1}) AS first"
        f" CROSS JOIN LATERAL generate_series(0, {plan.count - 1} - first) AS later"
        f" WHERE came >> first & 1 = 1 AND (later = 0 OR {returns}) GROUP BY 1, 2, 3",
        people=_people(plan),
        valued=_valued(plan),
    )


def _people(plan: RetentionPlan) -> Sql:
    """actor, and as bits: the periods in which they came, and came back often enough."""
    visits = compose(
        "SELECT e.team_id, {actor} AS actor, width_bucket(e.timestamp, {starts}::timestamptz[]) - 1 AS period,"
        " bool_or({target}) AS came, count(*) FILTER (WHERE {returning}) >= {minimum}::int AS came_back"
        " FROM {source} WHERE e.timestamp >= {begin} AND {meant} GROUP BY 1, 2, 3",
        actor=actor_sql(plan.actor),
        starts=list(plan.starts),
        target=entity_sql(plan.target, clock=plan.clock),
        returning=entity_sql(plan.returning, clock=plan.clock),
        minimum=plan.minimum,
        source=source(with_persons=plan.target.reads_persons or plan.returning.reads_persons),
        begin=plan.starts[0],
        meant=_meant(plan, [plan.target, plan.returning]),
    )
    came = "came" if plan.kind == "retention_recurring" else "FALSE"
    masks = compose(
        f"SELECT team_id, actor, {_bits(came)} AS came, {_bits('came_back')} AS came_back"
        " FROM ({visits}) AS visits GROUP BY 1, 2",
        visits=visits,
    )
    return masks if plan.kind == "retention_recurring" else _of_first_period(plan, masks)


def _of_first_period(plan: RetentionPlan, masks: Sql) -> Sql:
    """Only the period of the first target event ever counts."""
    return compose(
        "SELECT actor, 1::bigint << (width_bucket(first_at, {starts}::timestamptz[]) - 1) AS came,"
        " coalesce(masks.came_back, 0) AS came_back FROM ({firsts}) AS firsts"
        " LEFT JOIN ({masks}) AS masks USING (team_id, actor) WHERE first_at >= {begin}",
        starts=list(plan.starts),
        firsts=_firsts(plan),
        masks=masks,
        begin=plan.starts[0],
    )


def _firsts(plan: RetentionPlan) -> Sql:
    """The first event that meets the target; or the first of its name, for those in which it meets it, too."""
    is_ever = plan.kind == "retention_first_ever_occurrence"
    searched = plan.target.without_filters() if is_ever else plan.target
    return compose(
        "SELECT e.team_id, {actor} AS actor, min(e.timestamp) AS first_at FROM {source} WHERE {meant} GROUP BY 1, 2"
        " HAVING min(e.timestamp) = min(e.timestamp) FILTER (WHERE {target})",
        actor=actor_sql(plan.actor),
        source=source(with_persons=plan.target.reads_persons),
        meant=_meant(plan, [searched]),
        target=entity_sql(plan.target, clock=plan.clock),
    )


def _meant(plan: RetentionPlan, entities: list[Entity]) -> Sql:
    return compose(
        "e.team_id = {team_id} AND e.timestamp < {end} AND {has_actor} AND {named} AND {matching}",
        team_id=plan.team_id,
        end=plan.starts[-1],
        has_actor=has_actor(plan.actor),
        named=named(event_names(entities)),
        matching=matching(entities, clock=plan.clock),
    )


def _valued(plan: RetentionPlan) -> Sql:
    """The people with their value of the breakdown; NULL stands for all values beyond the limit."""
    if plan.breakdown is None:
        return Sql("SELECT NULL::text AS value, came, came_back FROM people WHERE came <> 0")
    return compose(
        "SELECT CASE WHEN dense_rank() OVER (ORDER BY number DESC, value) <= {limit}::int THEN value END AS value,"
        " came, came_back FROM (SELECT came, came_back, coalesce({value}, '') AS value,"
        " count(*) OVER (PARTITION BY coalesce({value}, '')) AS number"
        " FROM people JOIN persons p ON p.team_id = {team_id} AND p.number = people.actor WHERE came <> 0) AS valued",
        limit=plan.breakdown_limit,
        value=property_sql(plan.breakdown),
        team_id=plan.team_id,
    )


def _bits(column: str) -> str:
    return f"bit_or(CASE WHEN {column} THEN 1::bigint << period ELSE 0 END)"
