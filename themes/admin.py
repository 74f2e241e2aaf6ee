from django.contrib import admin

from themes.models import DataColorTheme


@admin.register(DataColorTheme)
class DataColorThemeAdmin(admin.ModelAdmin):
    """Here global themes are made: those without a team."""

    list_display = ["name", "team", "created_at"]
    list_select_related = ["team"]
    search_fields = ["name", "team__name"]
    ordering = ["name"]
    raw_id_fields = ["team", "created_by"]
