from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashField, ReadOnlyPasswordHashWidget, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.models import AccessControl, Organization, OrganizationMembership, PersonalAPIKey, Project, Team, User
from common.admin import ReadOnlyAdmin

admin.site.site_header = admin.site.site_title = "posthog-lite"
admin.site.index_title = "Administration"
# Rights come from memberships and access rules.
admin.site.unregister(Group)


class KeptByTheAPI:
    """What hangs on these rows goes with them, and only the API knows how."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipInline(admin.TabularInline):
    model = OrganizationMembership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(Organization)
class OrganizationAdmin(KeptByTheAPI, admin.ModelAdmin):
    list_display = ["name", "id", "created_at"]
    search_fields = ["name"]
    ordering = ["name"]
    inlines = [MembershipInline]


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    list_display = ["name", "id", "organization", "created_at"]
    list_select_related = ["organization"]
    search_fields = ["name", "organization__name"]


@admin.register(Team)
class TeamAdmin(KeptByTheAPI, admin.ModelAdmin):
    """The settings of a project."""

    list_display = ["name", "pk", "project", "timezone"]
    list_select_related = ["project"]
    search_fields = ["name"]
    raw_id_fields = ["project", "primary_dashboard", "default_data_theme"]
    readonly_fields = ["project", "uuid", "api_token"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SilentPasswordWidget(ReadOnlyPasswordHashWidget):
    """The button that sets another; nothing of the one that is there."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "summary": []}


class SilentUserForm(UserChangeForm):
    password = ReadOnlyPasswordHashField(widget=SilentPasswordWidget)


@admin.register(User)
class UserAdmin(KeptByTheAPI, DjangoUserAdmin):
    form = SilentUserForm
    list_display = ["email", "first_name", "last_name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["email"]
    raw_id_fields = ["current_organization", "current_team"]
    readonly_fields = ["uuid", "date_joined", "last_login"]
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "role_at_organization", "uuid")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Where", {"fields": ("current_organization", "current_team")}),
        ("When", {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)


@admin.register(PersonalAPIKey)
class PersonalAPIKeyAdmin(ReadOnlyAdmin):
    """Keys can be seen and deleted here, not made: their value would be shown to nobody."""

    list_display = ["label", "user", "mask_value", "scopes", "last_used_at"]
    list_select_related = ["user"]
    search_fields = ["label", "user__email"]
    exclude = ["secure_value", "is_counted"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(AccessControl)
class AccessControlAdmin(ReadOnlyAdmin):
    list_display = ["team", "resource", "resource_id", "access_level", "member", "created_at"]
    list_filter = ["resource", "access_level"]
    list_select_related = ["team", "organization_member__user"]
    search_fields = ["team__name", "organization_member__user__email"]

    @admin.display(description="member")
    def member(self, rule: AccessControl) -> str:
        return rule.organization_member.user.email if rule.organization_member else "everybody"
