"""Events themselves are not here: the admin cannot name a key of three columns. `GET events/` and SQL show them."""

from django.contrib import admin

from common.admin import LargeTableAdmin, ReadOnlyAdmin, ReadOnlyInline
from events.models import Action, Cohort, Group, GroupType, Person, PersonDistinctId

MOST_DISTINCT_IDS = 100


class DistinctIdInline(ReadOnlyInline):
    model = PersonDistinctId
    fields = ["distinct_id"]
    max_num = MOST_DISTINCT_IDS


@admin.register(Person)
class PersonAdmin(LargeTableAdmin):
    list_display = ["uuid", "team", "is_identified", "created_at"]
    list_select_related = ["team"]
    list_filter = ["is_identified"]
    search_fields = ["distinct_ids__distinct_id__exact"]
    search_help_text = "A distinct id, wholly."
    ordering = ["-id"]
    inlines = [DistinctIdInline]


@admin.register(Group)
class GroupAdmin(LargeTableAdmin):
    list_display = ["group_key", "group_type_index", "team", "created_at"]
    list_select_related = ["team"]
    search_fields = ["group_key__exact"]
    ordering = ["-id"]


@admin.register(GroupType)
class GroupTypeAdmin(ReadOnlyAdmin):
    list_display = ["group_type", "group_type_index", "team", "created_at"]
    list_select_related = ["team"]
    search_fields = ["group_type", "team__name"]
    ordering = ["team_id", "group_type_index"]


@admin.register(Action)
class ActionAdmin(ReadOnlyAdmin):
    list_display = ["name", "id", "team", "deleted", "created_by", "created_at"]
    list_filter = ["deleted"]
    list_select_related = ["team", "created_by"]
    search_fields = ["name", "team__name"]
    ordering = ["-id"]


@admin.register(Cohort)
class CohortAdmin(ReadOnlyAdmin):
    list_display = ["name", "id", "team", "is_static", "deleted", "created_by", "created_at"]
    list_filter = ["is_static", "deleted"]
    list_select_related = ["team", "created_by"]
    search_fields = ["name", "team__name"]
    ordering = ["-id"]
