from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.access import EDITOR, VIEWER, levels_from
from dashboards.models import Dashboard, DashboardTemplate
from dashboards.querysets import DASHBOARD


class HasAccessToDashboards(BasePermission):
    """The level that an action needs, by the rules of access: for one dashboard, or where none is named for all."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if {"pk", "dashboard_id"} & set(view.kwargs):
            return True  # the rules for that dashboard have the first word
        wanted = wanted_level(view)
        level = view.project.level_for(DASHBOARD)
        if level in levels_from(wanted, DASHBOARD):
            return True
        is_narrowed = wanted == VIEWER or view.action == "bulk_update_tags"
        dashboards = Dashboard.objects.for_project(view.project)
        if is_narrowed and dashboards.visible_to(request.user, view.project).exists():
            return True
        raise PermissionDenied(f"You do not have {wanted} access to this resource.")

    def has_object_permission(self, request: Request, view: Any, dashboard: Dashboard) -> bool:
        dashboard.refuse_unless_allows(wanted_level(view), request.user, view.project)
        return True


def wanted_level(view: Any) -> str:
    return EDITOR if "dashboard:write" in (view.scopes_of(view.action) or ()) else VIEWER


class CanEditDashboard(BasePermission):
    """A restricted dashboard is changed only by its creator, by project admins, and by those they invited."""

    message = "You don't have edit permissions for this dashboard."

    def has_object_permission(self, request: Request, view: Any, dashboard: Dashboard) -> bool:
        return wanted_level(view) == VIEWER or dashboard.is_editable_by(request.user, view.project)


class OnlyStaffWriteGlobalTemplates(BasePermission):
    message = "Only staff users can edit global templates."

    def has_object_permission(self, request: Request, view: Any, template: DashboardTemplate) -> bool:
        return request.method in SAFE_METHODS or not template.is_global or bool(request.user.is_staff)
