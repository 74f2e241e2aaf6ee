from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.serializers.users import UserBasicSerializer
from events.models import Action
from tagging.fields import TagsField

MATCHINGS = ["exact", "contains", "regex"]
MAX_STEPS = 100


def _text(help_text: str) -> serializers.CharField:
    return serializers.CharField(
        default=None, allow_null=True, allow_blank=True, trim_whitespace=False, max_length=1000, help_text=help_text
    )


def _matching(default: str) -> serializers.ChoiceField:
    return serializers.ChoiceField(
        MATCHINGS, default=None, allow_null=True, help_text=f"How to compare; by default `{default}`."
    )


class ActionStepSerializer(serializers.Serializer[dict[str, Any]]):
    """All that it names has to hold."""

    event = _text("Name of the event; null is any.")
    properties = serializers.ListField(
        child=serializers.DictField(), default=None, allow_null=True, help_text="Property filters, which all must hold."
    )
    selector = _text("CSS selector of the element, or of one around it.")
    tag_name = _text("Tag of an element, such as `button`.")
    text = _text("Text of an element.")
    text_matching = _matching("exact")
    href = _text("Target of a link.")
    href_matching = _matching("exact")
    url = _text("URL of the page.")
    url_matching = _matching("contains")


@extend_schema_serializer(component_name="Action")
class ActionSerializer(serializers.ModelSerializer[Action]):
    tags = TagsField()
    steps = serializers.ListField(
        child=ActionStepSerializer(),
        required=False,
        max_length=MAX_STEPS,
        help_text="The action is any event that one of these describes.",
    )
    deleted = serializers.BooleanField(
        required=False, help_text="`true` hides it from lists and reads, `false` brings it back."
    )
    created_by = UserBasicSerializer(read_only=True, allow_null=True)
    team_id = serializers.IntegerField(read_only=True)
    is_calculating = serializers.SerializerMethodField(help_text="Never: actions are looked up when asked for.")
    is_action = serializers.SerializerMethodField()
    bytecode_error = serializers.SerializerMethodField()
    creation_context = serializers.SerializerMethodField()
    user_access_level = serializers.SerializerMethodField()

    class Meta:
        model = Action
        fields = [
            "id",
            "name",
            "description",
            "tags",
            "post_to_slack",
            "slack_message_format",
            "steps",
            "created_at",
            "created_by",
            "deleted",
            "is_calculating",
            "last_calculated_at",
            "team_id",
            "is_action",
            "bytecode_error",
            "pinned_at",
            "creation_context",
            "user_access_level",
        ]
        read_only_fields = ["id", "created_at", "last_calculated_at"]
        # Whether a name is free is known to the service, which also knows who has it.
        validators: list[Any] = []

    def get_is_calculating(self, action: Action) -> bool:
        return False

    def get_is_action(self, action: Action) -> bool:
        return True

    def get_bytecode_error(self, action: Action) -> str | None:
        return None

    def get_creation_context(self, action: Action) -> str | None:
        return None

    def get_user_access_level(self, action: Action) -> str | None:
        return "manager"
