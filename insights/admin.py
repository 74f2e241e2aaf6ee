from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from insights.models import Insight


@admin.register(Insight)
class InsightAdmin(admin.ModelAdmin):
    list_display = ["id", "short_id", "name", "team", "deleted"]
    list_select_related = ["team"]
    search_fields = ["name", "derived_name", "short_id"]
    raw_id_fields = ["team", "created_by", "last_modified_by"]
    exclude = ["tags"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return Insight.objects_including_soft_deleted.all()
