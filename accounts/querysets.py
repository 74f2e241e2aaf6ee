from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat, Now

from accounts.access import NONE, PROJECT
from accounts.rates import Rate
from accounts.tokens import hash_key
from common.querysets import BaseQuerySet

if TYPE_CHECKING:
    from accounts.models import AccessControl, OrganizationMembership, PersonalAPIKey, Project, RateCount, Team, User

#: `OrganizationMembership.Level.ADMIN`, whose module imports this one.
ADMIN_LEVEL = 8
ModelT = TypeVar("ModelT", bound=models.Model)


class ProjectScopedQuerySet(BaseQuerySet[ModelT]):
    """Rows that belong to a project, through a column `team`."""

    def for_project(self, project: "Project") -> Self:
        """Every road from a request to a row passes here. A team's primary key is its project's."""
        return self.filter(team_id=project.pk)


class ProjectQuerySet(BaseQuerySet["Project"]):
    def visible_to(self, user: "User") -> Self:
        """Of the user's organizations, without those that a rule closes to the user. Admins see all."""
        rules = self._rules().holding_for(user).filter(team=OuterRef("pk"), resource=PROJECT)
        is_open = ~Exists(rules) | Exists(rules.exclude(access_level=NONE))
        return self.filter(
            Q(organization__memberships__level__gte=ADMIN_LEVEL) | is_open, organization__memberships__user=user
        )

    def with_membership_of(self, user: Any) -> Self:
        """Adds `membership_level`, the user's level in the project's organization, null for a stranger; and
        `general_rules`, such as "project:member" or "dashboard:viewer": those that hold for the user beyond one row.
        """
        general = self._rules().holding_for(user).filter(team=OuterRef("pk"))
        general = general.filter(Q(resource=PROJECT) | Q(resource_id=None))
        membership = models.FilteredRelation(
            "organization__memberships", condition=Q(organization__memberships__user=user.pk)
        )
        return self.select_related("organization", "team").annotate(
            own_membership=membership,
            membership_level=F("own_membership__level"),
            general_rules=ArraySubquery(general.order_by().values(rule=Concat("resource", Value(":"), "access_level"))),
        )

    def _rules(self) -> "AccessControlQuerySet":
        return self.model.team.related.related_model.access_controls.rel.related_model.objects.all()  # type: ignore[attr-defined]


class AccessControlQuerySet(ProjectScopedQuerySet["AccessControl"]):
    def holding_for(self, user: Any) -> Self:
        """Rules for everybody, and the user's own."""
        return self.filter(Q(organization_member=None) | Q(organization_member__user=user.pk))

    def about(self, resource: str, resource_id: object = None) -> Self:
        """One row, or all of the kind."""
        return self.filter(resource=resource, resource_id=None if resource_id is None else str(resource_id))

    def beyond_rows(self) -> Self:
        """For all rows of a kind."""
        return self.filter(resource_id=None)

    def for_list(self) -> Self:
        return self.order_by("created_at", "pk")


class MembershipQuerySet(BaseQuerySet["OrganizationMembership"]):
    def of_active_users(self) -> Self:
        return self.filter(user__is_active=True).order_by("joined_at", "pk")


class TeamQuerySet(BaseQuerySet["Team"]):
    pass


class PersonalAPIKeyQuerySet(BaseQuerySet["PersonalAPIKey"]):
    def for_value(self, value: str) -> "PersonalAPIKey | None":
        """The key with this value, of an active user, with its user. One query, by a unique index."""
        return self.with_hash(hash_key(value)).first()

    def with_hash(self, secure_value: str) -> Self:
        return self.select_related("user").filter(secure_value=secure_value, user__is_active=True)


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
