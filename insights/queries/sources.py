"""Entities and actors → SQL over `events e` (and `persons p`, where a person is read)."""

from collections.abc import Sequence
from datetime import datetime

from events.filtering.compiler import alternatives_sql
from events.filtering.moments import Clock
from events.filtering.properties import property_text
from events.filtering.sql import EVENT_SOURCE, WITH_PERSONS, Sql, compose, joined
from insights.queries.entities import Actor, Entity, Property, event_names


def entity_sql(entity: Entity, *, clock: Clock) -> Sql:
    """True or not true for each event."""
    return alternatives_sql(entity.alternatives, clock=clock)


def matching(entities: Sequence[Entity], *, clock: Clock) -> Sql:
    """True for each event that any of the entities means."""
    return compose("({any})", any=joined(" OR ", [entity_sql(entity, clock=clock) for entity in entities]))


def source(*, with_persons: bool) -> Sql:
    return WITH_PERSONS if with_persons else EVENT_SOURCE


def between(team_id: int, since: datetime, until: datetime) -> Sql:
    """The project's events from `since` to `until`, both counted."""
    return compose(
        "e.team_id = {team_id} AND e.timestamp >= {since} AND e.timestamp <= {until}",
        team_id=team_id,
        since=since,
        until=until,
    )


def named(names: list[str] | None) -> Sql:
    """Redundant beside the entities' own conditions, but an index knows it."""
    return Sql("TRUE") if names is None else compose("e.event = ANY({names}::text[])", names=names)


def actor_sql(actor: Actor) -> Sql:
    return Sql("e.person_id" if actor.group_type_index is None else f"e.group_{int(actor.group_type_index)}")


def has_actor(actor: Actor) -> Sql:
    """Events of no group are nobody's."""
    return Sql("TRUE") if actor.is_person else compose("{actor} <> ''", actor=actor_sql(actor))


def property_sql(wanted: Property) -> Sql:
    return property_text(wanted.scope, wanted.key)


def is_first(entity: Entity, *, team_id: int, until: datetime, clock: Clock, since: datetime | None = None) -> Sql:
    """Whether an event is the person's first ever among those that the entity means; asked of events from `since` on.

    The times come first, which an index knows; of simultaneous events the uuid decides.
    """
    meant = compose(
        "e.team_id = {team_id} AND {named} AND {meant}",
        team_id=team_id,
        named=named(event_names([entity])),
        meant=entity_sql(entity, clock=clock),
    )
    events = source(with_persons=entity.reads_persons)
    earliest = compose(
        "SELECT e.person_id, min(e.timestamp) AS at FROM {events} WHERE {meant} AND e.timestamp <= {until}"
        " GROUP BY 1{recent}",
        events=events,
        meant=meant,
        until=until,
        recent=Sql("") if since is None else compose(" HAVING min(e.timestamp) >= {since}", since=since),
    )
    return compose(
        "(e.person_id, e.timestamp, e.uuid) IN (SELECT * FROM (SELECT DISTINCT ON (e.person_id)"
        " e.person_id, e.timestamp, e.uuid FROM {events} JOIN ({earliest}) AS earliest"
        " ON earliest.person_id = e.person_id AND earliest.at = e.timestamp"
        " WHERE {meant} ORDER BY e.person_id, e.uuid) AS firsts)",
        events=events,
        earliest=earliest,
        meant=meant,
    )
