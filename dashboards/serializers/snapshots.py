from typing import Any

from rest_framework import serializers

from common.exceptions import Refusal


class ClientResultBody(serializers.Serializer[Any]):
    """What a client showed of one tile."""

    insight_name = serializers.CharField(allow_blank=True, max_length=400)
    data = serializers.JSONField(help_text="The result as the client has it; not empty.")  # type: ignore[assignment]

    def validate_data(self, value: Any) -> Any:
        if value in ([], {}, ""):
            raise serializers.ValidationError("Data cannot be empty.")
        return value


class SnapshotBody(serializers.Serializer[Any]):
    client_results = serializers.DictField(
        child=ClientResultBody(),
        required=False,
        allow_null=True,
        help_text="By tile id. Without it, what is stored of the tiles' results is kept.",
    )


class SnapshotResult(serializers.Serializer[Any]):
    cache_key = serializers.CharField(help_text="For `analyze_refresh_result`, by the same user, for 30 minutes.")


class AnalyzeRefreshResultBody(serializers.Serializer[Any]):
    cache_key = serializers.CharField(help_text="What `snapshot` answered.")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        # PostHog's text for a missing key is its own.
        if isinstance(data, dict) and not data.get("cache_key"):
            raise Refusal("cache_key is required", code="required", attr="cache_key")
        return super().to_internal_value(data)


class AnalyzeRefreshResult(serializers.Serializer[Any]):
    result = serializers.CharField(help_text="Plain text: a line for each change, the largest first.")
