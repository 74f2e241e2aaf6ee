"""What may stand in a query string, besides the filters of lists."""

from typing import Any

from rest_framework import serializers

from insights.flags import is_yes
from insights.queries.freshness import RefreshMode, parse_refresh
from insights.serializers.fields import MAX_ID, FiltersTextField, JSONTextField

MOST_TRENDING = 100


class RefreshField(serializers.ChoiceField):
    """Unknown words never make the server compute."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[mode.value for mode in RefreshMode], required=False, allow_blank=True, **kwargs)

    def to_internal_value(self, data: Any) -> RefreshMode:
        return parse_refresh(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return parse_refresh(None if data is serializers.empty else data)


class FlagField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        return is_yes(data)


class InsightParameters(serializers.Serializer[Any]):
    refresh = RefreshField(
        help_text="Whether to compute: `force_cache` (default) never, `blocking` if nothing fresh is stored, "
        "`force_blocking` (also `true`) in any case. The asynchronous modes answer with what is stored, and with a "
        "`query_status` where it is computed meanwhile: see `query/{id}/`."
    )
    basic = FlagField(default=False, help_text="Leave the results out.")


class RetrieveParameters(InsightParameters):
    from_dashboard = serializers.IntegerField(
        required=False,
        min_value=-MAX_ID,
        max_value=MAX_ID,
        help_text="Ask as that dashboard does, with its filters. Passed over if the insight is not on it.",
    )
    filters_override = FiltersTextField(required=False, help_text="JSON object, laid over the dashboard's filters.")
    tile_filters_override = FiltersTextField(required=False, help_text="JSON object, laid over the tile's own filters.")
    client_query_id = serializers.CharField(
        required=False, max_length=400, help_text="The client's own name for an asynchronous query."
    )
    variables_override = JSONTextField(required=False, help_text="JSON object of variables, by their ids.")


class TrendingParameters(serializers.Serializer[Any]):
    days = serializers.IntegerField(default=7, min_value=1, max_value=3650, help_text="Since when views count.")
    limit = serializers.IntegerField(default=10, min_value=1, help_text="At most 100.")

    def validate_limit(self, limit: int) -> int:
        return min(limit, MOST_TRENDING)
