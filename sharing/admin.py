from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import ReadOnlyInline
from sharing.models import SharePassword, SharingConfiguration


class SharePasswordInline(ReadOnlyInline):
    model = SharePassword
    fields = ["note", "created_by", "created_at", "is_active"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("created_by")


@admin.register(SharingConfiguration)
class SharingConfigurationAdmin(admin.ModelAdmin):
    """Links can be seen, closed and deleted here. They are made, and their tokens shown, by their owners."""

    list_display = ["__str__", "team", "enabled", "password_required", "expires_at", "created_at"]
    list_filter = ["enabled", "password_required"]
    list_select_related = ["team", "dashboard", "insight"]
    search_fields = ["team__name", "dashboard__name", "insight__name"]
    raw_id_fields = ["team", "dashboard", "insight"]
    exclude = ["access_token", "locked_filters"]
    readonly_fields = ["team", "dashboard", "insight", "created_at"]
    inlines = [SharePasswordInline]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
