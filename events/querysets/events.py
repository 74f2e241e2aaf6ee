"""The SQL that writes events."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connections

from accounts.querysets import ProjectScopedQuerySet
from events.asking import EventRow, EventsAsked, ValuesAsked
from events.filtering.moments import Clock
from events.incoming import IncomingEvent
from events.people import PersonDraft
from events.querysets.reading import event_by_uuid, events_page
from events.querysets.values import values_of_events

if TYPE_CHECKING:
    # Named in quotes below, where ruff does not look.
    from events.models import Event, EventUuid  # noqa: F401


_COPY_EVENTS = """
    COPY events (team_id, timestamp, uuid, event, distinct_id, person_id, properties, elements_chain, created_at)
    FROM STDIN
"""


class EventUuidQuerySet(ProjectScopedQuerySet["EventUuid"]):
    def claim(self, *, team_id: int, events: Iterable[IncomingEvent]) -> set[UUID]:
        """Takes the uuids that nobody has taken yet. Waits for a copy of the batch that is being stored just now.

        In sorted order, so that two batches that share events wait for each other in one direction only.
        """
        timestamps = {event.uuid: event.timestamp for event in events}
        uuids = sorted(timestamps)
        # As texts, which are quicker made than arrays of psycopg's; neither needs quotes.
        moments = ",".join(timestamps[uuid].isoformat() for uuid in uuids)
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO event_uuids (team_id, uuid, timestamp)
                SELECT %s::bigint, sent.uuid, sent.timestamp
                FROM unnest(%s::text::uuid[], %s::text::timestamptz[]) AS sent (uuid, timestamp)
                ON CONFLICT DO NOTHING
                RETURNING uuid
                """,
                [team_id, f"{{{','.join(map(str, uuids))}}}", f"{{{moments}}}"],
            )
            if cursor.rowcount == len(uuids):
                return set(uuids)
            return {uuid for (uuid,) in cursor.fetchall()}


class EventQuerySet(ProjectScopedQuerySet["Event"]):
    def page(self, asked: EventsAsked, *, team_id: int, clock: Clock) -> list[EventRow]:
        return events_page(team_id, asked, clock=clock)

    def with_uuid(self, uuid: UUID, *, team_id: int) -> EventRow | None:
        return event_by_uuid(team_id, uuid)

    def common_values(self, asked: ValuesAsked, *, team_id: int) -> list[str]:
        return values_of_events(team_id, asked)

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

    def give(self, *, team_id: int, moves: Iterable[tuple[int, str, int]]) -> None:
        """Events of a person's number and distinct id go to another number."""
        moved = list(moves)
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                UPDATE events SET person_id = moved.new
                FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS moved (old, distinct_id, new)
                WHERE events.team_id = %s::bigint AND events.person_id = moved.old
                    AND events.distinct_id = moved.distinct_id
                """,
                [[old for old, _, _ in moved], [name for _, name, _ in moved], [new for _, _, new in moved], team_id],
            )

    def remove_of(self, persons: Iterable[PersonDraft], *, team_id: int) -> None:
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                WITH removed AS (
                    DELETE FROM events WHERE team_id = %s::bigint AND person_id = ANY(%s::bigint[]) RETURNING uuid
                )
                DELETE FROM event_uuids USING removed
                WHERE event_uuids.team_id = %s::bigint AND event_uuids.uuid = removed.uuid
                """,
                [team_id, [person.number for person in persons], team_id],
            )
