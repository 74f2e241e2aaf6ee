from typing import Any

from rest_framework import serializers

from accounts.serializers.users import UserBasicSerializer
from common.reading import ReadsByPlan
from dashboards.models import ButtonTile, DashboardTile, Text
from insights.serializers.insights import DashboardTileBasicSerializer, InsightSerializer

#: Of an insight that a rule closes to the reader, what is shown instead. Its `user_access_level` says why.
UNTOLD: dict[str, Any] = {
    "name": None,
    "derived_name": None,
    "description": None,
    "query": None,
    "filters": {},
    "tags": [],
    "created_by": None,
    "last_modified_by": None,
}


class TextSerializer(ReadsByPlan, serializers.ModelSerializer[Text]):
    created_by = UserBasicSerializer(read_only=True, allow_null=True)
    last_modified_by = UserBasicSerializer(read_only=True, allow_null=True)
    dashboard_tiles = DashboardTileBasicSerializer(many=True, read_only=True)

    class Meta:
        model = Text
        fields = ["id", "body", "created_by", "last_modified_at", "last_modified_by", "team", "dashboard_tiles"]
        read_only_fields = fields


class ButtonTileSerializer(ReadsByPlan, serializers.ModelSerializer[ButtonTile]):
    created_by = UserBasicSerializer(read_only=True, allow_null=True)
    last_modified_by = UserBasicSerializer(read_only=True, allow_null=True)
    dashboard_tiles = DashboardTileBasicSerializer(many=True, read_only=True)

    class Meta:
        model = ButtonTile
        fields = [
            "id",
            "url",
            "text",
            "placement",
            "style",
            "created_by",
            "last_modified_at",
            "last_modified_by",
            "team",
            "dashboard_tiles",
        ]
        read_only_fields = fields


class TileErrorSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(read_only=True)
    message = serializers.CharField(read_only=True)


class _AnsweredMixin(serializers.BaseSerializer[Any]):
    """`error` is there only if there is one."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if shown["error"] is None:
            del shown["error"]
        return shown


class DashboardTileSerializer(_AnsweredMixin, ReadsByPlan, serializers.ModelSerializer[DashboardTile]):
    """A tile with its answer, if it was given one (`services.results`)."""

    insight = InsightSerializer(read_only=True, allow_null=True)
    text = TextSerializer(read_only=True, allow_null=True)
    button_tile = ButtonTileSerializer(read_only=True, allow_null=True)
    order = serializers.IntegerField(read_only=True, allow_null=True, help_text="Place in the order of the layout.")
    last_refresh = serializers.DateTimeField(source="answer.last_refresh", read_only=True, allow_null=True)
    is_cached = serializers.BooleanField(source="answer.is_cached", read_only=True)
    error = TileErrorSerializer(source="answer.error", read_only=True, required=False)

    def to_representation(self, tile: DashboardTile) -> dict[str, Any]:
        shown = super().to_representation(tile)
        if tile.is_closed:
            shown["insight"] = {**shown["insight"], **UNTOLD}
        return shown

    class Meta:
        model = DashboardTile
        fields = [
            "id",
            "layouts",
            "color",
            "filters_overrides",
            "show_description",
            "transparent_background",
            "insight",
            "text",
            "button_tile",
            "order",
            "last_refresh",
            "is_cached",
            "error",
        ]
        read_only_fields = fields


class InsightResultSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="insight.id", read_only=True)
    short_id = serializers.CharField(source="insight.short_id", read_only=True)
    name = serializers.CharField(source="insight.name", read_only=True, allow_null=True)
    derived_name = serializers.CharField(source="insight.derived_name", read_only=True, allow_null=True)
    result = serializers.JSONField(
        read_only=True, allow_null=True, help_text="A text table, or the raw result; null if it was never computed."
    )


class DashboardTileResult(_AnsweredMixin, serializers.Serializer[Any]):
    """What one insight of a dashboard answered."""

    id = serializers.IntegerField(source="tile.id", read_only=True)
    insight = InsightResultSerializer(source="*", read_only=True)
    order = serializers.IntegerField(source="tile.order", read_only=True)
    last_refresh = serializers.DateTimeField(source="tile.answer.last_refresh", read_only=True, allow_null=True)
    is_cached = serializers.BooleanField(source="tile.answer.is_cached", read_only=True)
    error = TileErrorSerializer(source="tile.answer.error", read_only=True, required=False)


class RunInsightsResult(serializers.Serializer[Any]):
    results = DashboardTileResult(many=True, read_only=True)
