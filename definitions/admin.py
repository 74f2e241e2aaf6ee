from django.contrib import admin

from common.admin import LargeTableAdmin
from definitions.models import EventDefinition, PropertyDefinition


@admin.register(EventDefinition)
class EventDefinitionAdmin(LargeTableAdmin):
    list_display = ["name", "team", "verified", "hidden", "last_seen_at"]
    list_filter = ["verified", "hidden"]
    list_select_related = ["team"]
    search_fields = ["name", "team__name"]
    ordering = ["name"]


@admin.register(PropertyDefinition)
class PropertyDefinitionAdmin(LargeTableAdmin):
    list_display = ["name", "type", "property_type", "team", "verified", "hidden"]
    list_filter = ["verified", "hidden"]
    list_select_related = ["team"]
    search_fields = ["name", "team__name"]
    ordering = ["name"]
