"""What comes in: one serializer for each body and each query string."""

import re
from typing import Any

from django.core.validators import URLValidator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from common.exceptions import Refusal
from dashboards.layouts import COLUMNS
from dashboards.models import ButtonTile, Dashboard
from dashboards.serializers.fields import (
    BreakdownColorBody,
    FiltersField,
    FiltersOverrideField,
    FlagField,
    IdField,
    InsightOfTileField,
    NothingLostMixin,
    ObjectField,
    OverrideField,
    QuickFilterIdsField,
    TextBodyField,
)
from insights.serializers.insights import InsightSerializer
from insights.serializers.parameters import RefreshField
from tagging.fields import TagsField
from themes.models import DataColorTheme

MOST_TILES = 1000
PATH = re.compile(r"/(?!/)[A-Za-z0-9\-._~!$&'()*+,;=:@/%?#]*")


class CardBody(NothingLostMixin, serializers.Serializer[Any]):
    """A text or a button. Complaints name the card alone, as PostHog's do, not the place of its tile in a list."""

    only_read = frozenset({"last_modified_at", "last_modified_by", "team", "dashboard_tiles"})

    created_by = serializers.DictField(required=False, allow_null=True, help_text="As read; the author stays.")

    def run_validation(self, data: Any = serializers.empty) -> Any:
        try:
            return super().run_validation(data)
        except ValidationError as error:
            raise _as_refusal(error, attr=self.field_name or None) from None


class TextBody(CardBody):
    id = IdField(required=False, allow_null=True)
    body = serializers.CharField(
        max_length=4000,
        required=False,
        allow_null=True,
        allow_blank=True,
        trim_whitespace=False,
        error_messages={"max_length": TextBodyField.default_error_messages["max_length"]},
    )


class NewTextBody(TextBody):
    """Of a text that is there already, the `id` is enough."""

    body = TextBodyField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "body" not in attrs and attrs.get("id") is None:
            raise ValidationError({"body": ["This field is required."]}, code="required")
        return attrs


class ButtonTileBody(CardBody):
    id = serializers.UUIDField(required=False, allow_null=True)
    url = serializers.CharField(max_length=2000, required=False, help_text="A path, or an address with http or https.")
    text = serializers.CharField(max_length=200, required=False)
    placement = serializers.ChoiceField(choices=ButtonTile.Placement.choices, required=False)
    style = serializers.ChoiceField(choices=ButtonTile.Style.choices, required=False)  # type: ignore[assignment]

    def validate_url(self, url: str) -> str:
        if not PATH.fullmatch(url):
            URLValidator(schemes=["http", "https"])(url)
        return url


class LookBody(serializers.Serializer[Any]):
    """How a tile looks, whatever it shows."""

    layouts = ObjectField(required=False, help_text="Replaces the whole. Left out of a new tile, the server places it.")
    color = serializers.CharField(
        max_length=400, required=False, allow_null=True, allow_blank=True, trim_whitespace=False
    )
    filters_overrides = FiltersField(required=False, allow_null=True)
    show_description = serializers.BooleanField(required=False, allow_null=True)
    transparent_background = serializers.BooleanField(required=False, allow_null=True)


class AddTileBody(LookBody):
    """One of an insight, a text and a button. An `insight` without id is created, from its name and query."""

    insight = InsightOfTileField(required=False, allow_null=True)
    insight_id = IdField(required=False, allow_null=True)
    text = NewTextBody(required=False, allow_null=True)
    button_tile = ButtonTileBody(required=False, allow_null=True)

    def validate_insight(self, insight: dict[str, Any] | None) -> dict[str, Any] | None:
        if not insight:
            return None
        if insight.get("id") is not None:
            return {"id": IdField().run_validation(insight["id"])}
        if not insight.get("query"):
            raise ValidationError({"query": ["This field is required."]}, code="required")
        own = InsightSerializer(data=_without(insight, "dashboards"), context=self.context)
        own.is_valid(raise_exception=True)
        return own.validated_data

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        insight = attrs.pop("insight", None) or {}
        if "id" in insight:
            attrs["insight_id"] = insight["id"]
        elif insight:
            attrs["new_insight"] = insight
        shown = [name for name in ("insight_id", "new_insight", "text", "button_tile") if attrs.get(name)]
        if len(shown) > 1:
            raise ValidationError("A tile shows exactly one insight, text or button.")
        return attrs


class TileBody(NothingLostMixin, AddTileBody):
    """An element of `tiles`: with an `id` it changes that tile, else it adds one."""

    only_read = frozenset({"order", "last_refresh", "is_cached", "error", "dashboard", "dashboard_id", "team"})

    id = IdField(required=False, allow_null=True)
    # A template's text may be empty, and is posted back as it was read.
    text = TextBody(required=False, allow_null=True)  # type: ignore[assignment]
    deleted = serializers.BooleanField(required=False, allow_null=True)


class TileToDuplicateBody(serializers.Serializer[Any]):
    id = IdField()
    layouts = ObjectField(required=False, allow_null=True)


@extend_schema_field(OpenApiTypes.INT)
class ThemeField(serializers.PrimaryKeyRelatedField):
    """A theme of the project, or a global one."""

    def get_queryset(self) -> Any:
        return DataColorTheme.objects.for_project(self.context["project"])


class DashboardBody(serializers.Serializer[Any]):
    """What may be written of a dashboard. Other keys, and those that are only read, are ignored."""

    name = serializers.CharField(
        max_length=400, required=False, allow_null=True, allow_blank=True, trim_whitespace=False
    )
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    pinned = FlagField()
    deleted = FlagField(help_text="`true` removes it, `false` brings it back.")
    last_accessed_at = serializers.DateTimeField(required=False, allow_null=True)
    last_refresh = serializers.DateTimeField(required=False, allow_null=True)
    filters = serializers.JSONField(required=False, allow_null=True, help_text="Replaces the whole; `{}` clears.")
    variables = serializers.JSONField(required=False, allow_null=True, help_text="Replaces the whole; `{}` clears.")
    breakdown_colors = serializers.ListField(child=BreakdownColorBody(), required=False, allow_null=True)
    data_color_theme_id = ThemeField(source="data_color_theme", required=False, allow_null=True)
    quick_filter_ids = QuickFilterIdsField(required=False, allow_null=True)
    tags = TagsField()
    restriction_level = serializers.ChoiceField(choices=Dashboard.RestrictionLevel.choices, required=False)
    tiles = serializers.ListField(child=TileBody(), required=False, allow_null=True, max_length=MOST_TILES)
    _create_in_folder = serializers.CharField(source="folder", required=False, allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name in ("filters", "variables"):
            attrs |= _object_or_nothing(attrs, name)
        if attrs.get("filters"):
            attrs["filters"] = FiltersField().run_validation(attrs["filters"])
        return attrs


class CreateDashboardBody(DashboardBody):
    use_template = serializers.CharField(required=False, allow_blank=True, help_text="A template's name.")
    use_dashboard = IdField(required=False, allow_null=True, help_text="Duplicate this one, with its tiles.")
    duplicate_tiles = FlagField(help_text="With `use_dashboard`: copy what the tiles show, too.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("use_template") and attrs.get("use_dashboard"):
            raise ValidationError("`use_dashboard` and `use_template` cannot be used together")
        return super().validate(attrs)


class UpdateDashboardBody(DashboardBody):
    tags = TagsField(allow_null=True)
    delete_insights = FlagField(help_text="With `deleted`: remove insights that are shown nowhere else, too.")
    duplicate_tiles = serializers.ListField(
        child=TileToDuplicateBody(), required=False, allow_null=True, max_length=MOST_TILES
    )


class RetrieveParameters(serializers.Serializer[Any]):
    refresh = RefreshField(
        help_text="`force_cache` (default) shows what is stored, `blocking` computes what is missing or stale, "
        "`force_blocking` (also `true`) computes everything."
    )
    filters_override = FiltersOverrideField(
        required=False, help_text="JSON object, laid over the stored filters for this answer."
    )
    variables_override = OverrideField(
        required=False, help_text="JSON object by variable id, laid over the stored variables for this answer."
    )


class RunInsightsParameters(RetrieveParameters):
    output_format = serializers.CharField(
        required=False, default="optimized", help_text="`optimized` (default) for text tables, `json` for raw results."
    )
    tile_ids = serializers.CharField(
        required=False, allow_blank=True, help_text="Only these tiles: ids, separated by commas."
    )
    max_result_chars = serializers.IntegerField(
        required=False,
        default=2000,
        min_value=-MOST_TILES,
        max_value=10_000_000,
        help_text="Cut each text table to this length; at least 200, or 0 for no limit. Not for `json`.",
    )

    def validate_tile_ids(self, text: str) -> list[int]:
        ids = [one.strip() for one in text.split(",") if one.strip()]
        for one in ids:
            if not re.fullmatch("[0-9]{1,18}", one):
                raise ValidationError(f"Invalid tile id: {one[:50]}")
        return [int(one) for one in ids]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        budget = attrs["max_result_chars"]
        if attrs["output_format"] == "optimized" and budget != 0 and budget < 200:
            raise ValidationError({"max_result_chars": "Must be 0 (no limit) or at least 200."})
        return attrs


class LayoutSizeField(serializers.ChoiceField):
    """A grid; the wide one for every unknown word."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=list(COLUMNS), required=False, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> str | None:
        return data if data in COLUMNS else None


class StreamTilesParameters(RetrieveParameters):
    layoutSize = LayoutSizeField(help_text="The grid whose order the tiles come in: `sm` (default) or `xs`.")
    layout_size = LayoutSizeField(help_text="The same.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {**attrs, "size": attrs["layoutSize"] or attrs["layout_size"] or "sm"}


def _object_or_nothing(attrs: dict[str, Any], name: str) -> dict[str, Any]:
    """`{}` clears; null and other empty values say nothing."""
    if name not in attrs:
        return {}
    value = attrs.pop(name)
    if value and not isinstance(value, dict):
        raise ValidationError(f"{name.capitalize()} must be a dictionary")
    return {name: value} if isinstance(value, dict) else {}


def _without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def _as_refusal(error: ValidationError, *, attr: str | None) -> Refusal:
    """The first complaint, as the exception handler would tell it."""
    path = [attr] if attr else []
    complaint: Any = error.detail
    while isinstance(complaint, dict | list):
        if isinstance(complaint, list):
            complaint = complaint[0]
            continue
        key = next(iter(complaint))
        path += [] if key == "non_field_errors" else [str(key)]
        complaint = complaint[key]
    code = "invalid_input" if complaint.code == "invalid" else complaint.code
    return Refusal(str(complaint), code=code, attr="__".join(path) or None)
