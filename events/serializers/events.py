from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from events.asking import EventRow
from events.elements import parse_elements_chain


class OffsetDateTimeField(serializers.DateTimeField):
    """`+00:00` where other answers have `Z`, as clients of this endpoint expect."""

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat()


@extend_schema_serializer(component_name="EventElement")
class ElementSerializer(serializers.Serializer[dict[str, Any]]):
    event = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_null=True)
    tag_name = serializers.CharField(allow_null=True)
    attr_class = serializers.ListField(child=serializers.CharField())
    href = serializers.CharField(allow_null=True)
    attr_id = serializers.CharField(allow_null=True)
    nth_child = serializers.IntegerField(allow_null=True)
    nth_of_type = serializers.IntegerField(allow_null=True)
    attributes = serializers.DictField(child=serializers.CharField())
    order = serializers.IntegerField(help_text="0 is the element that the event came from, 1 the one around it.")


@extend_schema_serializer(component_name="EventPerson")
class EventPersonSerializer(serializers.Serializer[dict[str, Any]]):
    is_identified = serializers.BooleanField()
    distinct_ids = serializers.ListField(child=serializers.CharField(), help_text="The first of them only.")
    properties = serializers.DictField(help_text="`email`, `name` and `username`, as far as they are there.")


@extend_schema_serializer(component_name="ClickhouseEvent")
class EventSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="uuid", help_text="UUID of the event.")
    distinct_id = serializers.CharField()
    properties = serializers.SerializerMethodField()
    event = serializers.CharField()
    timestamp = OffsetDateTimeField()
    person = EventPersonSerializer(allow_null=True)
    elements = serializers.SerializerMethodField()
    elements_chain = serializers.CharField()

    def get_properties(self, row: EventRow) -> dict[str, Any]:
        # Old clients sent texts with the quotes of JSON around them, and clients of this endpoint never saw those.
        return {name: value.strip('"') if isinstance(value, str) else value for name, value in row.properties.items()}

    @extend_schema_field(ElementSerializer(many=True))
    def get_elements(self, row: EventRow) -> list[dict[str, Any]]:
        return parse_elements_chain(row.elements_chain)


class EventPageSerializer(serializers.Serializer[dict[str, Any]]):
    next = serializers.URLField(allow_null=True)
    results = EventSerializer(many=True)


class ValueSerializer(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()


class ValuesResult(serializers.Serializer[dict[str, Any]]):
    results = ValueSerializer(many=True)
    refreshing = serializers.BooleanField(help_text="Always false: the values are computed while you wait.")
