from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.rates import Rate
from accounts.tokens import hash_key
from common.querysets import BaseQuerySet

if TYPE_CHECKING:
    from accounts.models import PersonalAPIKey, Project, RateCount, Team, User

ModelT = TypeVar("ModelT", bound=models.Model)


class ProjectScopedQuerySet(BaseQuerySet[ModelT]):
    """Rows that belong to a project, through a column `team`."""

    def for_project(self, project: "Project") -> Self:
        """Every road from a request to a row passes here. A team's primary key is its project's."""
        return self.filter(team_id=project.pk)


class ProjectQuerySet(BaseQuerySet["Project"]):
    def visible_to(self, user: "User") -> Self:
        return self.filter(organization__memberships__user=user)

    def with_membership_of(self, user: Any) -> Self:
        """Adds `membership_level`: the user's level in the project's organization, null for a stranger."""
        membership = models.FilteredRelation(
            "organization__memberships", condition=Q(organization__memberships__user=user.pk)
        )
        return self.select_related("organization", "team").annotate(
            own_membership=membership, membership_level=F("own_membership__level")
        )


class TeamQuerySet(BaseQuerySet["Team"]):
    pass


class PersonalAPIKeyQuerySet(BaseQuerySet["PersonalAPIKey"]):
    def for_value(self, value: str) -> "PersonalAPIKey | None":
        """The key with this value, of an active user, with its user. One query, by a unique index."""
        return self.select_related("user").filter(secure_value=hash_key(value), user__is_active=True).first()


class RateCountQuerySet(BaseQuerySet["RateCount"]):
    def count_request(self, caller: str, rates: Collection[Rate]) -> float | None:
        """Counts one request in the window of each rate. The seconds to wait if that is one too many, else None.

        A window begins with its first request. One statement, atomic between workers; the rows are locked in the
        order of their keys, so that two requests of one caller cannot wait for each other.
        """
        limits = {f"{rate.name} {caller}": rate for rate in sorted(rates, key=lambda rate: rate.name)}
        seconds = [rate.seconds for rate in limits.values()]
        with connection.cursor() as cursor:
            cursor.execute(COUNT_REQUEST, [list(limits), seconds])
            waits = [wait for key, count, wait in cursor.fetchall() if count > limits[key].requests]
        return max(waits, default=None)

    def sweep(self) -> None:
        """Throws away the windows that are over, without waiting for those that are being counted in."""
        over = self.filter(ends_at__lt=Now()).select_for_update(skip_locked=True)
        self.filter(pk__in=over.values("pk")).delete()


# Raw, since the ORM cannot say in an upsert what the new value is made of.
COUNT_REQUEST = """
    INSERT INTO accounts_ratecount AS kept (key, count, ends_at)
    SELECT asked.key, 1, statement_timestamp() + make_interval(secs => asked.seconds)
    FROM unnest(%s::text[], %s::int[]) AS asked (key, seconds)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN kept.ends_at > statement_timestamp() THEN kept.count + 1 ELSE 1 END,
        ends_at = CASE WHEN kept.ends_at > statement_timestamp() THEN kept.ends_at ELSE excluded.ends_at END
    RETURNING key, count, extract(epoch FROM ends_at - statement_timestamp())::float
"""
