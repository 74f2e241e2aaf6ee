from django.contrib import admin

from common.admin import ReadOnlyAdmin
from tagging.models import Tag


@admin.register(Tag)
class TagAdmin(ReadOnlyAdmin):
    list_display = ["name", "team"]
    list_select_related = ["team"]
    search_fields = ["name", "team__name"]
    ordering = ["name"]
