from typing import TYPE_CHECKING, Self
from uuid import UUID

from common.querysets import BaseQuerySet

if TYPE_CHECKING:
    from dashboards.models import DashboardCollaborator


class DashboardCollaboratorQuerySet(BaseQuerySet["DashboardCollaborator"]):
    def for_list(self) -> Self:
        """Those with an active account, and the accounts. One query."""
        return self.select_related("user").filter(user__is_active=True)

    def of_user(self, uuid: UUID) -> Self:
        return self.filter(user__uuid=uuid)
