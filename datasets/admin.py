from django.contrib import admin

from common.admin import LargeTableAdmin, ReadOnlyAdmin
from datasets.models import Dataset, DatasetItem


@admin.register(Dataset)
class DatasetAdmin(ReadOnlyAdmin):
    list_display = ["name", "id", "team", "deleted", "created_by", "created_at"]
    list_filter = ["deleted"]
    list_select_related = ["team", "created_by"]
    search_fields = ["name", "team__name"]
    ordering = ["-id"]


@admin.register(DatasetItem)
class DatasetItemAdmin(LargeTableAdmin):
    list_display = ["id", "dataset", "team", "deleted", "created_at"]
    list_filter = ["deleted"]
    list_select_related = ["dataset", "team"]
    search_fields = ["dataset__name"]
    ordering = ["-id"]
