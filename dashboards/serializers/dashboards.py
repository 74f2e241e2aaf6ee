from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers.users import UserBasicSerializer
from common.reading import ReadsByPlan
from dashboards.models import Dashboard
from dashboards.serializers.fields import ObjectField
from dashboards.serializers.tiles import DashboardTileSerializer
from tagging.fields import TagsField

BASIC_FIELDS = [
    "id",
    "name",
    "description",
    "pinned",
    "created_at",
    "created_by",
    "last_accessed_at",
    "last_viewed_at",
    "is_shared",
    "deleted",
    "creation_mode",
    "tags",
    "restriction_level",
    "effective_restriction_level",
    "effective_privilege_level",
    "user_access_level",
    "access_control_version",
    "last_refresh",
    "team_id",
]


class DashboardBasicSerializer(ReadsByPlan, serializers.ModelSerializer[Dashboard]):
    """A dashboard in a list, without its tiles. Needs `project` and `user` in the context."""

    created_by = UserBasicSerializer(read_only=True, allow_null=True)
    tags = TagsField(read_only=True)
    last_viewed_at = serializers.DateTimeField(read_only=True, allow_null=True, help_text="By the caller.")
    is_shared = serializers.BooleanField(read_only=True)
    effective_restriction_level = serializers.ChoiceField(
        source="restriction_level", choices=Dashboard.RestrictionLevel.choices, read_only=True
    )
    effective_privilege_level = serializers.SerializerMethodField()
    user_access_level = serializers.SerializerMethodField()
    access_control_version = serializers.SerializerMethodField()
    search_match_type = serializers.CharField(
        read_only=True, required=False, help_text="`exact` or `similar`; only in answers to a search."
    )

    class Meta:
        model = Dashboard
        fields = [*BASIC_FIELDS, "search_match_type"]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=Dashboard.PrivilegeLevel.choices))
    def get_effective_privilege_level(self, dashboard: Dashboard) -> int:
        return dashboard.privilege_level_of(self.context["user"], self.context["project"])

    def get_user_access_level(self, dashboard: Dashboard) -> str | None:
        return dashboard.access_level_of(self.context["user"], self.context["project"])

    def get_access_control_version(self, dashboard: Dashboard) -> str:
        return "v1" if dashboard.restriction_level > Dashboard.RestrictionLevel.EVERYONE_IN_PROJECT_CAN_EDIT else "v2"


class DashboardSerializer(DashboardBasicSerializer):
    """A dashboard with its tiles, as `services.results` prepared it for one reader."""

    filters = ObjectField(source="shown_filters", read_only=True, help_text="As stored, under `filters_override`.")
    variables = ObjectField(source="shown_variables", read_only=True, allow_null=True)
    persisted_filters = serializers.SerializerMethodField(help_text="As stored; null when empty.")
    persisted_variables = serializers.SerializerMethodField(help_text="As stored; null when empty.")
    breakdown_colors = serializers.JSONField(read_only=True, allow_null=True)
    data_color_theme_id = serializers.IntegerField(read_only=True, allow_null=True)
    quick_filter_ids = serializers.SerializerMethodField()
    tiles = serializers.SerializerMethodField()

    class Meta(DashboardBasicSerializer.Meta):
        fields = [
            *BASIC_FIELDS,
            "filters",
            "variables",
            "breakdown_colors",
            "data_color_theme_id",
            "persisted_filters",
            "persisted_variables",
            "quick_filter_ids",
            "tiles",
        ]
        read_only_fields = fields

    search_match_type = None  # type: ignore[assignment]

    @extend_schema_field({"type": "object", "additionalProperties": {}, "nullable": True})
    def get_persisted_filters(self, dashboard: Dashboard) -> dict[str, Any] | None:
        return dashboard.filters or None

    @extend_schema_field({"type": "object", "additionalProperties": {}, "nullable": True})
    def get_persisted_variables(self, dashboard: Dashboard) -> dict[str, Any] | None:
        return dashboard.variables or None

    def get_quick_filter_ids(self, dashboard: Dashboard) -> list[str]:
        return dashboard.quick_filter_ids or []

    @extend_schema_field(DashboardTileSerializer(many=True))
    def get_tiles(self, dashboard: Dashboard) -> list[dict[str, Any]]:
        tiles = dashboard.tiles_in_order()
        answers = {tile.insight_id: tile.answer for tile in tiles}
        context = {**self.context, "answers": answers}
        return DashboardTileSerializer(tiles, many=True, context=context).data  # type: ignore[return-value]


class DashboardWithoutTilesSerializer(DashboardSerializer):
    """All of a dashboard but its tiles, which a stream sends as they come."""

    class Meta(DashboardSerializer.Meta):
        fields = [name for name in DashboardSerializer.Meta.fields if name != "tiles"]
        read_only_fields = fields

    tiles = None  # type: ignore[assignment]
