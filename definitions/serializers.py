from typing import Any

from rest_framework import serializers

from accounts.models import User
from accounts.serializers.users import UserBasicSerializer
from definitions.models import EventDefinition, PropertyDefinition
from definitions.property_types import PropertyType
from tagging.fields import TagsField
from tagging.serializers import (
    MAX_IDS,
    BulkUpdateTagsBody,
    BulkUpdateTagsResult,
    SkippedRowSerializer,
    TaggedRowSerializer,
)


class MemberField(serializers.PrimaryKeyRelatedField[User]):
    """A member of the project's organization: in by id, out as a whole."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.all(), **kwargs)

    def get_queryset(self) -> Any:
        return self.context["project"].organization.members.all()

    def use_pk_only_optimization(self) -> bool:
        return False

    def to_representation(self, value: Any) -> Any:
        return UserBasicSerializer(value).data


class DefinitionSerializer(serializers.ModelSerializer[Any]):
    """What event and property definitions have in common. Needs `project` in the context."""

    noun = "A definition"

    description = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    tags = TagsField(allow_null=True)
    verified = serializers.BooleanField(
        required=False, help_text="Checked by somebody, who is noted. Ends `hidden`; false clears who and when."
    )
    hidden = serializers.BooleanField(
        required=False, allow_null=True, help_text="Not to be offered to people. Ends `verified`."
    )
    verified_by = UserBasicSerializer(read_only=True, allow_null=True)
    updated_by = UserBasicSerializer(read_only=True, allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """A definition is found by its name, which therefore stays what it is."""
        fields = super().get_fields()
        if self.instance is not None:
            fields["name"].read_only = True
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("verified") and attrs.get("hidden"):
            raise serializers.ValidationError(f"{self.noun} cannot be both hidden and verified")
        return attrs


class EventDefinitionSerializer(DefinitionSerializer):
    noun = "An event"

    owner = MemberField(
        required=False, allow_null=True, help_text="A member of the organization, in by id, out as a whole."
    )
    enforcement_mode = serializers.ChoiceField(
        choices=EventDefinition.EnforcementMode.choices, required=False, help_text="Only `allow` is available here."
    )
    primary_property = serializers.CharField(
        max_length=400, required=False, allow_null=True, help_text="The property that tells such events apart best."
    )
    default_columns = serializers.ListField(
        child=serializers.CharField(max_length=400),
        max_length=100,
        required=False,
        allow_null=True,
        help_text="Columns to show such events in.",
    )
    post_to_slack = serializers.BooleanField(required=False, help_text="Of actions; accepted and not kept.")
    last_updated_at = serializers.DateTimeField(source="updated_at", read_only=True)
    is_action = serializers.BooleanField(read_only=True, help_text="Always false: an event is no action.")
    action_id = serializers.IntegerField(read_only=True, allow_null=True)
    is_calculating = serializers.BooleanField(read_only=True)
    last_calculated_at = serializers.DateTimeField(read_only=True, allow_null=True)
    created_by = UserBasicSerializer(read_only=True, allow_null=True)
    media_preview_urls = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = EventDefinition
        fields = [
            "id",
            "name",
            "owner",
            "description",
            "tags",
            "created_at",
            "updated_at",
            "updated_by",
            "last_seen_at",
            "last_updated_at",
            "verified",
            "verified_at",
            "verified_by",
            "hidden",
            "enforcement_mode",
            "primary_property",
            "is_action",
            "action_id",
            "is_calculating",
            "last_calculated_at",
            "created_by",
            "post_to_slack",
            "default_columns",
            "media_preview_urls",
        ]
        read_only_fields = ["id", "created_at", "updated_at", "last_seen_at", "verified_at"]

    def validate_enforcement_mode(self, mode: str) -> str:
        if mode == EventDefinition.EnforcementMode.REJECT:
            raise serializers.ValidationError("The feature schema-enforcement-reject is not available on this server.")
        return mode

    def validate_default_columns(self, columns: list[str] | None) -> list[str]:
        return columns or []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("post_to_slack", None)
        return super().validate(attrs)


class PropertyDefinitionSerializer(DefinitionSerializer):
    noun = "A property"

    property_type = serializers.ChoiceField(
        choices=PropertyType.choices,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="How queries read its values. Guessed from the first one until somebody says it.",
    )
    is_numerical = serializers.BooleanField(required=False, help_text="Follows `property_type` where that is sent.")
    is_seen_on_filtered_events = serializers.SerializerMethodField(help_text="In lists with `event_names`, else null.")

    class Meta:
        model = PropertyDefinition
        fields = [
            "id",
            "name",
            "description",
            "tags",
            "is_numerical",
            "updated_at",
            "updated_by",
            "is_seen_on_filtered_events",
            "property_type",
            "verified",
            "verified_at",
            "verified_by",
            "hidden",
        ]
        read_only_fields = ["id", "name", "updated_at", "verified_at"]

    def get_is_seen_on_filtered_events(self, definition: PropertyDefinition) -> bool | None:
        return getattr(definition, "is_seen_on_filtered_events", None)


class BulkUpdateTagsOfDefinitionsBody(BulkUpdateTagsBody):
    ids = serializers.ListField(
        child=serializers.UUIDField(),
        allow_empty=False,
        max_length=MAX_IDS,
        help_text=f"At most {MAX_IDS}. Those that are not there are skipped.",
    )


class BulkUpdateVerifiedBody(serializers.Serializer[Any]):
    ids = serializers.ListField(
        child=serializers.UUIDField(),
        allow_empty=False,
        max_length=MAX_IDS,
        help_text=f"At most {MAX_IDS}. Those that are not there are skipped.",
    )
    verified = serializers.BooleanField()


class SkippedDefinitionSerializer(SkippedRowSerializer):
    id = serializers.UUIDField()  # type: ignore[assignment]


class TaggedDefinitionSerializer(TaggedRowSerializer):
    id = serializers.UUIDField()  # type: ignore[assignment]


class VerifiedDefinitionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    verified = serializers.BooleanField()


class BulkUpdateTagsOfDefinitionsResult(BulkUpdateTagsResult):
    updated = TaggedDefinitionSerializer(many=True)
    skipped = SkippedDefinitionSerializer(many=True)


class BulkUpdateVerifiedResult(serializers.Serializer[Any]):
    """What was so already is in neither list."""

    updated = VerifiedDefinitionSerializer(many=True)
    skipped = SkippedDefinitionSerializer(many=True)


class MetricsResult(serializers.Serializer[Any]):
    query_usage_30_day = serializers.IntegerField(
        help_text="Saved insights that ask for the event. This server keeps no log of single queries."
    )


class PrimaryPropertiesResult(serializers.Serializer[Any]):
    primary_properties = serializers.DictField(child=serializers.CharField(), help_text="By name of the event.")


class PromotedPropertiesResult(serializers.Serializer[Any]):
    promoted_properties = serializers.DictField(child=serializers.CharField(), help_text="By name of the event.")


class TypingsResult(serializers.Serializer[Any]):
    content = serializers.CharField(help_text="Source code.")
    event_count = serializers.IntegerField()
    schema_hash = serializers.CharField(help_text="Changes when an event or a property of one does.")
    generator_version = serializers.CharField()
