"""What leaves the house without a key. Every key is named here, so that nothing new leaves by itself.

No people, no other dashboards, no cache keys, no words of an error that might quote a query. With `hide_query` in the
context nothing that tells what was asked, with `hide_details` no dates of writing either.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from insights.results import Answer
from sharing.models import SharingConfiguration
from sharing.share_settings import FLAGS

JSON = dict[str, Any]
FAILED = {"type": "server_error", "message": "This insight could not be computed."}
#: Of a result's entries when the question is hidden: numbers and what they are called.
ANSWERING_KEYS = {
    "aggregated_value",
    "average_conversion_time",
    "breakdown_value",
    "compare",
    "compare_label",
    "conversionRates",
    "count",
    "custom_name",
    "data",
    "date",
    "days",
    "label",
    "labels",
    "median_conversion_time",
    "name",
    "order",
    "source",
    "status",
    "target",
    "value",
    "values",
}
DETAILS = ("created_at", "updated_at", "last_modified_at")


class ExportedSerializer(serializers.Serializer[Any]):
    @property
    def hides_query(self) -> bool:
        return bool(self.context.get("hide_query"))

    def to_representation(self, instance: Any) -> JSON:
        shown = super().to_representation(instance)
        hidden = DETAILS if self.context.get("hide_details") else ()
        return {name: value for name, value in shown.items() if name not in hidden}


class ExportedThemeSerializer(ExportedSerializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    colors = serializers.JSONField()
    is_global = serializers.SerializerMethodField()

    def get_is_global(self, theme: Any) -> bool:
        return theme.team_id is None


class ExportedTextSerializer(ExportedSerializer):
    id = serializers.IntegerField()
    body = serializers.CharField(allow_null=True)
    last_modified_at = serializers.DateTimeField()


class ExportedButtonSerializer(ExportedSerializer):
    id = serializers.UUIDField()
    url = serializers.SerializerMethodField()
    text = serializers.CharField()
    placement = serializers.CharField()
    style = serializers.CharField()  # type: ignore[assignment]

    def get_url(self, button: Any) -> str:
        return safe_url(button.url)


class ExportedInsightSerializer(ExportedSerializer):
    """An insight with its `answer`."""

    id = serializers.IntegerField()
    short_id = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    derived_name = serializers.SerializerMethodField()
    description = serializers.CharField(allow_null=True)
    query = serializers.SerializerMethodField()
    filters = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()
    columns = serializers.SerializerMethodField()
    types = serializers.SerializerMethodField()
    hasMore = serializers.SerializerMethodField()
    timezone = serializers.SerializerMethodField()
    resolved_date_range = serializers.SerializerMethodField()
    last_refresh = serializers.DateTimeField(source="answer.last_refresh")
    cache_target_age = serializers.DateTimeField(source="answer.cache_target_age")
    next_allowed_client_refresh = serializers.DateTimeField(source="answer.next_allowed_client_refresh")
    is_cached = serializers.BooleanField(source="answer.is_cached")
    query_status = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    last_modified_at = serializers.DateTimeField()
    tags = serializers.SerializerMethodField()
    alerts = serializers.SerializerMethodField()
    effective_restriction_level = serializers.SerializerMethodField()
    effective_privilege_level = serializers.SerializerMethodField()

    def get_derived_name(self, insight: Any) -> str | None:
        """It is made from the question."""
        return None if self.hides_query else insight.derived_name

    def get_query(self, insight: Any) -> Any:
        return None if self.hides_query else insight.answer.query

    def get_filters(self, insight: Any) -> JSON:
        return {}

    def get_result(self, insight: Any) -> Any:
        return without_question(insight.answer.result) if self.hides_query else insight.answer.result

    def get_columns(self, insight: Any) -> Any:
        return _of(insight.answer, "columns")

    def get_types(self, insight: Any) -> Any:
        return _of(insight.answer, "types")

    def get_hasMore(self, insight: Any) -> Any:
        return _of(insight.answer, "hasMore")

    def get_timezone(self, insight: Any) -> Any:
        return _of(insight.answer, "timezone")

    def get_resolved_date_range(self, insight: Any) -> Any:
        return _of(insight.answer, "resolved_date_range")

    def get_query_status(self, insight: Any) -> JSON | None:
        if insight.answer.failure is None:
            return None
        return {"complete": True, "error": True, "error_message": FAILED["message"]}

    def get_tags(self, insight: Any) -> list[str]:
        return []

    def get_alerts(self, insight: Any) -> list[JSON]:
        return []

    def get_effective_restriction_level(self, insight: Any) -> int:
        return 37

    def get_effective_privilege_level(self, insight: Any) -> int:
        return 21


class ExportedTileSerializer(ExportedSerializer):
    id = serializers.IntegerField()
    order = serializers.IntegerField()
    layouts = serializers.JSONField()
    color = serializers.CharField(allow_null=True)
    show_description = serializers.BooleanField(allow_null=True)
    transparent_background = serializers.BooleanField(allow_null=True)
    filters_overrides = serializers.SerializerMethodField()
    insight = ExportedInsightSerializer(allow_null=True)
    text = ExportedTextSerializer(allow_null=True)
    button_tile = ExportedButtonSerializer(allow_null=True)

    def get_filters_overrides(self, tile: Any) -> JSON:
        return {} if self.hides_query else tile.filters_overrides or {}

    def to_representation(self, tile: Any) -> JSON:
        answer = tile.insight.answer if tile.insight_id else Answer()
        shown = super().to_representation(tile)
        shown |= {"last_refresh": (shown["insight"] or {}).get("last_refresh"), "is_cached": answer.is_cached}
        return {**shown, "error": FAILED} if answer.failure is not None else shown


class ExportedDashboardSerializer(ExportedSerializer):
    """A dashboard; its `tiles` come in the context, read and answered."""

    id = serializers.IntegerField()
    name = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    pinned = serializers.BooleanField()
    is_shared = serializers.SerializerMethodField()
    creation_mode = serializers.CharField()
    created_at = serializers.DateTimeField()
    last_refresh = serializers.DateTimeField(allow_null=True)
    filters = serializers.SerializerMethodField()
    variables = serializers.SerializerMethodField()
    breakdown_colors = serializers.JSONField(allow_null=True)
    data_color_theme_id = serializers.IntegerField(allow_null=True)
    tags = serializers.SerializerMethodField()
    restriction_level = serializers.IntegerField()
    effective_restriction_level = serializers.SerializerMethodField()
    effective_privilege_level = serializers.SerializerMethodField()
    tiles = serializers.SerializerMethodField()

    def get_is_shared(self, dashboard: Any) -> bool:
        return True

    def get_filters(self, dashboard: Any) -> JSON:
        return {} if self.hides_query else dashboard.filters or {}

    def get_variables(self, dashboard: Any) -> JSON:
        return {} if self.hides_query else dashboard.variables or {}

    def get_tags(self, dashboard: Any) -> list[str]:
        return []

    def get_effective_restriction_level(self, dashboard: Any) -> int:
        return 37

    def get_effective_privilege_level(self, dashboard: Any) -> int:
        return 21

    def get_tiles(self, dashboard: Any) -> Any:
        return ExportedTileSerializer(self.context["tiles"], many=True, context=self.context).data


def context_of(share: SharingConfiguration) -> JSON:
    return {"hide_query": share.hide_query, "hide_details": share.option("hideExtraDetails")}


def look_of(share: SharingConfiguration, *names: str) -> JSON:
    """What the settings say of the page: flags only where they are on."""
    flags = {name: True for name in names or FLAGS if share.option(name)}
    theme = share.option("theme")
    return {**flags, "theme": theme} if theme else flags


def without_question(result: Any) -> Any:
    """A result's numbers and names without what they answer: the event, its filters, the links to persons."""
    if isinstance(result, list):
        return [without_question(one) for one in result]
    if not isinstance(result, Mapping):
        return result
    custom_name = (result.get("action") or {}).get("custom_name") if isinstance(result.get("action"), Mapping) else None
    shown = {key: without_question(value) for key, value in result.items() if key in ANSWERING_KEYS}
    return {**shown, "label": custom_name} if custom_name else shown


def safe_url(url: str) -> str:
    """Only addresses that a link may lead to: no scripts."""
    return url if urlsplit(url).scheme.lower() in {"http", "https"} else ""


def _of(answer: Answer, name: str) -> Any:
    return (answer.response or {}).get(name)


#: Of an insight as the API shows it to members.
INSIGHT_KEYS = {
    *ExportedInsightSerializer().fields,
    "color",
    "deleted",
    "layouts",
    "order",
    "refreshing",
    "saved",
}


def redacted_insight(insight: JSON, share: SharingConfiguration, *, is_listed: bool) -> JSON:
    """In a list the answers lack the filters of the shared dashboard, so they are left out there."""
    shown = {name: value for name, value in insight.items() if name in INSIGHT_KEYS}
    empty: JSON = {"alerts": [], "tags": [], "query_status": None}
    if share.hide_query:
        empty |= {"query": None, "derived_name": None, "filters": {}}
    shown |= {name: value for name, value in empty.items() if name in shown}
    if "result" in shown:
        shown["result"] = without_question(shown["result"]) if share.hide_query else shown["result"]
        shown["result"] = None if is_listed and share.dashboard_id else shown["result"]
    hidden = DETAILS if share.option("hideExtraDetails") else ()
    return {name: value for name, value in shown.items() if name not in hidden}


def redacted_theme(theme: JSON, share: SharingConfiguration, *, is_listed: bool) -> JSON:
    return {name: value for name, value in theme.items() if name in ExportedThemeSerializer().fields}
