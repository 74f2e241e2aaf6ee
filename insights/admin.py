from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from common.admin import LargeTableAdmin, ReadOnlyAdmin
from insights.models import CachedResult, Insight, InsightVariable, QueryJob


@admin.register(Insight)
class InsightAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "short_id", "team", "saved", "deleted", "created_by", "last_modified_at"]
    list_filter = ["deleted", "saved"]
    list_select_related = ["team", "created_by"]
    search_fields = ["name", "derived_name", "short_id", "team__name"]
    ordering = ["-id"]


@admin.register(InsightVariable)
class InsightVariableAdmin(ReadOnlyAdmin):
    list_display = ["name", "code_name", "type", "team", "created_at"]
    list_select_related = ["team"]
    search_fields = ["name", "code_name", "team__name"]
    ordering = ["name"]


@admin.register(QueryJob)
class QueryJobAdmin(LargeTableAdmin):
    """Queries of the last hour that were computed in the background."""

    list_display = ["query_id", "team", "user", "start_time", "pickup_time", "end_time", "has_failed"]
    list_filter = ["has_failed"]
    list_select_related = ["team", "user"]
    search_fields = ["query_id__exact"]
    ordering = ["-start_time"]


@admin.register(CachedResult)
class CachedResultAdmin(LargeTableAdmin):
    """Which answers are stored, and since when. The answers themselves are the API's to show."""

    list_display = ["key", "team", "last_refresh"]
    list_select_related = ["team"]
    search_fields = ["key__exact"]
    ordering = ["key"]
    exclude = ["response"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("response")
