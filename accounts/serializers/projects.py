from typing import Any, TypedDict

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import OrganizationMembership, Project, Team
from accounts.serializers.absent import absent_fields
from accounts.services import is_time_zone


class TeamBasicSerializer(serializers.ModelSerializer[Team]):
    id = serializers.IntegerField(source="pk", read_only=True)
    organization = serializers.UUIDField(source="project.organization_id", read_only=True)
    project_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Team
        fields = [
            "id",
            "uuid",
            "organization",
            "project_id",
            "api_token",
            "name",
            "completed_snippet_onboarding",
            "has_completed_onboarding_for",
            "ingested_event",
            "is_demo",
            "timezone",
            "access_control",
        ]
        read_only_fields = [name for name in fields if name not in {"id", "organization", "project_id"}]


class GroupTypeOfProject(TypedDict):
    group_type: str
    group_type_index: int
    name_singular: str | None
    name_plural: str | None


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A project with the settings of its team: what `/api/projects/:id/` and `/api/environments/:id/` answer."""

    id = serializers.IntegerField(source="pk", read_only=True)
    name = serializers.CharField(max_length=200, required=False)
    organization = serializers.UUIDField(source="project.organization_id", read_only=True)
    project_id = serializers.IntegerField(read_only=True)
    app_urls = serializers.ListField(child=serializers.CharField(max_length=200, allow_null=True), required=False)
    test_account_filters = serializers.ListField(
        child=serializers.JSONField(), required=False, help_text="Property filters that name people of your own."
    )
    person_display_name_properties = serializers.ListField(
        child=serializers.CharField(max_length=400), required=False, allow_null=True
    )
    primary_dashboard = serializers.IntegerField(source="primary_dashboard_id", required=False, allow_null=True)
    default_data_theme = serializers.IntegerField(
        source="default_data_theme_id",
        required=False,
        allow_null=True,
        help_text="Id of a colour theme: the project's own or a global one.",
    )
    autocapture_opt_out = serializers.SerializerMethodField(help_text="Always true, as clients in browsers are told.")
    effective_membership_level = serializers.SerializerMethodField()
    user_access_level = serializers.SerializerMethodField()
    has_group_types = serializers.SerializerMethodField()
    group_types = serializers.SerializerMethodField()

    class Meta:
        model = Team
        fields = [
            *TeamBasicSerializer.Meta.fields,
            "created_at",
            "updated_at",
            "app_urls",
            "anonymize_ips",
            "test_account_filters",
            "person_display_name_properties",
            "week_start_day",
            "primary_dashboard",
            "default_data_theme",
            "autocapture_opt_out",
            "effective_membership_level",
            "user_access_level",
            "has_group_types",
            "group_types",
        ]
        read_only_fields = [
            "uuid",
            "api_token",
            "ingested_event",
            "is_demo",
            "access_control",
            "created_at",
            "updated_at",
        ]

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), **absent_fields("project")}

    def validate_timezone(self, name: str) -> str:
        if not is_time_zone(name):
            raise serializers.ValidationError(f'"{name}" is not a valid choice.', code="invalid_choice")
        return name

    def validate_default_data_theme(self, pk: int | None) -> int | None:
        themes: Any = Team._meta.get_field("default_data_theme").related_model
        if pk is not None and not (self.instance and themes.objects.for_project(self.instance).filter(pk=pk).exists()):
            raise serializers.ValidationError(f'Invalid pk "{pk}" - object does not exist.', code="does_not_exist")
        return pk

    def validate_primary_dashboard(self, pk: int | None) -> int | None:
        project: Project | None = self.instance.project if self.instance else None
        if pk is not None and not (project and project.team.dashboards.filter(pk=pk).exists()):
            raise serializers.ValidationError(f'Invalid pk "{pk}" - object does not exist.', code="does_not_exist")
        return pk

    def get_autocapture_opt_out(self, team: Team) -> bool:
        return True

    @extend_schema_field(serializers.ChoiceField(choices=OrganizationMembership.Level.choices, allow_null=True))
    def get_effective_membership_level(self, team: Team) -> int | None:
        return getattr(team.project, "membership_level", None)

    def get_user_access_level(self, team: Team) -> str | None:
        return team.project.access_level

    def get_has_group_types(self, team: Team) -> bool:
        return bool(team.group_types.all())

    def get_group_types(self, team: Team) -> list[GroupTypeOfProject]:
        return [
            {name: getattr(group_type, name) for name in GroupTypeOfProject.__annotations__}  # type: ignore[misc]
            for group_type in team.group_types.all()
        ]
