"""The SQL over events and persons. Whatever takes many rows takes them as arrays: one statement, however many."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.db import connections

from accounts.querysets import ProjectScopedQuerySet
from common.querysets import BaseQuerySet
from events.incoming import IncomingEvent
from events.people import PersonDraft

if TYPE_CHECKING:
    # Named in quotes below, where ruff does not look.
    from events.models import Event, EventUuid, Person, PersonCounter, PersonDistinctId  # noqa: F401


_COPY_EVENTS = """
    COPY events (team_id, timestamp, uuid, event, distinct_id, person_id, properties, elements_chain, created_at)
    FROM STDIN
"""


class LockStrength(StrEnum):
    """How firmly a batch holds its persons until it commits. Each kind lets those above it pass, but not MERGE."""

    COUNT = "KEY SHARE"
    CHANGE = "NO KEY UPDATE"
    MERGE = "UPDATE"


class EventUuidQuerySet(ProjectScopedQuerySet["EventUuid"]):
    def claim(self, *, team_id: int, events: Iterable[IncomingEvent]) -> set[UUID]:
        """Takes the uuids that nobody has taken yet. Waits for a copy of the batch that is being stored just now.

        In sorted order, so that two batches that share events wait for each other in one direction only.
        """
        timestamps = {event.uuid: event.timestamp for event in events}
        uuids = sorted(timestamps)
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO event_uuids (team_id, uuid, timestamp)
                SELECT %s::bigint, sent.uuid, sent.timestamp
                FROM unnest(%s::uuid[], %s::timestamptz[]) AS sent (uuid, timestamp)
                ON CONFLICT DO NOTHING
                RETURNING uuid
                """,
                [team_id, uuids, [timestamps[uuid] for uuid in uuids]],
            )
            return {uuid for (uuid,) in cursor.fetchall()}


class EventQuerySet(ProjectScopedQuerySet["Event"]):
    def copy_in(self, rows: Iterable[Sequence[Any]]) -> None:
        """Rows of team, timestamp, uuid, event, distinct id, person number, properties as JSON, elements, created."""
        connection = connections[self.db]
        # Django puts its own errors in place of psycopg's for `execute`, but not for `copy`.
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(_COPY_EVENTS) as copy:
            for row in rows:
                copy.write_row(row)

    def move_to_survivors(self, *, team_id: int, absorbed: Mapping[PersonDraft, PersonDraft]) -> None:
        """Queries never look for who became whom: the events themselves carry the surviving person."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                UPDATE events SET person_id = merged.survivor
                FROM unnest(%s::bigint[], %s::bigint[]) AS merged (lost, survivor)
                WHERE events.team_id = %s::bigint AND events.person_id = merged.lost
                """,
                [[person.number for person in absorbed], [person.number for person in absorbed.values()], team_id],
            )


class PersonCounterQuerySet(BaseQuerySet["PersonCounter"]):
    def reserve(self, *, team_id: int, count: int) -> list[int]:
        """`count` unused person numbers. Outside of a longer transaction, which would make all others wait."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO person_counters AS counter (team_id, last_number) VALUES (%s::bigint, %s::bigint)
                ON CONFLICT (team_id) DO UPDATE SET last_number = counter.last_number + excluded.last_number
                RETURNING last_number
                """,
                [team_id, count],
            )
            (last,) = cursor.fetchone()
        return list(range(last - count + 1, last + 1))


class PersonDistinctIdQuerySet(ProjectScopedQuerySet["PersonDistinctId"]):
    def unknown(self, *, team_id: int, distinct_ids: list[str]) -> list[str]:
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                "SELECT distinct_id FROM person_distinct_ids"
                " WHERE team_id = %s::bigint AND distinct_id = ANY(%s::text[])",
                [team_id, distinct_ids],
            )
            known = {distinct_id for (distinct_id,) in cursor.fetchall()}
        return [distinct_id for distinct_id in distinct_ids if distinct_id not in known]

    def claim(self, *, team_id: int, distinct_ids: list[str]) -> dict[str, int]:
        """Takes the ids that are still free, each for a person to come, and gives these persons' ids.

        The foreign key is checked at commit: until then the persons may be written, or merged and never written.
        """
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO person_distinct_ids (team_id, distinct_id, person_id)
                SELECT %s::bigint, sent.distinct_id, nextval(pg_get_serial_sequence('persons', 'id'))
                FROM unnest(%s::text[]) AS sent (distinct_id)
                ON CONFLICT DO NOTHING
                RETURNING distinct_id, person_id
                """,
                [team_id, sorted(distinct_ids)],
            )
            return dict(cursor.fetchall())

    def move_to_survivors(self, *, absorbed: Mapping[PersonDraft, PersonDraft]) -> None:
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                UPDATE person_distinct_ids SET person_id = merged.survivor
                FROM unnest(%s::bigint[], %s::bigint[]) AS merged (lost, survivor)
                WHERE person_distinct_ids.person_id = merged.lost
                """,
                [[person.id for person in absorbed], [person.id for person in absorbed.values()]],
            )


class PersonQuerySet(ProjectScopedQuerySet["Person"]):
    def lock(self, *, team_id: int, distinct_ids: list[str], strength: LockStrength) -> set[int]:
        """Holds the persons until commit, in the order of id that every writer keeps."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                f"""
                SELECT id FROM persons
                WHERE id IN (
                    SELECT person_id FROM person_distinct_ids
                    WHERE team_id = %s::bigint AND distinct_id = ANY(%s::text[])
                )
                ORDER BY id
                FOR {strength.value}
                """,
                [team_id, distinct_ids],
            )
            return {person_id for (person_id,) in cursor.fetchall()}

    def drafts(self, *, team_id: int, distinct_ids: list[str], with_properties: bool) -> dict[str, PersonDraft]:
        """The persons by distinct id; two ids of one person give the same draft."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                SELECT known.distinct_id, persons.id, number, uuid, created_at,
                    CASE WHEN %s::boolean THEN properties ELSE '{}' END, is_identified, has_profile
                FROM person_distinct_ids AS known JOIN persons ON persons.id = known.person_id
                WHERE known.team_id = %s::bigint AND known.distinct_id = ANY(%s::text[])
                """,
                [with_properties, team_id, distinct_ids],
            )
            rows = cursor.fetchall()
        persons: dict[int, PersonDraft] = {}
        for _, person_id, number, uuid, created_at, properties, is_identified, has_profile in rows:
            if person_id not in persons:
                persons[person_id] = PersonDraft(
                    id=person_id,
                    number=number,
                    uuid=uuid,
                    created_at=created_at,
                    properties=orjson.loads(properties),
                    is_identified=is_identified,
                    has_profile=has_profile,
                )
        return {distinct_id: persons[person_id] for distinct_id, person_id, *_ in rows}

    def add(self, *, team_id: int, persons: list[PersonDraft]) -> None:
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO persons
                    (team_id, id, number, uuid, created_at, properties, is_identified, has_profile)
                SELECT %s::bigint, id, number, uuid, created_at, properties::jsonb, is_identified, has_profile
                FROM unnest(
                    %s::bigint[], %s::bigint[], %s::uuid[], %s::timestamptz[], %s::text[], %s::boolean[], %s::boolean[]
                ) AS added (id, number, uuid, created_at, properties, is_identified, has_profile)
                """,
                [
                    team_id,
                    [person.id for person in persons],
                    [person.number for person in persons],
                    [person.uuid for person in persons],
                    *_changeable_columns(persons),
                ],
            )

    def change(self, persons: list[PersonDraft]) -> None:
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                UPDATE persons SET
                    created_at = changed.created_at,
                    properties = changed.properties::jsonb,
                    is_identified = changed.is_identified,
                    has_profile = changed.has_profile
                FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::boolean[], %s::boolean[])
                    AS changed (id, created_at, properties, is_identified, has_profile)
                WHERE persons.id = changed.id
                """,
                [[person.id for person in persons], *_changeable_columns(persons)],
            )

    def remove(self, persons: list[PersonDraft]) -> None:
        """For persons whose distinct ids and events have moved on; Django's own delete would go looking for them."""
        with connections[self.db].cursor() as cursor:
            cursor.execute("DELETE FROM persons WHERE id = ANY(%s::bigint[])", [[person.id for person in persons]])


def _changeable_columns(persons: list[PersonDraft]) -> tuple[list[datetime], list[str], list[bool], list[bool]]:
    return (
        [person.created_at for person in persons],
        [orjson.dumps(person.properties).decode() for person in persons],
        [person.is_identified for person in persons],
        [person.has_profile for person in persons],
    )
