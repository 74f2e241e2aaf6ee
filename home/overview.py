"""What a signed-in user finds on this server."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Project, User
from accounts.scopes import READ, SCOPE_OBJECTS, WILDCARD
from dashboards.models import Dashboard
from sharing.models import SharingConfiguration

EVERYTHING, READING = "everything", "reading"
#: What a key made on the home page may do. Finer ones are made through the API.
ACCESSES = {EVERYTHING: [WILDCARD], READING: [f"{name}:{READ}" for name in sorted(SCOPE_OBJECTS)]}


@dataclass(frozen=True)
class ProjectOverview:
    project: Project
    dashboards: list[Dashboard]
    shares: list[SharingConfiguration]


def projects_of(user: User) -> Any:
    return Project.objects.visible_to(user).with_membership_of(user)


def overview_of(user: User) -> list[ProjectOverview]:
    """Each project with the dashboards that the user may see, pinned ones first, and the links that are open."""
    return [_overview(project, user) for project in projects_of(user)]


def find_dashboard(pk: int, user: User) -> Dashboard | None:
    """None also for one that is there and not for this user."""
    dashboard = Dashboard.objects.select_related("team__project__organization").filter(pk=pk).first()
    project = projects_of(user).filter(pk=dashboard.team_id).first() if dashboard else None
    if dashboard is None or project is None:
        return None
    is_visible = Dashboard.objects.for_project(project).visible_to(user, project).filter(pk=pk).exists()
    return dashboard if is_visible else None


def _overview(project: Project, user: User) -> ProjectOverview:
    dashboards = list(
        Dashboard.objects.for_project(project).listed().visible_to(user, project).order_by("-pinned", "name", "pk")
    )
    return ProjectOverview(project, dashboards, _shares(project, {dashboard.pk for dashboard in dashboards}))


def _shares(project: Project, dashboard_ids: set[int]) -> list[SharingConfiguration]:
    """Those that open something right now."""
    shares = SharingConfiguration.objects.for_project(project).open().select_related("dashboard", "insight")
    return [
        share
        for share in shares
        if (share.dashboard_id in dashboard_ids if share.dashboard_id else not share.resource.deleted)
    ]
