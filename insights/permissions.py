from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from insights import rights
from insights.models import Insight


class CanEditInsight(BasePermission):
    """Who may edit none of the dashboards that show an insight may not edit the insight."""

    message = "You don't have edit permissions for this insight."

    def has_object_permission(self, request: Request, view: Any, insight: Insight) -> bool:
        if request.method in SAFE_METHODS:
            return True
        return rights.privilege_level(insight, project=view.project, user=request.user) >= rights.CAN_EDIT
