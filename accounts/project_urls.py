"""What accounts has to offer inside a project."""

from typing import Any

from django.urls import re_path

from accounts.views.access_controls import ProjectAccessControlViewSet, ResourceAccessControlViewSet

READ_AND_WRITE: dict[str, Any] = {"get": "retrieve", "put": "update"}

urlpatterns = [
    re_path(r"^access_controls/?$", ProjectAccessControlViewSet.as_view(READ_AND_WRITE), name="access_controls"),
    re_path(
        r"^users_with_access/?$",
        ProjectAccessControlViewSet.as_view({"get": "users_with_access"}),
        name="users_with_access",
    ),
    re_path(
        r"^resource_access_controls/?$",
        ResourceAccessControlViewSet.as_view(READ_AND_WRITE),
        name="resource_access_controls",
    ),
    re_path(
        r"^global_access_controls/?$",
        ResourceAccessControlViewSet.as_view(READ_AND_WRITE),
        name="global_access_controls",
    ),
]
