"""The SQL that reads events as they are, with whom they are about."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson

from events.asking import EventRow, EventsAsked
from events.filtering.compiler import alternatives_sql, condition_sql
from events.filtering.conditions import reads_persons
from events.filtering.moments import Clock
from events.filtering.sql import Sql, compose, joined
from events.querysets.statements import fetch, time_limit

SHOWN_PERSON_PROPERTIES = ["email", "name", "username"]
_COLUMNS = "e.uuid, e.event, e.distinct_id, e.timestamp, e.properties, e.elements_chain, e.person_id"
_PERSONS = "JOIN persons p ON p.team_id = e.team_id AND p.number = e.person_id"


def events_page(team_id: int, asked: EventsAsked, *, clock: Clock) -> list[EventRow]:
    """Two statements, however many events."""
    with time_limit():
        rows = [_event(row) for row in fetch(_page_sql(team_id, asked, clock))]
        return _with_persons(team_id, rows)


def event_by_uuid(team_id: int, uuid: UUID) -> EventRow | None:
    with time_limit():
        rows = [_event(row) for row in fetch(_one_sql(team_id, uuid))]
        return next(iter(_with_persons(team_id, rows)), None)


def _page_sql(team_id: int, asked: EventsAsked, clock: Clock) -> Sql:
    direction = "DESC" if asked.is_descending else "ASC"
    return compose(
        "SELECT {columns} FROM events e {persons} WHERE {conditions}"
        " ORDER BY e.timestamp {direction}, e.uuid {direction}"
        " LIMIT {limit}::bigint OFFSET {offset}::bigint",
        columns=Sql(_COLUMNS),
        persons=Sql(_PERSONS if _reads_persons(asked) else ""),
        conditions=joined(" AND ", _page_conditions(team_id, asked, clock)),
        direction=Sql(direction),
        limit=asked.limit,
        offset=asked.offset,
    )


def _reads_persons(asked: EventsAsked) -> bool:
    conditions = [asked.condition, *(one.condition for one in asked.action or ())]
    return any(reads_persons(condition) for condition in conditions)


def _page_conditions(team_id: int, asked: EventsAsked, clock: Clock) -> Iterator[Sql]:
    yield compose("e.team_id = {team}::bigint", team=team_id)
    yield compose("e.timestamp < {before}::timestamptz", before=asked.before)
    if asked.after is not None:
        yield compose("e.timestamp > {after}::timestamptz", after=asked.after)
    if asked.event is not None:
        yield compose("e.event = {event}::text", event=asked.event)
    if asked.distinct_id is not None:
        # Every event of an id is its person's, and events have an index by person.
        yield compose(
            "e.distinct_id = {distinct_id}::text AND e.person_id = (SELECT persons.number"
            " FROM person_distinct_ids AS known JOIN persons ON persons.id = known.person_id"
            " WHERE known.team_id = {team}::bigint AND known.distinct_id = {distinct_id}::text)",
            distinct_id=asked.distinct_id,
            team=team_id,
        )
    if asked.person is not None:
        key = Sql("uuid = {key}::uuid" if isinstance(asked.person, UUID) else "id = {key}::bigint")
        yield compose(
            "e.person_id = (SELECT number FROM persons WHERE team_id = {team}::bigint AND {is_it})",
            team=team_id,
            is_it=compose(key.text, key=asked.person),
        )
    if asked.action is not None:
        yield alternatives_sql(asked.action, clock=clock)
    yield condition_sql(asked.condition, clock=clock)


def _one_sql(team_id: int, uuid: UUID) -> Sql:
    return compose(
        "SELECT {columns} FROM event_uuids known JOIN events e"
        " ON e.team_id = known.team_id AND e.timestamp = known.timestamp AND e.uuid = known.uuid"
        " WHERE known.team_id = {team}::bigint AND known.uuid = {uuid}::uuid",
        columns=Sql(_COLUMNS),
        team=team_id,
        uuid=uuid,
    )


def _with_persons(team_id: int, rows: list[EventRow]) -> list[EventRow]:
    if not rows:
        return rows
    statement = compose(
        "SELECT p.number, p.is_identified,"
        " (SELECT distinct_id FROM person_distinct_ids WHERE person_id = p.id ORDER BY id LIMIT 1),"
        " coalesce((SELECT jsonb_object_agg(name, p.properties -> name)"
        " FROM unnest({shown}::text[]) AS name WHERE p.properties ? name), '{{}}'::jsonb)"
        " FROM persons p WHERE p.team_id = {team}::bigint AND p.number = ANY({numbers}::bigint[]) AND p.has_profile",
        shown=SHOWN_PERSON_PROPERTIES,
        team=team_id,
        numbers=sorted({row.person_number for row in rows}),
    )
    persons = {
        number: {
            "is_identified": is_identified,
            "distinct_ids": [distinct_id] if distinct_id is not None else [],
            "properties": orjson.loads(properties),
        }
        for number, is_identified, distinct_id, properties in fetch(statement)
    }
    return [replace(row, person=persons.get(row.person_number)) for row in rows]


def _event(row: tuple[Any, ...]) -> EventRow:
    uuid, event, distinct_id, timestamp, properties, elements_chain, person_number = row
    return EventRow(
        uuid=uuid,
        event=event,
        distinct_id=distinct_id,
        timestamp=timestamp,
        properties=orjson.loads(properties),
        elements_chain=elements_chain,
        person_number=person_number,
    )
