"""Entities and actors → SQL over `events e` (and `persons p`, where a person is read)."""

from collections.abc import Sequence
from datetime import datetime

from events.filtering.compiler import EVENT_SOURCE, WITH_PERSONS, alternatives_sql
from events.filtering.moments import Clock
from events.filtering.properties import property_text
from events.filtering.sql import Sql, compose, joined
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
    if actor.key is not None:
        return property_sql(actor.key)
    return Sql("e.person_id" if actor.group_type_index is None else f"e.group_{int(actor.group_type_index)}")


def has_actor(actor: Actor) -> Sql:
    """Events of no group (or session …) are nobody's."""
    return Sql("TRUE") if actor.is_person else compose("{actor} <> ''", actor=actor_sql(actor))


def property_sql(wanted: Property) -> Sql:
    return property_text(wanted.scope, wanted.key)


def is_first(entity: Entity, *, team_id: int, until: datetime, clock: Clock) -> Sql:
    """Whether an event is the person's first ever among those that the entity means."""
    return compose(
        "(e.person_id, e.timestamp, e.uuid) IN (SELECT * FROM (SELECT DISTINCT ON (e.person_id)"
        " e.person_id, e.timestamp, e.uuid FROM {source} WHERE e.team_id = {team_id} AND e.timestamp <= {until}"
        " AND {named} AND {meant} ORDER BY e.person_id, e.timestamp, e.uuid) AS firsts)",
        source=source(with_persons=entity.reads_persons),
        team_id=team_id,
        until=until,
        named=named(event_names([entity])),
        meant=entity_sql(entity, clock=clock),
    )
