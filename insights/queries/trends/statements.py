"""The statements of trends: each answers rows of (breakdown value, bucket, number).

An event's bucket is its place among the first instants of the buckets (`width_bucket`), so that SQL needs to know
nothing of calendars and time zones; measured, that is also the fastest way to group by day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from events.filtering.conditions import Condition
from events.filtering.properties import number_of
from events.filtering.sql import Sql, compose, joined
from insights.queries.buckets import earlier_starts
from insights.queries.entities import event_names
from insights.queries.periods import Period
from insights.queries.sources import (
    actor_sql,
    between,
    entity_sql,
    has_actor,
    is_first,
    named,
    property_sql,
    source,
)
from insights.queries.trends.breakdowns import NULL_VALUE, OTHER_VALUE, Bins, BreakdownPlan, Dimension
from insights.queries.trends.plan import (
    ACTIVE_DAYS,
    ACTOR_MATHS,
    COUNT_PER_ACTOR,
    FIRST_MATCHING,
    FIRST_TIME,
    SeriesPlan,
    TrendsPlan,
)

_FRACTIONS = {"median": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_PLAIN_AGGREGATES = {name: name + "({number})" for name in ("avg", "sum", "min", "max")}
# The sum over some breakdown values is the number of them together.
_ADDITIVE = {"total": "bigint", "sum": "float8", FIRST_TIME: "bigint", FIRST_MATCHING: "bigint"}
_LARGEST_FIRST = 'ORDER BY sum(number) DESC NULLS LAST, value COLLATE "C"'


@dataclass(frozen=True, kw_only=True)
class Counting:
    """One series in one period."""

    plan: TrendsPlan
    period: Period
    series: SeriesPlan
    value: Sql = Sql("NULL::text")

    def narrowed_to(self, condition: Condition) -> "Counting":
        entity = self.series.entity.narrowed_to(condition)
        return replace(self, series=replace(self.series, entity=entity))

    def plain(self) -> Sql:
        return self._cells(self.value)

    def extremes(self, dimension: Dimension) -> Sql:
        """The least and the largest number that the dimension's property has."""
        number = number_of(property_sql(dimension.property))
        return compose("SELECT min({number}), max({number}) {matching}", number=number, matching=self._matching())

    def is_additive(self) -> bool:
        return self.series.math in _ADDITIVE

    def broken_down(self, asked: BreakdownPlan) -> Sql:
        """For additive maths: one pass over the events finds the largest values and adds up the others."""
        rank = compose(
            "SELECT value, row_number() OVER ({order}) AS place FROM cells WHERE value IS NOT NULL GROUP BY 1",
            order=Sql(_LARGEST_FIRST),
        )
        template = (
            "WITH cells AS MATERIALIZED ({cells}), ranked AS ({rank})"
            " SELECT CASE WHEN place <= {limit}::int THEN value"
            " WHEN value IS NULL AND (SELECT count(*) FROM ranked) < {limit}::int THEN {null_name}::text"
            " ELSE {other_name}::text END, bucket, sum(number)::"
            + _ADDITIVE[self.series.math]
            + " FROM cells LEFT JOIN ranked USING (value) GROUP BY 1, 2"
        )
        names = {"null_name": NULL_VALUE, "other_name": OTHER_VALUE}
        return compose(template, cells=self._cells(self.value), rank=rank, limit=asked.limit, **names)

    def largest_values(self, asked: BreakdownPlan) -> Sql:
        is_sliding = self.plan.window(self.series.math)
        return compose(
            "SELECT value FROM ({cells}) AS cells WHERE value IS NOT NULL GROUP BY 1 {order} LIMIT {limit}",
            cells=self._distinct(self.value) if is_sliding else self._cells(self.value),
            order=Sql(_LARGEST_FIRST),
            limit=asked.limit,
        )

    def broken_down_by(self, asked: BreakdownPlan, *, largest: list[str]) -> Sql:
        """Every event under its value or under "other"; missing values have a row where there is room for it."""
        renamed = compose(
            "CASE WHEN {value} IS NULL THEN {null_name}::text WHEN {value} = ANY({largest}::text[]) THEN {value}"
            " ELSE {other_name}::text END",
            value=self.value,
            null_name=OTHER_VALUE if len(largest) >= asked.limit else NULL_VALUE,
            largest=largest,
            other_name=OTHER_VALUE,
        )
        return self._cells(renamed)

    def _cells(self, value: Sql) -> Sql:
        math = self.series.math
        if self.plan.window(math):
            return self._sliding(value)
        if math in ACTOR_MATHS:
            return self._distinct(value)
        if math.endswith(COUNT_PER_ACTOR):
            return self._per_actor(value)
        return self._grouped(value)

    def _grouped(self, value: Sql) -> Sql:
        head = compose("SELECT {value} AS value, {bucket} AS bucket, {number} AS number", **self._parts(value))
        return compose("{head} {matching} GROUP BY 1, 2", head=head, matching=self._matching())

    def _distinct(self, value: Sql) -> Sql:
        """Actors of each bucket; running totals count an actor once, in the first bucket."""
        if self.plan.is_cumulative:
            head = "SELECT {value} AS value, {actor} AS actor, min({bucket}) AS bucket {matching} GROUP BY 1, 2"
        else:
            head = "SELECT DISTINCT {value} AS value, {actor} AS actor, {bucket} AS bucket {matching}"
        actors = compose(head, **self._parts(value), matching=self._matching())
        return compose(
            "SELECT value, bucket, count(*) AS number FROM ({actors}) AS actors GROUP BY 1, 2", actors=actors
        )

    def _per_actor(self, value: Sql) -> Sql:
        actors = compose(
            "SELECT {value} AS value, {bucket} AS bucket, {actor} AS actor, count(*)::float8 AS events {matching}"
            " GROUP BY 1, 2, 3",
            **self._parts(value),
            matching=self._matching(),
        )
        aggregate = _aggregate(self.series.math.removesuffix(COUNT_PER_ACTOR), Sql("events"))
        return compose(
            "SELECT value, bucket, {aggregate} AS number FROM ({actors}) AS actors GROUP BY 1, 2",
            aggregate=aggregate,
            actors=actors,
        )

    def _sliding(self, value: Sql) -> Sql:
        """How many actors enter and leave the window at each bucket; `fetch` makes totals of it.

        An actor seen in a bucket stays until the window has moved on, or until seen again.
        """
        days = compose(
            "SELECT DISTINCT {value} AS value, {actor} AS actor, {bucket} AS bucket {matching}",
            **self._parts(value),
            matching=self._matching(),
        )
        stays = compose(
            "SELECT value, bucket AS opens, least(bucket + {width}::int,"
            " lead(bucket) OVER (PARTITION BY value, actor ORDER BY bucket)) AS closes FROM ({days}) AS days",
            width=self.plan.window(self.series.math),
            days=days,
        )
        return compose(
            "WITH stays AS ({stays}) SELECT value, bucket, sum(change)::bigint AS number FROM ("
            "SELECT value, opens AS bucket, 1 AS change FROM stays"
            " UNION ALL SELECT value, closes, -1 FROM stays) AS changes GROUP BY 1, 2",
            stays=stays,
        )

    def _parts(self, value: Sql) -> dict[str, Sql]:
        return {
            "value": value,
            "bucket": self._bucket(),
            "number": self._number(),
            "actor": actor_sql(self.series.actor),
        }

    def _bucket(self) -> Sql:
        if self.plan.is_total_value:
            return Sql("0")
        window = self._look_back()
        starts = list(window + self.period.buckets.starts)
        return compose(
            "(width_bucket(e.timestamp, {starts}::timestamptz[]) - {first}::int)", starts=starts, first=len(window) + 1
        )

    def _look_back(self) -> tuple[datetime, ...]:
        width = self.plan.window(self.series.math)
        first = self.period.buckets.starts[0]
        return earlier_starts(first, interval=self.plan.interval, count=width - 1) if width else ()

    def _number(self) -> Sql:
        if self.series.math == "unique_session":
            return Sql("count(DISTINCT coalesce(e.prop_session_id, ''))")
        if self.series.property is None:
            return Sql("count(*)")
        number = number_of(property_sql(self.series.property))
        return _aggregate(self.series.math, number)

    def _matching(self) -> Sql:
        """FROM and WHERE of the events that the series counts."""
        series, clock = self.series, self.plan.clock
        conditions = [
            between(self.plan.team_id, self._since(), self.period.range.date_to),
            named(event_names([series.entity])),
            entity_sql(series.entity, clock=clock),
        ]
        if series.math in ACTOR_MATHS or series.math.endswith(COUNT_PER_ACTOR):
            conditions.append(has_actor(series.actor))
        if series.first_of is not None:
            until = self.period.range.date_to
            conditions.append(is_first(series.first_of, team_id=self.plan.team_id, until=until, clock=clock))
        return compose(
            "FROM {source} WHERE {conditions}",
            source=source(with_persons=self.plan.reads_persons(series)),
            conditions=joined(" AND ", conditions),
        )

    def _since(self) -> datetime:
        if self.plan.is_total_value and self.series.math in ACTIVE_DAYS:
            days = timedelta(days=ACTIVE_DAYS[self.series.math])
            return self.period.range.date_to - days + timedelta(microseconds=1)
        look_back = self._look_back()
        return look_back[0] if look_back else self.period.range.counted_from


def value_sql(asked: BreakdownPlan, bins: Sequence[Bins | None]) -> Sql:
    """An event's value; several are written as JSON, none at all is NULL. `bins` has those of each dimension."""
    values = [_of_dimension(one, binned) for one, binned in zip(asked.dimensions, bins, strict=True)]
    if len(values) == 1:
        return values[0]
    parts = [compose("coalesce({value}, {missing}::text)", value=value, missing=NULL_VALUE) for value in values]
    return compose(
        "CASE WHEN num_nonnulls({values}) > 0 THEN to_json(ARRAY[{parts}])::text END",
        values=joined(", ", values),
        parts=joined(", ", parts),
    )


def _of_dimension(dimension: Dimension, bins: Bins | None) -> Sql:
    text = property_sql(dimension.property)
    if bins is not None:
        return compose(
            "({labels}::text[])[width_bucket({number}, {edges}::float8[])]",
            labels=bins.labels,
            number=number_of(text),
            edges=bins.edges,
        )
    if dimension.is_url:
        return compose(
            "CASE WHEN {text} ~ '^[/?#]*$' THEN '/' ELSE regexp_replace({text}, '[/?#]*$', '') END", text=text
        )
    return text


def _aggregate(name: str, number: Sql) -> Sql:
    if name in _FRACTIONS:
        return compose(
            "percentile_cont({fraction}::float8) WITHIN GROUP (ORDER BY {number})",
            fraction=_FRACTIONS[name],
            number=number,
        )
    return compose(_PLAIN_AGGREGATES[name], number=number)
