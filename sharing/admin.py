from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from sharing.models import SharingConfiguration


@admin.register(SharingConfiguration)
class SharingConfigurationAdmin(admin.ModelAdmin):
    """Links can be seen, closed and deleted here. They are made, and their tokens shown, by their owners."""

    list_display = ["__str__", "team", "enabled", "password_required", "expires_at", "created_at"]
    list_filter = ["enabled", "password_required"]
    list_select_related = ["team", "dashboard", "insight"]
    raw_id_fields = ["team", "dashboard", "insight"]
    exclude = ["access_token", "locked_filters"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
