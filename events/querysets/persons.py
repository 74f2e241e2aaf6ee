"""The SQL over persons."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import orjson
from django.db import connections
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform

from accounts.querysets import ProjectScopedQuerySet
from common.querysets import BaseQuerySet
from events.filtering.compiler import person_condition_sql
from events.filtering.conditions import Condition
from events.filtering.moments import Clock
from events.people import PersonDraft
from events.querysets.values import values_of_persons

if TYPE_CHECKING:
    # Named in quotes below, where ruff does not look.
    from events.models import Person, PersonCounter, PersonDistinctId  # noqa: F401


class LockStrength(StrEnum):
    """How firmly a batch holds its persons until it commits. Each kind lets those above it pass, but not MERGE."""

    COUNT = "KEY SHARE"
    CHANGE = "NO KEY UPDATE"
    MERGE = "UPDATE"


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

    def of_persons(self, person_ids: Iterable[int]) -> list[tuple[int, str]]:
        """Person and distinct id, the oldest id of each person first."""
        rows = self.filter(person_id__in=list(person_ids)).order_by("person_id", "id")
        return list(rows.values_list("person_id", "distinct_id"))

    def give(self, *, team_id: int, owners: Mapping[str, PersonDraft]) -> None:
        """These ids name these persons from now on."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                UPDATE person_distinct_ids SET person_id = given.person_id
                FROM unnest(%s::text[], %s::bigint[]) AS given (distinct_id, person_id)
                WHERE person_distinct_ids.team_id = %s::bigint AND person_distinct_ids.distinct_id = given.distinct_id
                """,
                [list(owners), [person.id for person in owners.values()], team_id],
            )

    def remove(self, persons: Iterable[PersonDraft]) -> None:
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                "DELETE FROM person_distinct_ids WHERE person_id = ANY(%s::bigint[])",
                [[person.id for person in persons]],
            )


class PersonQuerySet(ProjectScopedQuerySet["Person"]):
    def shown(self) -> Self:
        """Those with a profile; all others are only counted."""
        return self.filter(has_profile=True)

    def for_list(self) -> Self:
        return self.for_detail().order_by("-created_at", "-id")

    def for_detail(self) -> Self:
        ids = self._names().order_by("id")
        return self.shown().prefetch_related(Prefetch("distinct_ids", queryset=ids))

    def _names(self) -> Any:
        return self.model.distinct_ids.rel.related_model._default_manager.all()

    def with_references(self, references: Collection[UUID | int]) -> Self:
        """By uuid or by id."""
        uuids = [one for one in references if isinstance(one, UUID)]
        ids = [one for one in references if isinstance(one, int)]
        return self.filter(Q(uuid__in=uuids) | Q(pk__in=ids))

    def with_distinct_id(self, distinct_id: str) -> Self:
        return self.filter(distinct_ids__distinct_id=distinct_id, distinct_ids__team_id=F("team_id"))

    def with_distinct_ids(self, distinct_ids: Iterable[str]) -> Self:
        found = self.filter(distinct_ids__distinct_id__in=list(distinct_ids), distinct_ids__team_id=F("team_id"))
        return found.distinct()

    def with_email(self, email: str) -> Self:
        return self.annotate(own_email=KeyTextTransform("email", "properties")).filter(own_email=email)

    def search(self, text: str) -> Self:
        """Part of the e-mail address or of the name, a whole distinct id, or the uuid."""
        named = Exists(self._names().filter(person=OuterRef("pk"), team=OuterRef("team_id"), distinct_id=text))
        annotated = self.annotate(
            own_email=KeyTextTransform("email", "properties"), own_name=KeyTextTransform("name", "properties")
        )
        is_it = Q(own_email__icontains=text) | Q(own_name__icontains=text) | Q(named)
        with suppress(ValueError):
            is_it |= Q(uuid=UUID(text))
        return annotated.filter(is_it)

    def meeting(self, condition: Condition, *, team_id: int, clock: Clock) -> Self:
        meets = person_condition_sql(condition, clock=clock)
        statement = f"SELECT p.id FROM persons p WHERE p.team_id = %s::bigint AND {meets.text}"
        return self.filter(pk__in=RawSQL(statement, (team_id, *meets.params)))

    def common_values(self, key: str, *, team_id: int, containing: str | None, limit: int) -> list[tuple[str, int]]:
        """The values of a property, with how many persons have them."""
        return values_of_persons(team_id, key=key, containing=containing, limit=limit)

    def locked_for_change(self) -> Self:
        """Until commit, in order of id. Events may still be counted for them."""
        return self.order_by("id").select_for_update(no_key=True)

    def hold(self, person_ids: Iterable[int]) -> list[PersonDraft]:
        """Nobody else writes them or their events until commit. In the order of id that every writer keeps."""
        rows = self.filter(pk__in=list(person_ids)).order_by("id").select_for_update()
        return [
            PersonDraft(
                id=person.pk,
                number=person.number,
                uuid=person.uuid,
                created_at=person.created_at,
                properties=person.properties,
                is_identified=person.is_identified,
                has_profile=person.has_profile,
            )
            for person in rows
        ]

    def reserve_ids(self, count: int) -> list[int]:
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('persons', 'id')) FROM generate_series(1, %s::int)", [count]
            )
            return [person_id for (person_id,) in cursor.fetchall()]

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

    def drafts(self, *, team_id: int, distinct_ids: list[str], strength: LockStrength) -> dict[str, PersonDraft]:
        """The persons by distinct id; two ids of one person give the same draft.

        Under a lock for counting nobody changes, and what only a change would need is not read: most batches only
        count, and to read it would be a tenth of their time.
        """
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                SELECT known.distinct_id, persons.id, number, CASE WHEN is_whole THEN uuid END,
                    CASE WHEN is_whole THEN created_at END, CASE WHEN is_whole THEN properties ELSE '{}' END,
                    is_identified, has_profile
                FROM person_distinct_ids AS known
                JOIN persons ON persons.id = known.person_id
                CROSS JOIN (SELECT %s::boolean AS is_whole) AS asked
                WHERE known.team_id = %s::bigint AND known.distinct_id = ANY(%s::text[])
                """,
                [strength is not LockStrength.COUNT, team_id, distinct_ids],
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
