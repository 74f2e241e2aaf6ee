"""What persons did → SQL: the numbers of those who did it, as a subquery."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from common.exceptions import Refusal
from events.filtering.actions import Alternative
from events.filtering.conditions import (
    Behaviour,
    Condition,
    Deed,
    Performed,
    PerformedInSequence,
    PerformedRegularly,
    Times,
    all_of,
    reads_persons,
)
from events.filtering.moments import Clock, parse_moment, readable_dates, shift, start_of_day
from events.filtering.sql import EVENT_SOURCE, WITH_PERSONS, Sql, compose, joined

_TIMES = {"exact": "=", "gte": ">=", "lte": "<=", "gt": ">", "lt": "<"}
_UNITS_OF_THE_DAY = ("h", "M")

Compile = Callable[[Condition], Sql]
Alternatives = tuple[Alternative, ...]


def performers_sql(behaviour: Behaviour, *, clock: Clock, compile_condition: Compile) -> Sql:
    """`compile_condition` tells what a condition says of `events e`. Raises Refusal."""
    told = _Told(clock, compile_condition)
    if isinstance(behaviour, PerformedRegularly):
        return told.regularly(behaviour)
    if isinstance(behaviour, PerformedInSequence):
        return told.in_sequence(behaviour)
    return told.for_the_first_time(behaviour) if behaviour.is_first else told.performed(behaviour)


class _Told:
    def __init__(self, clock: Clock, compile_condition: Compile) -> None:
        self._clock = clock
        self._compile = compile_condition

    def performed(self, behaviour: Performed) -> Sql:
        performers = compose("SELECT e.person_id FROM {deeds}", deeds=self._within(behaviour.deed, behaviour))
        if behaviour.times is None:
            return performers
        return compose(
            "{performers} GROUP BY e.person_id HAVING {how_often}",
            performers=performers,
            how_often=_how_often(behaviour.times),
        )

    def for_the_first_time(self, behaviour: Performed) -> Sql:
        """Of all events of the kind, whatever else they have to meet, the first one."""
        alternatives = self._alternatives(behaviour.deed)
        of_the_kind = tuple(replace(one, condition=one.inherent) for one in alternatives)
        return compose(
            "SELECT e.person_id FROM {source} WHERE e.team_id = {team}::bigint AND e.timestamp <= {until}::timestamptz"
            " AND {of_the_kind} GROUP BY e.person_id HAVING min(e.timestamp) >= {since}::timestamptz"
            " AND min(e.timestamp) = min(e.timestamp) FILTER (WHERE {meant})",
            source=_source(alternatives),
            team=behaviour.deed.team_id,
            until=self._until(behaviour),
            of_the_kind=self._meant(of_the_kind),
            since=self._since(behaviour),
            meant=self._meant(alternatives),
        )

    def regularly(self, behaviour: PerformedRegularly) -> Sql:
        starts = self._periods(behaviour)
        return compose(
            "SELECT person_id FROM (SELECT e.person_id FROM {deeds} AND e.timestamp < {end}::timestamptz"
            " GROUP BY e.person_id, width_bucket(e.timestamp, {starts}::timestamptz[]) HAVING {how_often}) AS periods"
            " GROUP BY person_id HAVING count(*) >= {minimum}::bigint",
            deeds=self._deeds(behaviour.deed, starts[0], starts[-1]),
            end=starts[-1],
            starts=starts,
            how_often=_how_often(behaviour.times),
            minimum=behaviour.minimum,
        )

    def in_sequence(self, behaviour: PerformedInSequence) -> Sql:
        return compose(
            "SELECT begun.person_id FROM (SELECT e.person_id, e.timestamp AS at FROM {begun}) AS begun"
            " WHERE EXISTS (SELECT FROM (SELECT e.person_id, e.timestamp AS at FROM {then}) AS followed"
            " WHERE followed.person_id = begun.person_id AND followed.at > begun.at"
            " AND followed.at <= begun.at + {length}::interval)",
            begun=self._within(behaviour.deed, behaviour),
            then=self._within(behaviour.then, behaviour),
            length=behaviour.length,
        )

    def _within(self, deed: Deed, behaviour: Performed | PerformedInSequence) -> Sql:
        return self._deeds(deed, self._since(behaviour), self._until(behaviour))

    def _deeds(self, deed: Deed, since: datetime, until: datetime) -> Sql:
        alternatives = self._alternatives(deed)
        return compose(
            "{source} WHERE e.team_id = {team}::bigint AND {meant}"
            " AND e.timestamp >= {since}::timestamptz AND e.timestamp <= {until}::timestamptz",
            source=_source(alternatives),
            team=deed.team_id,
            meant=self._meant(alternatives),
            since=since,
            until=until,
        )

    def _alternatives(self, deed: Deed) -> Alternatives:
        if deed.action_id is None:
            return (Alternative(event=deed.event, condition=deed.condition),)
        action = self._clock.action_of(deed.action_id)
        if action is None:
            raise Refusal(f"{deed.place}: Action ID {deed.action_id} does not exist!")
        return tuple(replace(one, condition=all_of([one.condition, deed.condition])) for one in action.alternatives)

    def _meant(self, alternatives: Alternatives) -> Sql:
        """With the names of all, which an index knows."""
        if not alternatives:
            return Sql("FALSE")
        names = sorted({one.event for one in alternatives if one.event is not None})
        any_of = joined(" OR ", [self._one(one) for one in alternatives])
        if any(one.event is None for one in alternatives):
            return compose("({any_of})", any_of=any_of)
        return compose("e.event = ANY({names}::text[]) AND ({any_of})", names=names, any_of=any_of)

    def _one(self, one: Alternative) -> Sql:
        condition = self._compile(one.condition)
        if one.event is None:
            return condition
        return compose("(e.event = {event}::text AND {condition})", event=one.event, condition=condition)

    def _since(self, behaviour: Performed | PerformedInSequence) -> datetime:
        return parse_moment(behaviour.since, self._clock).at

    def _until(self, behaviour: Performed | PerformedInSequence) -> datetime:
        return parse_moment(behaviour.until, self._clock).at if behaviour.until else self._clock.now

    def _periods(self, behaviour: PerformedRegularly) -> list[datetime]:
        """Up to now, or, where they are of days, up to yesterday. One instant more than there are periods."""
        now, unit = self._clock.now, behaviour.unit
        end = now if unit in _UNITS_OF_THE_DAY else start_of_day(now)
        with readable_dates(f"{behaviour.total * behaviour.size}{unit}"):
            return [shift(end, number * behaviour.size, unit) for number in range(behaviour.total, -1, -1)]


def _source(alternatives: Alternatives) -> Sql:
    return WITH_PERSONS if any(reads_persons(one.condition) for one in alternatives) else EVENT_SOURCE


def _how_often(times: Times) -> Sql:
    operator, number = times
    return compose(f"count(*) {_TIMES[operator]} {{number}}::bigint", number=number)
