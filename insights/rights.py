"""Who may change what, from the numbers alone. Pure: rows come with their tiles and dashboards already read."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Project
from common.exceptions import Forbidden

#: Dashboards' numbers: as a restriction "everyone may edit" / "collaborators only", as a privilege view / edit.
EVERYONE_CAN_EDIT = CAN_VIEW = 21
CAN_EDIT = 37


def refuse_uneditable(dashboards: Iterable[Any], *, deed: str, project: Project, user: Any) -> None:
    """`deed` is "add insights to" or "remove insights from". Raises Forbidden."""
    for dashboard in dashboards:
        if not dashboard.is_editable_by(user, project):
            raise Forbidden(f"You don't have permission to {deed} dashboard: {dashboard.pk}")


def restriction_level(insight: Any) -> int:
    """That of the strictest dashboard which shows the insight."""
    levels = (tile.dashboard.restriction_level for tile in insight.dashboard_tiles.all())
    return max(levels, default=EVERYONE_CAN_EDIT)


def privilege_level(insight: Any, *, project: Project, user: Any) -> int:
    """One dashboard that the caller may edit is enough."""
    dashboards = [tile.dashboard for tile in insight.dashboard_tiles.all()]
    may_edit = not dashboards or any(one.is_editable_by(user, project) for one in dashboards)
    return CAN_EDIT if may_edit else CAN_VIEW
