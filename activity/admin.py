from django.contrib import admin

from activity.models import ActivityLog
from common.admin import LargeTableAdmin


@admin.register(ActivityLog)
class ActivityLogAdmin(LargeTableAdmin):
    list_display = ["created_at", "team", "user", "scope", "item_id", "activity"]
    list_select_related = ["team", "user"]
    search_fields = ["item_id__exact", "user__email"]
    ordering = ["-id"]
