from typing import Any

from rest_framework import serializers

from common.exceptions import Refusal
from insights.queries import validate_query
from insights.queries.freshness import RefreshMode, is_yes_or_no, parse_refresh
from insights.serializers.fields import MAX_ID, DashboardFiltersField, ObjectField


class ViewedBody(serializers.Serializer[Any]):
    insight_ids = serializers.ListField(
        child=serializers.IntegerField(min_value=-MAX_ID, max_value=MAX_ID), allow_empty=False, max_length=2500
    )


class CancelBody(serializers.Serializer[Any]):
    client_query_id = serializers.CharField(
        max_length=400,
        error_messages=dict.fromkeys(("required", "null", "blank"), "Field is required."),
        help_text="The `id` of a `query_status`.",
    )


class UpgradeBody(serializers.Serializer[Any]):
    query = serializers.JSONField(help_text="A query node, or one that wraps it.")

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict) and "query" in data:
            validate_query(data["query"])
        return super().to_internal_value(data)


class RefreshBodyField(serializers.ChoiceField):
    """A mode, or a yes or no in any spelling. Unlike in a query string, other words are refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[mode.value for mode in RefreshMode], required=False, allow_null=True, **kwargs)

    def to_internal_value(self, data: Any) -> RefreshMode:
        return parse_refresh(data if is_yes_or_no(data) else super().to_internal_value(data))


class QueryBody(serializers.Serializer[Any]):
    """A question to be answered now. Other keys are refused."""

    query = serializers.JSONField(help_text="A query node, or one that wraps it.")
    refresh = RefreshBodyField(
        help_text="`blocking` by default. The asynchronous modes answer 202 with a `query_status`, whose `id` may be "
        "asked for at `query/{id}/`, where something has to be computed."
    )
    filters_override = DashboardFiltersField(
        required=False, allow_null=True, help_text="A dashboard's filters, laid over it."
    )
    variables_override = ObjectField(required=False, allow_null=True)
    client_query_id = serializers.CharField(
        required=False, allow_null=True, max_length=400, help_text="The client's own name for an asynchronous query."
    )
    name = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=128)
    limit_context = serializers.ChoiceField(choices=["posthog_ai"], required=False, allow_null=True)
    query_type = serializers.CharField(required=False, allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """`async` is no name for an attribute in Python."""
        return {**super().get_fields(), "async": serializers.BooleanField(required=False, allow_null=True)}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict) and "query" in data:
            validate_query(data["query"])
        if isinstance(data, dict):
            _refuse_unknown_keys(set(data) - set(self.fields))
        return super().to_internal_value(data)


def _refuse_unknown_keys(names: set[str]) -> None:
    if not names:
        return
    noun = "error" if len(names) == 1 else "errors"
    lines = (f"{name}\n  Extra inputs are not permitted" for name in sorted(names))
    raise Refusal("\n".join([f"{len(names)} validation {noun} for QueryRequest", *lines]), code="parse_error")
