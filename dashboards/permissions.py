from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.access import VIEWER
from accounts.permissions import wanted_level
from dashboards.models import Dashboard, DashboardTemplate


class CanEditDashboard(BasePermission):
    """A restricted dashboard is changed only by its creator, by project admins, and by those they invited."""

    message = "You don't have edit permissions for this dashboard."

    def has_object_permission(self, request: Request, view: Any, dashboard: Dashboard) -> bool:
        return wanted_level(view) == VIEWER or dashboard.is_editable_by(request.user, view.project)


class OnlyStaffWriteGlobalTemplates(BasePermission):
    message = "Only staff users can edit global templates."

    def has_object_permission(self, request: Request, view: Any, template: DashboardTemplate) -> bool:
        return request.method in SAFE_METHODS or not template.is_global or bool(request.user.is_staff)
