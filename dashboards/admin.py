from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import ReadOnlyAdmin, ReadOnlyInline
from dashboards.models import Dashboard, DashboardCollaborator, DashboardTemplate, DashboardTile


class TileInline(ReadOnlyInline):
    model = DashboardTile
    fields = ["insight", "text", "button_tile", "color", "deleted"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return DashboardTile.objects_including_soft_deleted.select_related("insight", "text", "button_tile")


class CollaboratorInline(ReadOnlyInline):
    model = DashboardCollaborator
    fields = ["user", "level", "added_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user")


@admin.register(Dashboard)
class DashboardAdmin(ReadOnlyAdmin):
    list_display = ["name", "id", "team", "pinned", "deleted", "created_by", "created_at", "last_accessed_at"]
    list_filter = ["deleted", "pinned", "creation_mode"]
    list_select_related = ["team", "created_by"]
    search_fields = ["name", "description", "team__name"]
    ordering = ["-id"]
    inlines = [TileInline, CollaboratorInline]


@admin.register(DashboardTemplate)
class DashboardTemplateAdmin(ReadOnlyAdmin):
    list_display = ["template_name", "scope", "team", "is_featured", "deleted", "created_at"]
    list_filter = ["scope", "is_featured", "deleted"]
    list_select_related = ["team"]
    search_fields = ["template_name", "dashboard_description"]
    ordering = ["template_name"]
