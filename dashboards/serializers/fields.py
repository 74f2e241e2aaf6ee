"""Fields of dashboards and tiles that take JSON: what can be stored, and later be laid over a query."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError

from common.parsers import parse_json

MAX_ID = 2**63 - 1
OBJECT = {"type": "object", "additionalProperties": {}}


class NothingLostMixin:
    """For parts of a body of which nothing may be dropped in silence. What a client only read it may post back."""

    only_read: frozenset[str] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        known = {*self.fields, *self.only_read}  # type: ignore[attr-defined]
        sent = data if isinstance(data, dict) else {}
        stray = next((name for name, value in sent.items() if name not in known and value is not None), None)
        if stray is not None:
            raise serializers.ValidationError({stray: ["This field cannot be stored."]})
        return super().to_internal_value(data)  # type: ignore[misc]


class IdField(serializers.IntegerField):
    """An id of a row. Whether there is such a row, the database says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=-MAX_ID, max_value=MAX_ID, **kwargs)


class FlagField(serializers.BooleanField):
    """What a form leaves out is not a "no"."""

    default_empty_html = serializers.empty

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class TextBodyField(serializers.CharField):
    """The words of a text card: some, and not too many. Kept as sent."""

    default_error_messages = {
        "blank": "Text body cannot be empty",
        "max_length": "Text body cannot exceed 4000 characters",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=4000, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text.strip():
            self.fail("blank")
        return text


@extend_schema_field(OBJECT)
class ObjectField(serializers.JSONField):
    """A JSON object, kept as sent."""

    default_error_messages = {"not_a_dict": 'Expected a dictionary of items but got type "{input_type}".'}

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        if not isinstance(value, dict):
            self.fail("not_a_dict", input_type=type(value).__name__)
        return value


@extend_schema_field(OBJECT)
class InsightOfTileField(ObjectField):
    """An insight, or the id of one."""

    def to_internal_value(self, data: Any) -> Any:
        is_id = isinstance(data, int) and not isinstance(data, bool)
        return {"id": data} if is_id else super().to_internal_value(data)


@extend_schema_field(OBJECT)
class FiltersField(ObjectField):
    """A dashboard's filters. `properties` may come as one AND group, and is kept as a list."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        return readable_filters(super().to_internal_value(data))


@extend_schema_field(OpenApiTypes.STR)
class OverrideField(serializers.Field):
    """A JSON object in a query string, laid over what is stored for one answer."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            value = parse_json(str(data).encode())
        except ParseError:
            value = data
        if value is not None and not isinstance(value, dict):
            raise serializers.ValidationError(f"Invalid JSON passed in {self.field_name} parameter")
        return value or {}


class FiltersOverrideField(OverrideField):
    def to_internal_value(self, data: Any) -> dict[str, Any]:
        return readable_filters(super().to_internal_value(data))


class QuickFilterIdsField(serializers.ListField):
    """There are no quick filters here, so that only an empty list names nothing unknown."""

    child = serializers.CharField()

    def to_internal_value(self, data: Any) -> list[str]:
        ids = super().to_internal_value(data)
        for text in ids:
            if not _is_uuid(text):
                raise serializers.ValidationError(f"Invalid UUID: {text}")
        if ids:
            raise serializers.ValidationError(f"Quick filters not found: {', '.join(ids)}")
        return []


class BreakdownColorBody(serializers.Serializer[Any]):
    """The colour of one value of a breakdown, in all charts of the dashboard."""

    breakdownValue = serializers.CharField(allow_blank=True, trim_whitespace=False)
    colorToken = serializers.CharField(allow_null=True, allow_blank=True)
    breakdownType = serializers.CharField(required=False, allow_null=True)
    breakdownProperty = serializers.JSONField(required=False, allow_null=True)
    source = serializers.JSONField(required=False, allow_null=True)  # type: ignore[assignment]

    def to_internal_value(self, data: Any) -> Any:
        super().to_internal_value(data)
        return data


def readable_filters(filters: dict[str, Any]) -> dict[str, Any]:
    """The filters, if queries can read them; other keys are kept as they are. Raises ValidationError."""
    for key, kinds in _KINDS.items():
        if not isinstance(filters.get(key), (*kinds, type(None))):
            raise serializers.ValidationError(f"Filters have a {key} of the wrong type.")
    if "properties" not in filters:
        return filters
    return {**filters, "properties": _flat(filters["properties"])}


_KINDS: dict[str, tuple[type, ...]] = {
    "date_from": (str,),
    "date_to": (str,),
    "interval": (str,),
    "breakdown_filter": (dict,),
    "filterTestAccounts": (bool,),
    "explicitDate": (bool,),
    "properties": (list, dict),
}


def _flat(properties: Any) -> list[Any] | None:
    """An AND group as the list of what it joins."""
    if isinstance(properties, dict):
        if properties.get("type", "AND") != "AND" or not isinstance(properties.get("values", []), list):
            raise serializers.ValidationError("Filters can only be joined by AND.")
        properties = properties.get("values", [])
    if properties is None:
        return None
    flat: list[Any] = []
    for one in properties:
        if not isinstance(one, dict):
            raise serializers.ValidationError("Each property filter must be a dictionary.")
        flat += (_flat(one) or []) if "values" in one else [one]
    return flat


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
