from collections.abc import Collection
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db.models import F

from accounts.querysets import ProjectScopedQuerySet

if TYPE_CHECKING:
    from activity.models import ActivityLog


class ActivityLogQuerySet(ProjectScopedQuerySet["ActivityLog"]):
    def for_list(self) -> Self:
        """Entries with their people and the organization, newest first, in one query."""
        organization = F("team__project__organization_id")
        return self.select_related("user").annotate(organization_id=organization).order_by("-created_at", "-id")

    def about(self, scope: str, item_id: object = None) -> Self:
        """Of one kind of row, or of one row."""
        entries = self.filter(scope=scope)
        return entries if item_id is None else entries.filter(item_id=str(item_id))

    def of_kinds(self, scopes: Collection[str]) -> Self:
        return self.filter(scope__in=scopes)

    def by_user(self, reference: str) -> Self:
        """By the user with this id or uuid; nobody's for anything else."""
        if reference.isascii() and reference.isdigit() and len(reference) <= 18:
            return self.filter(user_id=int(reference))
        try:
            return self.filter(user__uuid=UUID(reference))
        except ValueError:
            return self.none()
