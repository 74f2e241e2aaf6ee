"""What was computed, and what is known of what is being computed."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from insights.models import QueryJob
from insights.results import Answer
from insights.serializers.fields import ObjectField

# PostHog tells these of a running query; here nobody counts them.
NOT_KEPT = ("task_id", "query_progress", "labels", "bytes_read", "budget_remaining_bytes", "query_scan")


@extend_schema_field(OpenApiTypes.ANY)
class NothingField(serializers.Field[Any, Any, Any, Any]):
    """What PostHog's engine knows of a query and ours does not."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, source="*", allow_null=True, **kwargs)

    def to_representation(self, value: Any) -> None:
        return None


class QueryStatus(serializers.Serializer[QueryJob]):
    """How far an asynchronous query is. `results` is its whole answer, once it is asked for by id and complete.

    Of an answer that failed without a job there is only what is required here.
    """

    id = serializers.CharField(source="query_id", read_only=True, required=False)
    query_async = serializers.SerializerMethodField(required=False)
    team_id = serializers.IntegerField(read_only=True, required=False)
    insight_id = serializers.IntegerField(read_only=True, required=False, allow_null=True)
    dashboard_id = serializers.IntegerField(read_only=True, required=False, allow_null=True)
    complete = serializers.BooleanField(source="is_complete", read_only=True)
    error = serializers.BooleanField(source="has_failed", read_only=True)
    error_code = serializers.CharField(read_only=True, allow_null=True)
    error_message = serializers.CharField(read_only=True, allow_null=True)
    results = serializers.SerializerMethodField(required=False)
    start_time = serializers.DateTimeField(read_only=True, required=False, help_text="When it was accepted.")
    pickup_time = serializers.DateTimeField(
        read_only=True, required=False, allow_null=True, help_text="When it was begun."
    )
    end_time = serializers.DateTimeField(read_only=True, required=False, allow_null=True)
    expiration_time = serializers.DateTimeField(
        read_only=True, required=False, help_text="Until when it may be asked for."
    )
    cache_key = serializers.CharField(read_only=True, required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        return super().get_fields() | {name: NothingField(required=False) for name in NOT_KEPT}

    def to_representation(self, status: Any) -> Any:
        """The error of an answer that no job computed says the little that there is to say."""
        return super().to_representation(status) if isinstance(status, QueryJob) else status

    def get_query_async(self, job: QueryJob) -> bool:
        return True

    def get_results(self, job: QueryJob) -> dict[str, Any] | None:
        answer: Answer | None = self.context.get("answer")
        return None if answer is None or answer.response is None else QueryResult(answer).data


class QueryStatusResult(serializers.Serializer[QueryJob]):
    query_status = QueryStatus(source="*", read_only=True)


class QueryAcceptedResult(QueryStatusResult):
    """Beside the status, the stale answer, where there is one."""

    has_other_keys = True

    cache_key = serializers.CharField(read_only=True, required=False)


class QueryFailedResult(serializers.Serializer[Any]):
    """The four keys of every error, and the status of the query, if it is this that failed."""

    type = serializers.CharField(read_only=True)
    code = serializers.CharField(read_only=True)
    detail = serializers.CharField(read_only=True)
    attr = serializers.CharField(read_only=True, allow_null=True)
    query_status = QueryStatus(read_only=True, required=False)


class QueryResult(serializers.Serializer[Answer]):
    """The answer, with whatever else its kind of query gives."""

    has_other_keys = True

    results = serializers.JSONField(source="result", read_only=True, allow_null=True)
    hasMore = serializers.BooleanField(source="response.hasMore", read_only=True, required=False)
    columns = serializers.JSONField(source="response.columns", read_only=True, required=False)
    types = serializers.JSONField(source="response.types", read_only=True, required=False)
    is_cached = serializers.BooleanField(read_only=True)
    last_refresh = serializers.DateTimeField(read_only=True, allow_null=True)
    cache_key = serializers.CharField(read_only=True, allow_null=True)
    cache_target_age = serializers.DateTimeField(read_only=True, allow_null=True)
    next_allowed_client_refresh = serializers.DateTimeField(read_only=True, allow_null=True)
    timezone = serializers.CharField(source="response.timezone", read_only=True, allow_null=True)
    resolved_date_range = ObjectField(source="response.resolved_date_range", read_only=True, allow_null=True)
    hogql = serializers.CharField(source="response.hogql", read_only=True, allow_null=True)
    modifiers = serializers.JSONField(source="response.modifiers", read_only=True, allow_null=True)
    timings = serializers.JSONField(source="response.timings", read_only=True, allow_null=True)
    error = serializers.CharField(source="response.error", read_only=True, allow_null=True)
    query_status = QueryStatus(read_only=True, allow_null=True)
    calculation_trigger = serializers.CharField(read_only=True, allow_null=True)

    def to_representation(self, answer: Answer) -> dict[str, Any]:
        return {**super().to_representation(answer), **(answer.response or {})}


class QueryUpgradeResult(serializers.Serializer[Any]):
    query = ObjectField(read_only=True)


class AsyncAuthResult(serializers.Serializer[Any]):
    user = serializers.CharField(read_only=True)
