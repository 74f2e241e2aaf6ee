"""The statements of trends: each answers rows of (breakdown value, bucket, number).

An event's bucket is its place among the first instants of the buckets (`width_bucket`), so that SQL needs to know
nothing of calendars and time zones; measured, that is also the fastest way to group by day where events are read.
"""

from dataclasses import dataclass, replace

from events.filtering.conditions import EVERYTHING, Condition
from events.filtering.sql import Sql, compose, joined
from insights.queries.breakdowns import BreakdownPlan, Dimension, number_sql
from insights.queries.entities import event_names
from insights.queries.event_tables import events_with
from insights.queries.periods import Period
from insights.queries.sources import actor_sql, between, entity_sql, has_actor, is_first, named
from insights.queries.trends.breakdowns import OTHER_VALUE
from insights.queries.trends.plan import (
    ACTOR_MATHS,
    COUNT_PER_ACTOR,
    FIRST_MATCHING,
    FIRST_TIME,
    SeriesPlan,
    TrendsPlan,
)
from insights.queries.trends.steps import Steps
from insights.queries.trends.values import RANKED, renamed

_FRACTIONS = {"median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_PLAIN_AGGREGATES = {name: name + "({number})" for name in ("avg", "sum", "min", "max")}
# The sum over some breakdown values is the number of them together.
_ADDITIVE = {"total": "bigint", "sum": "float8", FIRST_TIME: "bigint", FIRST_MATCHING: "bigint"}
# So many runs of the index are planned and read faster than each event is put into its bucket.
MAX_RUNS = 100


@dataclass(frozen=True, kw_only=True)
class Counting:
    """One series in one period."""

    plan: TrendsPlan
    period: Period
    series: SeriesPlan
    value: Sql = Sql("NULL::text")

    @property
    def steps(self) -> Steps:
        return Steps(plan=self.plan, period=self.period, math=self.series.math)

    def narrowed_to(self, condition: Condition) -> "Counting":
        entity = self.series.entity.narrowed_to(condition)
        return replace(self, series=replace(self.series, entity=entity))

    def plain(self) -> Sql:
        if self.series.math in ("total", "dau") and not self.plan.is_cumulative and self._is_told_by_index():
            return self._bucket_by_bucket()
        return self._cells(self.value)

    def extremes(self, dimension: Dimension) -> Sql:
        """The least and the largest number that the dimension's property has."""
        number = number_sql(dimension)
        return compose("SELECT min({number}), max({number}) {matching}", number=number, matching=self.matching())

    def is_additive(self) -> bool:
        return self.series.math in _ADDITIVE

    def broken_down(self, asked: BreakdownPlan) -> Sql:
        """For additive maths: one pass over the events finds the largest values and adds up the others."""
        kind = _ADDITIVE[self.series.math]
        return compose(
            "WITH cells AS MATERIALIZED ({cells}), ranked AS ({rank}), renamed AS ({renamed})"
            f" SELECT value, bucket, sum(number)::{kind} FROM renamed GROUP BY 1, 2",
            cells=self._cells(self.value),
            rank=RANKED,
            renamed=renamed(asked, "bucket, number"),
        )

    def counts_actors(self) -> bool:
        return self.series.math in ACTOR_MATHS

    def actors_broken_down(self, asked: BreakdownPlan) -> Sql:
        """For maths of actors: one pass over the events, too. Who has several of the other values is one of them."""
        return compose(
            "WITH cells AS MATERIALIZED ({cells}), ranked AS ({rank}), renamed AS ({renamed})"
            " SELECT * FROM ({counted}) AS counted",
            cells=self._distinct(self._sightings(self.value), ", 1 AS number"),
            rank=RANKED,
            renamed=renamed(asked, "actor, bucket"),
            counted=self._counted(self._distinct(Sql("TABLE renamed"))),
        )

    def largest(self, asked: BreakdownPlan) -> Sql:
        """value, bucket, number, place: missing values have no place, and one value more than is shown tells of others.

        For all other maths, which have to be done anew over the other values together.
        """
        return compose(
            "WITH cells AS MATERIALIZED ({cells}), ranked AS ({rank}) SELECT value, bucket, number, place FROM cells"
            " LEFT JOIN ranked USING (value) WHERE value IS NULL OR place <= {limit}::int + 1",
            cells=self._cells(self.value),
            rank=RANKED,
            limit=asked.limit,
        )

    def others(self, largest: list[str]) -> Sql:
        """The cells of all events with none of these values."""
        value = compose(
            "CASE WHEN {value} = ANY({largest}::text[]) THEN NULL ELSE {other_name}::text END",
            value=self.value,
            largest=largest,
            other_name=OTHER_VALUE,
        )
        return compose("SELECT * FROM ({cells}) AS cells WHERE value IS NOT NULL", cells=self._cells(value))

    def _cells(self, value: Sql) -> Sql:
        math = self.series.math
        if math in ACTOR_MATHS:
            return self._counted(self._distinct(self._sightings(value)))
        if math.endswith(COUNT_PER_ACTOR):
            return self._per_actor(value)
        if self.series.measure is not None and self.series.measure.is_of_sessions:
            return self._per_session(value, self.series.measure.number)
        return self._sessions(value) if math == "unique_session" else self._grouped(value)

    def _grouped(self, value: Sql) -> Sql:
        head = compose("SELECT {value} AS value, {bucket} AS bucket, {number} AS number", **self._parts(value))
        return compose("{head} {matching} GROUP BY 1, 2", head=head, matching=self.matching())

    def _sessions(self, value: Sql) -> Sql:
        """Events without a session share one."""
        sessions = compose(
            "SELECT DISTINCT {value} AS value, {bucket} AS bucket, coalesce(e.prop_session_id, '') AS session"
            " {matching}",
            **self._parts(value),
            matching=self.matching(),
        )
        return compose(
            "SELECT value, bucket, count(*) AS number FROM ({sessions}) AS sessions GROUP BY 1, 2", sessions=sessions
        )

    def _sightings(self, value: Sql) -> Sql:
        """value, actor, bucket"""
        if self.plan.window(self.series.math) and self._is_told_by_index():
            return self._step_by_step()
        head = "SELECT {value} AS value, {actor} AS actor, {bucket} AS bucket {matching}"
        return compose(head, **self._parts(value), matching=self.matching())

    def _distinct(self, sightings: Sql, more: str = "") -> Sql:
        """Actors of each bucket; running totals count an actor once, in the first bucket."""
        if self.plan.is_cumulative and not self.plan.window(self.series.math):
            head = f"SELECT value, actor, min(bucket) AS bucket{more} FROM ({{sightings}}) AS seen GROUP BY 1, 2"
        else:
            head = f"SELECT DISTINCT value, actor, bucket{more} FROM ({{sightings}}) AS seen"
        return compose(head, sightings=sightings)

    def _counted(self, actors: Sql) -> Sql:
        if self.plan.window(self.series.math):
            return self._sliding(actors)
        return compose(
            "SELECT value, bucket, count(*) AS number FROM ({actors}) AS actors GROUP BY 1, 2", actors=actors
        )

    def _per_actor(self, value: Sql) -> Sql:
        actors = compose(
            "SELECT {value} AS value, {bucket} AS bucket, {actor} AS actor, count(*)::float8 AS events {matching}"
            " GROUP BY 1, 2, 3",
            **self._parts(value),
            matching=self.matching(),
        )
        aggregate = _aggregate(self.series.math.removesuffix(COUNT_PER_ACTOR), Sql("events"))
        return compose(
            "SELECT value, bucket, {aggregate} AS number FROM ({actors}) AS actors GROUP BY 1, 2",
            aggregate=aggregate,
            actors=actors,
        )

    def _per_session(self, value: Sql, number: Sql) -> Sql:
        """Each session of a bucket counts once, with the number that all its events share."""
        sessions = compose(
            "SELECT {value} AS value, {bucket} AS bucket, e.prop_session_id AS session, max({of_session}) AS of_session"
            " {matching} GROUP BY 1, 2, 3",
            **self._parts(value),
            of_session=number,
            matching=self.matching(),
        )
        return compose(
            "SELECT value, bucket, {aggregate} AS number FROM ({sessions}) AS sessions GROUP BY 1, 2",
            aggregate=_aggregate(self.series.math, Sql("of_session")),
            sessions=sessions,
        )

    def _sliding(self, actors: Sql) -> Sql:
        """How many actors enter and leave the window at each step; `fetch` makes totals of it.

        An actor seen in a step stays until the window has moved on, or until seen again.
        """
        stays = compose(
            "SELECT value, bucket AS opens, least(bucket + {width}::int,"
            " lead(bucket) OVER (PARTITION BY value, actor ORDER BY bucket)) AS closes FROM ({actors}) AS actors",
            width=self.plan.window(self.series.math),
            actors=actors,
        )
        return compose(
            "WITH stays AS ({stays}) SELECT value, bucket, sum(change)::bigint AS number FROM ("
            "SELECT value, opens AS bucket, 1 AS change FROM stays"
            " UNION ALL SELECT value, closes, -1 FROM stays) AS changes GROUP BY 1, 2",
            stays=stays,
        )

    def _is_told_by_index(self) -> bool:
        """Whether name, time and person are all that is asked of events, and there are few buckets.

        Then each bucket is a run of the index, which needs neither the events nor a place among the buckets for each:
        measured, that takes half the time.
        """
        if self.plan.is_total_value or self.plan.breakdown or not self.series.actor.is_person:
            return False
        are_plain = all(
            one.event is not None and one.condition == EVERYTHING for one in self.series.entity.alternatives
        )
        return are_plain and self.steps.count <= MAX_RUNS

    def _bucket_by_bucket(self) -> Sql:
        """For plain counts of events or persons."""
        events = "(SELECT FROM events e WHERE {within} GROUP BY e.person_id)" if self.counts_actors() else "events"
        within = "" if self.counts_actors() else " WHERE {within}"
        return self._by_runs(f"SELECT NULL::text, {{bucket}}::int, count(*) FROM {events} AS e{within}")

    def _step_by_step(self) -> Sql:
        """For sliding windows: value, actor, bucket."""
        return self._by_runs(
            "SELECT NULL::text AS value, e.person_id AS actor, {bucket}::int AS bucket FROM events e WHERE {within}"
            " GROUP BY e.person_id"
        )

    def _by_runs(self, run: str) -> Sql:
        names = named(event_names([self.series.entity]))
        within = "e.team_id = {team_id} AND e.timestamp >= {since} AND e.timestamp < {until} AND {names}"
        runs = [
            (number, compose(within, team_id=self.plan.team_id, since=since, until=until, names=names))
            for number, since, until in self.steps.runs()
        ]
        return joined(" UNION ALL ", [compose(run, bucket=number, within=within) for number, within in runs])

    def _parts(self, value: Sql) -> dict[str, Sql]:
        return {
            "value": value,
            "bucket": self.steps.number(),
            "number": self._number(),
            "actor": actor_sql(self.series.actor),
        }

    def _number(self) -> Sql:
        measure = self.series.measure
        if measure is None:
            return Sql("count(*)")
        return measure.aggregate or _aggregate(self.series.math, measure.number)

    def matching(self) -> Sql:
        """FROM and WHERE of the events that the series counts."""
        series, clock = self.series, self.plan.clock
        conditions = [
            between(self.plan.team_id, self.steps.since(), self.period.range.date_to),
            named(event_names([series.entity])),
            entity_sql(series.entity, clock=clock),
        ]
        if series.math in ACTOR_MATHS or series.math.endswith(COUNT_PER_ACTOR):
            conditions.append(has_actor(series.actor))
        if series.first_of is not None:
            since, until = self.steps.since(), self.period.range.date_to
            team_id = self.plan.team_id
            conditions.append(is_first(series.first_of, team_id=team_id, since=since, until=until, clock=clock))
        return compose(
            "FROM {source} WHERE {conditions}",
            source=events_with(
                self.plan.expressions(series),
                team_id=self.plan.team_id,
                with_persons=self.plan.reads_persons(series),
                during=(self.steps.since(), self.period.range.date_to),
            ),
            conditions=joined(" AND ", conditions),
        )


def _aggregate(name: str, number: Sql) -> Sql:
    if name in _FRACTIONS:
        return compose(
            "percentile_cont({fraction}::float8) WITHIN GROUP (ORDER BY {number})",
            fraction=_FRACTIONS[name],
            number=number,
        )
    return compose(_PLAIN_AGGREGATES[name], number=number)
