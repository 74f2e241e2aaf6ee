from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest

from accounts.models import Organization, OrganizationMembership, PersonalAPIKey, Team, User


class MembershipInline(admin.TabularInline):
    model = OrganizationMembership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    list_display = ["name", "id", "created_at"]
    search_fields = ["name"]
    inlines = [MembershipInline]


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    list_display = ["name", "pk", "project", "timezone"]
    list_select_related = ["project"]
    search_fields = ["name"]
    raw_id_fields = ["project", "primary_dashboard"]
    readonly_fields = ["uuid"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ["email", "first_name", "last_name", "is_staff", "is_active"]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["email"]
    raw_id_fields = ["current_organization", "current_team"]
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "role_at_organization")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Where", {"fields": ("current_organization", "current_team")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)


@admin.register(PersonalAPIKey)
class PersonalAPIKeyAdmin(admin.ModelAdmin):
    """Keys can be seen and deleted here, not made: their value would be shown to nobody."""

    list_display = ["label", "user", "mask_value", "scopes", "last_used_at"]
    list_select_related = ["user"]
    search_fields = ["label", "user__email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
