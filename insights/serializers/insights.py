from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from accounts.serializers.users import UserBasicSerializer
from common.reading import ReadsByPlan
from insights import rights
from insights.models import Insight
from insights.overrides import question_of
from insights.queries import validate_query
from insights.results import Answer
from insights.serializers.answers import QueryStatus
from insights.serializers.fields import DashboardsField, ObjectField
from insights.visualisation import as_visualisation
from tagging.fields import TagsField

NOT_ANSWERED = Answer()
AGENT = "mcp"


class DashboardTileBasicSerializer(ReadsByPlan, serializers.Serializer[Any]):
    """The place of an insight on a dashboard."""

    id = serializers.IntegerField(read_only=True)
    dashboard_id = serializers.IntegerField(read_only=True)
    deleted = serializers.BooleanField(read_only=True, allow_null=True)


class InsightBasicSerializer(ReadsByPlan, serializers.ModelSerializer[Insight]):
    """An insight in a light list: what it asks, not what the answer is. Needs `project` and `user` in the context."""

    query = serializers.JSONField(required=False, allow_null=True, help_text="A query node, or one that wraps it.")
    filters = ObjectField(
        required=False, help_text="Of the time before queries. Shown as the query that asks the same, if there is one."
    )
    description = serializers.CharField(
        max_length=400, required=False, allow_null=True, allow_blank=True, trim_whitespace=False
    )
    tags = TagsField(allow_null=True)
    dashboards = DashboardsField(
        required=False, help_text="Ids of all the dashboards that show it. Sent, it is the whole set wanted."
    )
    dashboard_tiles = DashboardTileBasicSerializer(many=True, read_only=True)
    created_by = UserBasicSerializer(read_only=True, allow_null=True)
    last_refresh = serializers.DateTimeField(source="answer.last_refresh", read_only=True, allow_null=True)
    refreshing = serializers.SerializerMethodField()
    user_access_level = serializers.SerializerMethodField()
    last_viewed_at = serializers.SerializerMethodField(help_text="By the caller.")
    search_match_type = serializers.CharField(
        read_only=True, required=False, help_text="`exact` or `similar`; only in answers to a search."
    )

    class Meta:
        model = Insight
        fields = [
            "id",
            "short_id",
            "name",
            "derived_name",
            "filters",
            "query",
            "dashboards",
            "dashboard_tiles",
            "description",
            "last_refresh",
            "refreshing",
            "saved",
            "tags",
            "updated_at",
            "created_by",
            "created_at",
            "last_modified_at",
            "favorited",
            "user_access_level",
            "last_viewed_at",
            "search_match_type",
        ]
        read_only_fields = ["short_id", "updated_at", "created_at", "last_modified_at"]
        # What a client sends comes back equal, or tools that compare would send it for ever.
        extra_kwargs = {"name": {"trim_whitespace": False}, "derived_name": {"trim_whitespace": False}}

    def get_refreshing(self, insight: Insight) -> bool:
        return False

    def get_user_access_level(self, insight: Insight) -> str:
        return insight.access_level_of(**self._caller())

    def get_last_viewed_at(self, insight: Insight) -> str | None:
        viewed_at = getattr(insight, "last_viewed_at", None)
        return serializers.DateTimeField().to_representation(viewed_at) if viewed_at else None

    def to_representation(self, insight: Insight) -> dict[str, Any]:
        """What was laid over the query (by a dashboard, by parameters) shows in `query`, as it does in the result."""
        answer = insight.answer = self.context.get("answers", {}).get(insight.pk, NOT_ANSWERED)  # type: ignore[attr-defined]
        shown = super().to_representation(insight)
        shown["query"] = answer.query or question_of(insight)
        if shown["query"]:
            shown["filters"] = {}
        return shown

    def _caller(self) -> dict[str, Any]:
        return {"project": self.context["project"], "user": self.context["user"]}


class InsightSerializer(InsightBasicSerializer):
    """An insight with its answer, which comes in the context: `answers`, by the insight's id. Without one, nulls.

    What `InsightBasicSerializer` lacks is not required, so that clients read both forms as one type.

    The insight brings its tiles with their dashboards, its tags and people: `insights.rendering`.
    """

    is_sample = serializers.BooleanField(read_only=True, required=False)
    refreshing = serializers.BooleanField(  # type: ignore[assignment]
        read_only=True, required=False, help_text="Only in the light form."
    )
    # Nullable, but `allow_null` would show a null where there is no dashboard.
    color = serializers.JSONField(
        read_only=True, required=False, help_text="On the dashboard that `from_dashboard` names."
    )
    layouts = serializers.JSONField(
        read_only=True, required=False, help_text="On the dashboard that `from_dashboard` names."
    )
    cache_target_age = serializers.DateTimeField(
        source="answer.cache_target_age",
        read_only=True,
        required=False,
        allow_null=True,
        help_text="When the result becomes stale.",
    )
    next_allowed_client_refresh = serializers.DateTimeField(
        source="answer.next_allowed_client_refresh",
        read_only=True,
        required=False,
        allow_null=True,
        help_text="Advice, not a rule.",
    )
    result = serializers.JSONField(source="answer.result", read_only=True, required=False, allow_null=True)
    hasMore = serializers.BooleanField(
        source="answer.response.hasMore", read_only=True, required=False, allow_null=True
    )
    columns = serializers.ListField(
        child=serializers.CharField(), source="answer.response.columns", read_only=True, required=False, allow_null=True
    )
    types = serializers.JSONField(source="answer.response.types", read_only=True, required=False, allow_null=True)
    hogql = serializers.CharField(source="answer.response.hogql", read_only=True, required=False, allow_null=True)
    timezone = serializers.CharField(source="answer.response.timezone", read_only=True, required=False, allow_null=True)
    resolved_date_range = ObjectField(
        source="answer.response.resolved_date_range", read_only=True, required=False, allow_null=True
    )
    is_cached = serializers.BooleanField(source="answer.is_cached", read_only=True, required=False)
    query_status = QueryStatus(source="answer.query_status", read_only=True, required=False, allow_null=True)
    filters_hash = serializers.CharField(source="answer.cache_key", read_only=True, required=False, allow_null=True)
    last_modified_by = UserBasicSerializer(read_only=True, required=False, allow_null=True)
    effective_restriction_level = serializers.SerializerMethodField(
        required=False, help_text="21 everyone, 37 collaborators only."
    )
    effective_privilege_level = serializers.SerializerMethodField(required=False, help_text="21 may view, 37 may edit.")
    alerts = serializers.SerializerMethodField(required=False)
    _create_in_folder = serializers.CharField(source="folder", write_only=True, required=False, allow_blank=True)

    class Meta(InsightBasicSerializer.Meta):
        fields = [
            "id",
            "short_id",
            "name",
            "derived_name",
            "filters",
            "filters_hash",
            "query",
            "order",
            "deleted",
            "dashboards",
            "dashboard_tiles",
            "last_refresh",
            "cache_target_age",
            "next_allowed_client_refresh",
            "result",
            "hasMore",
            "columns",
            "created_at",
            "created_by",
            "description",
            "updated_at",
            "tags",
            "favorited",
            "saved",
            "last_modified_at",
            "last_modified_by",
            "last_viewed_at",
            "is_sample",
            "effective_restriction_level",
            "effective_privilege_level",
            "user_access_level",
            "timezone",
            "is_cached",
            "query_status",
            "hogql",
            "types",
            "resolved_date_range",
            "alerts",
            "search_match_type",
            "refreshing",
            "color",
            "layouts",
            "_create_in_folder",
        ]

    def validate_query(self, query: Any) -> Any:
        """Kept as sent; an agent's bare query is put into the node that shows it. Raises Refusal, before all else."""
        if query is None:
            return None
        validate_query(query)
        return as_visualisation(query) if self._is_for_agent() else query

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is None and self._is_for_agent() and not attrs.get("query"):
            raise serializers.ValidationError({"query": "This field is required."}, code="required")
        return attrs

    def get_effective_restriction_level(self, insight: Insight) -> int:
        return rights.restriction_level(insight)

    def get_effective_privilege_level(self, insight: Insight) -> int:
        return rights.privilege_level(insight, **self._caller())

    def get_alerts(self, insight: Insight) -> list[dict[str, Any]]:
        return []

    def _is_for_agent(self) -> bool:
        return is_for_agent(self.context.get("request"))


class TrendingInsightSerializer(InsightBasicSerializer):
    """With who looked at it. `viewed_most` brings what it needs besides, `viewers` whoever calls."""

    view_count = serializers.IntegerField(read_only=True, help_text="People who looked at it in these days.")
    viewers = UserBasicSerializer(many=True, read_only=True, help_text="The three who looked at it last.")
    last_modified_by = UserBasicSerializer(read_only=True, allow_null=True)

    class Meta(InsightBasicSerializer.Meta):
        fields = [*InsightBasicSerializer.Meta.fields, "view_count", "viewers", "last_modified_by"]


def is_for_agent(request: Request | None) -> bool:
    """PostHog's agent toolkit says who it is."""
    return request is not None and request.headers.get("x-posthog-client") == AGENT
