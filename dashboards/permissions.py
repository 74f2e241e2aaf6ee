from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from dashboards.models import Dashboard


class CanEditDashboard(BasePermission):
    """A restricted dashboard is changed only by its creator, by project admins, and by those they invited."""

    message = "You don't have edit permissions for this dashboard."

    def has_object_permission(self, request: Request, view: Any, dashboard: Dashboard) -> bool:
        return request.method in SAFE_METHODS or dashboard.is_editable_by(request.user, view.project)
