from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from themes.models import DataColorTheme


class OnlyStaffWriteGlobalThemes(BasePermission):
    message = "Only staff users can edit global themes."

    def has_object_permission(self, request: Request, view: Any, theme: DataColorTheme) -> bool:
        return request.method in SAFE_METHODS or not theme.is_global or bool(request.user.is_staff)
