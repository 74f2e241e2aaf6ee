from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import F, Q

from accounts.tokens import hash_key
from common.querysets import BaseQuerySet

if TYPE_CHECKING:
    from accounts.models import PersonalAPIKey, Project, Team, User

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
