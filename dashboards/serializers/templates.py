from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.serializers.users import UserBasicSerializer
from common.exceptions import Refusal
from dashboards.models import ButtonTile, DashboardTemplate
from dashboards.serializers.bodies import ButtonTileBody, DashboardBody, LookBody
from dashboards.serializers.fields import FiltersField, ObjectField
from dashboards.services.templates import BUTTON, INSIGHT, TEXT, fill_in
from dashboards.template_schema import TILES, VARIABLES, complaint


class TemplateTileBody(LookBody):
    layouts = ObjectField(required=False, allow_null=True)


class InsightOfTemplateBody(TemplateTileBody):
    name = serializers.CharField(
        max_length=400, required=False, allow_null=True, allow_blank=True, trim_whitespace=False
    )
    description = serializers.CharField(
        max_length=400, required=False, allow_null=True, allow_blank=True, trim_whitespace=False
    )
    # Not checked further: a dashboard from elsewhere may hold a kind that is not known here, and its tile says so.
    query = ObjectField(required=False, allow_null=True)
    filters = ObjectField(required=False, allow_null=True)


class TextOfTemplateBody(TemplateTileBody):
    body = serializers.CharField(max_length=4000, allow_blank=True, trim_whitespace=False)


class ButtonOfTemplateBody(TemplateTileBody):
    url = serializers.CharField(max_length=2000)
    text = serializers.CharField(max_length=200)
    placement = serializers.ChoiceField(choices=ButtonTile.Placement.choices, required=False)
    style = serializers.ChoiceField(choices=ButtonTile.Style.choices, required=False)  # type: ignore[assignment]

    validate_url = ButtonTileBody.validate_url


_KINDS: dict[str, type[TemplateTileBody]] = {
    INSIGHT: InsightOfTemplateBody,
    TEXT: TextOfTemplateBody,
    BUTTON: ButtonOfTemplateBody,
}


class TemplateTileField(serializers.DictField):
    """A tile of a known `type` is checked; other types are kept, and passed over when a dashboard is made."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        tile = super().to_internal_value(data)
        kind = tile.get("type")
        if not isinstance(kind, str):
            raise ValidationError({"type": ["This field is required."]}, code="required")
        if kind not in _KINDS:
            return tile
        return {**tile, **_KINDS[kind]().run_validation(tile)}


class SchemaField(serializers.JSONField):
    """JSON that a part of the templates' schema describes."""

    def __init__(self, schema: dict[str, Any], **kwargs: Any) -> None:
        self.schema = schema
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        problem = complaint(value, self.schema)
        if problem is not None:
            raise ValidationError(problem)
        return value


class TilesField(SchemaField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(TILES, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return checked_tiles(super().to_internal_value(data))


class CreateFromTemplateBody(DashboardBody):
    """A template, or the name of one, and what wins over it."""

    template = serializers.JSONField(
        required=False, allow_null=True, help_text="As `dashboard_templates/json_schema/` describes it."
    )
    use_template = serializers.CharField(required=False, allow_blank=True, allow_null=True)
    variables_values = serializers.DictField(
        child=ObjectField(),
        required=False,
        allow_null=True,
        help_text="By the variables' ids: what stands for them instead of their defaults.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        values = attrs.get("variables_values") or {}
        if attrs.get("template") is not None:
            attrs["template"] = _filled_in(attrs["template"], values)
            attrs["variables_values"] = {}
        elif not attrs.get("use_template"):
            raise ValidationError({"template": "This field is required."}, code="required")
        return attrs


class CreateUnlistedDashboardBody(serializers.Serializer[Any]):
    tag = serializers.CharField(required=False, help_text="`llm-analytics` or `mcp-analytics`.")
    tags = serializers.ListField(
        child=serializers.CharField(), required=False, allow_null=True, help_text="Instead of `tag`: only this one."
    )
    name = serializers.CharField(max_length=400, required=False, allow_null=True, allow_blank=True)
    description = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    _create_in_folder = serializers.CharField(source="folder", required=False, allow_blank=True)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict) and data.get("tag") in (None, ""):
            data = {**data, "tag": _only_element(data.get("tags"))}
        fields = super().to_internal_value(data)
        fields.pop("tags", None)
        return fields


class DashboardTemplateSerializer(serializers.ModelSerializer[DashboardTemplate]):
    dashboard_filters = FiltersField(required=False, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=255), required=False, allow_null=True)
    tiles = TilesField()
    variables = SchemaField(VARIABLES, required=False, allow_null=True)
    deleted = serializers.BooleanField(required=False, allow_null=True, help_text="`true` removes it.")
    scope = serializers.ChoiceField(
        choices=DashboardTemplate.Scope.choices,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="`team` by default; only staff users may write `global` ones.",
    )
    availability_contexts = serializers.ListField(
        child=serializers.CharField(max_length=255), required=False, allow_null=True
    )
    created_by = UserBasicSerializer(read_only=True, allow_null=True)
    team_id = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = DashboardTemplate
        fields = [
            "id",
            "template_name",
            "dashboard_description",
            "dashboard_filters",
            "tags",
            "tiles",
            "variables",
            "deleted",
            "created_at",
            "created_by",
            "image_url",
            "team_id",
            "scope",
            "availability_contexts",
            "is_featured",
        ]
        read_only_fields = ["id", "created_at"]
        # The constraints of the model speak in the service, where races are over.
        validators: list[Any] = []
        extra_kwargs = {
            "template_name": {"trim_whitespace": False},
            "dashboard_description": {"trim_whitespace": False},
        }


def checked_tiles(tiles: list[Any]) -> list[Any]:
    return serializers.ListField(child=TemplateTileField()).run_validation(tiles)


def _filled_in(template: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The template with values instead of variables. Raises Refusal, ValidationError."""
    problem = complaint(template)
    if problem is not None:
        raise Refusal(problem)
    tiles = fill_in(template, values)
    try:
        return {**template, "variables": [], "tiles": checked_tiles(tiles)}
    except ValidationError as error:
        raise ValidationError({"template": {"tiles": error.detail}}) from None


def _only_element(tags: Any) -> Any:
    if not isinstance(tags, list) or len(tags) != 1 or not tags[0]:
        raise Refusal("tag is required", code="required", attr="tag")
    return tags[0]
