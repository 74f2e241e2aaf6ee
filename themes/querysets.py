from typing import TYPE_CHECKING, Self

from django.db.models import Q

from common.querysets import BaseQuerySet

if TYPE_CHECKING:
    from accounts.models import Project
    from themes.models import DataColorTheme


class DataColorThemeQuerySet(BaseQuerySet["DataColorTheme"]):
    def for_project(self, project: "Project") -> Self:
        """The project's own and the global ones, which belong to no team."""
        return self.filter(Q(team_id=project.pk) | Q(team_id=None))

    def for_list(self) -> Self:
        return self.select_related("created_by")

    def for_detail(self) -> Self:
        return self.for_list()

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True)
