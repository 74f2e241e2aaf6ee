"""The SQL over cohorts and the persons in them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import connections, models
from pydantic import ValidationError

from accounts.querysets import ProjectScopedQuerySet
from common.exceptions import Refusal
from events.filtering.compiler import members_sql
from events.filtering.conditions import Members, MembersOf
from events.filtering.moments import Clock
from events.filtering.sql import Sql, compose, joined
from events.people import PersonDraft
from events.querysets.statements import fetch, time_limit

if TYPE_CHECKING:
    # Named in quotes below, where ruff does not look.
    from events.models import Cohort, CohortPerson, Person  # noqa: F401


class CohortQuerySet(ProjectScopedQuerySet["Cohort"]):
    def live(self) -> Self:
        return self.filter(deleted=False)

    def for_list(self) -> Self:
        return self.for_detail().order_by("-created_at", "-id")

    def for_detail(self) -> Self:
        return self.select_related("created_by")

    def search(self, text: str) -> Self:
        return self.filter(name__icontains=text)

    def static(self, is_static: bool) -> Self:
        return self.filter(is_static=is_static)

    def made_by(self, user_id: Decimal) -> Self:
        return self.filter(created_by_id=user_id)

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True)

    def lookup(self, *, team_id: int) -> MembersOf:
        """What `Clock.members_of` asks: a statement for each cohort that a question names, once."""

        @cache
        def members_of(cohort_id: int) -> Members | None:
            cohort = self.filter(team_id=team_id, pk=cohort_id).first()
            if cohort is None:
                return None
            try:
                return cohort.members
            except ValidationError:
                raise Refusal(f"Cohort {cohort_id} has filters that are not supported.") from None

        return members_of

    def holding(self, person: "Person", *, clock: Clock) -> Self:
        """Those that the person is in now. One statement tells; what cannot be told counts as outside."""
        parts = [part for cohort in self if (part := _is_in(cohort, person.number, clock)) is not None]
        if not parts:
            return self.none()
        with time_limit():
            return self.filter(pk__in=[found for (found,) in fetch(joined(" UNION ALL ", parts))])

    def count_members(self, members: Members, *, clock: Clock) -> int:
        """Of those whom the persons API shows. Raises Refusal."""
        statement = compose(
            "SELECT count(*) FROM persons shown WHERE shown.team_id = {team}::bigint AND shown.has_profile"
            " AND shown.number IN ({numbers})",
            team=members.team_id,
            numbers=members_sql(members, clock=clock),
        )
        with time_limit():
            return fetch(statement)[0][0]


def _is_in(cohort: "Cohort", number: int, clock: Clock) -> Sql | None:
    try:
        members = members_sql(cohort.members, clock=clock)
    except (ValidationError, Refusal):
        return None
    return compose(
        "SELECT {cohort}::bigint WHERE EXISTS"
        " (SELECT FROM ({members}) AS among (number) WHERE among.number = {number}::bigint)",
        cohort=cohort.pk,
        members=members,
        number=number,
    )


class CohortManager(models.Manager.from_queryset(CohortQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> CohortQuerySet:
        return super().get_queryset().live()


class CohortPersonQuerySet(ProjectScopedQuerySet["CohortPerson"]):
    def enlist(
        self,
        cohort: "Cohort",
        *,
        uuids: Iterable[UUID] = (),
        distinct_ids: Iterable[str] = (),
        emails: Iterable[str] = (),
    ) -> int:
        """Puts the persons who are called so into a cohort. How many such persons there are."""
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                WITH meant AS (
                    SELECT number FROM persons WHERE team_id = %(team)s::bigint AND has_profile AND (
                        uuid = ANY(%(uuids)s::uuid[])
                        OR id IN (
                            SELECT person_id FROM person_distinct_ids
                            WHERE team_id = %(team)s::bigint AND distinct_id = ANY(%(distinct_ids)s::text[])
                        )
                        OR (properties ->> 'email') = ANY(%(emails)s::text[])
                    )
                    ORDER BY id FOR KEY SHARE
                ), enlisted AS (
                    INSERT INTO cohort_people (team_id, cohort_id, person_number)
                    SELECT %(team)s::bigint, %(cohort)s::bigint, number FROM meant
                    ON CONFLICT DO NOTHING
                )
                SELECT count(*) FROM meant
                """,
                {
                    "team": cohort.team_id,
                    "cohort": cohort.pk,
                    "uuids": list(uuids),
                    "distinct_ids": list(distinct_ids),
                    "emails": list(emails),
                },
            )
            (count,) = cursor.fetchone()
        return count

    def of(self, cohort: "Cohort", *, number: int) -> Self:
        return self.filter(cohort=cohort, person_number=number)

    def move_to_survivors(self, *, team_id: int, absorbed: Mapping[PersonDraft, PersonDraft]) -> None:
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                WITH left_behind AS (
                    DELETE FROM cohort_people USING unnest(%s::bigint[], %s::bigint[]) AS merged (lost, survivor)
                    WHERE cohort_people.team_id = %s::bigint AND cohort_people.person_number = merged.lost
                    RETURNING cohort_id, merged.survivor
                )
                INSERT INTO cohort_people (team_id, cohort_id, person_number)
                SELECT DISTINCT %s::bigint, cohort_id, survivor FROM left_behind
                ON CONFLICT DO NOTHING
                """,
                [
                    [person.number for person in absorbed],
                    [person.number for person in absorbed.values()],
                    team_id,
                    team_id,
                ],
            )

    def remove(self, persons: Iterable[PersonDraft], *, team_id: int) -> None:
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                "DELETE FROM cohort_people WHERE team_id = %s::bigint AND person_number = ANY(%s::bigint[])",
                [team_id, [person.number for person in persons]],
            )
