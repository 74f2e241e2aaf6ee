from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiTypes, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from events.display import chosen_first, display_name
from events.models import Person

MAX_BULK = 1000
MAX_BATCH = 200


class _PersonSerializer(serializers.ModelSerializer[Person]):
    name = serializers.SerializerMethodField()
    distinct_ids = serializers.SerializerMethodField(help_text="Those that somebody chose before the made-up ones.")
    properties = serializers.DictField(read_only=True)

    def get_name(self, person: Person) -> str:
        preferred = self.context["project"].team.person_display_name_properties or ()
        return display_name(person.properties, self.get_distinct_ids(person), preferred=preferred) or str(person.pk)

    def get_distinct_ids(self, person: Person) -> list[str]:
        return chosen_first(known.distinct_id for known in person.distinct_ids.all())


@extend_schema_serializer(component_name="PersonBasic")
class PersonBasicSerializer(_PersonSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True, help_text="In lists the uuid.")

    class Meta:
        model = Person
        fields = ["id", "uuid", "name", "distinct_ids", "properties", "created_at", "is_identified"]
        read_only_fields = fields


@extend_schema_serializer(component_name="Person")
class PersonSerializer(_PersonSerializer):
    class Meta:
        model = Person
        fields = ["id", "uuid", "name", "distinct_ids", "properties", "created_at", "is_identified"]
        read_only_fields = fields


class SwappedBody(serializers.Serializer[dict[str, Any]]):
    """What is missing is told in PostHog's words, which have the code and the text the wrong way round."""

    def to_internal_value(self, data: Any) -> Any:
        for name, field in self.fields.items():
            if isinstance(data, Mapping) and field.required and name not in data:
                raise serializers.ValidationError({name: ErrorDetail("required", code="This field is required.")})
        return super().to_internal_value(data)


class UpdatePersonBody(SwappedBody):
    properties = serializers.DictField(help_text="Properties to set. Those not named stay as they are.")


class UpdatePropertyBody(SwappedBody):
    key = serializers.CharField(trim_whitespace=False, help_text="Name of the property.")
    value = serializers.JSONField(allow_null=True, help_text="Any JSON value.")


class DeletePropertyBody(serializers.Serializer[dict[str, Any]]):
    unset = serializers.CharField(trim_whitespace=False, help_text="Name of the property.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # On the wire it is `$unset`, which is no name in Python.
        return {"$unset": super().get_fields()["unset"]}


class SplitBody(serializers.Serializer[dict[str, Any]]):
    main_distinct_id = serializers.CharField(
        required=False,
        allow_null=True,
        trim_whitespace=False,
        help_text="The distinct id that stays with the person and its properties; by default the oldest.",
    )


@extend_schema_field(OpenApiTypes.STR)
class PersonIdField(serializers.Field[Any, Any, Any, Any]):
    """A uuid or an integer, as a text."""

    def to_internal_value(self, data: Any) -> str:
        return str(data) if isinstance(data, str | int) and not isinstance(data, bool) else ""

    def to_representation(self, value: Any) -> str:
        return str(value)


class BulkDeleteBody(serializers.Serializer[dict[str, Any]]):
    ids = serializers.ListField(child=PersonIdField(), required=False, help_text="Uuids (or ids) of persons.")
    distinct_ids = serializers.ListField(
        child=serializers.CharField(trim_whitespace=False), required=False, help_text="Any distinct ids of theirs."
    )
    delete_events = serializers.BooleanField(default=False, help_text="Delete their events as well.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = attrs.get("ids") or attrs.get("distinct_ids")
        if not named:
            raise serializers.ValidationError("You need to specify either distinct_ids or ids")
        if len(attrs.get("ids", [])) > MAX_BULK or len(attrs.get("distinct_ids", [])) > MAX_BULK:
            raise serializers.ValidationError(f"You can only pass {MAX_BULK} ids in one call")
        return attrs


class BulkDeleteResult(serializers.Serializer[dict[str, Any]]):
    persons_found = serializers.IntegerField()
    persons_deleted = serializers.IntegerField()
    deletion_errors = serializers.ListField(child=serializers.CharField())


class DistinctIdsBody(serializers.Serializer[dict[str, Any]]):
    distinct_ids = serializers.ListField(
        child=serializers.CharField(trim_whitespace=False), max_length=MAX_BATCH, help_text=f"At most {MAX_BATCH}."
    )


class UuidsBody(serializers.Serializer[dict[str, Any]]):
    uuids = serializers.ListField(
        child=serializers.UUIDField(), max_length=MAX_BATCH, help_text=f"At most {MAX_BATCH}."
    )


class BatchResult(serializers.Serializer[dict[str, Any]]):
    results = serializers.DictField(child=PersonSerializer(), help_text="The person of each id that has one.")


class SuccessResult(serializers.Serializer[dict[str, Any]]):
    success = serializers.BooleanField()


class PersonValueSerializer(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()
    count = serializers.IntegerField()
