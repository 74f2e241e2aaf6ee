from typing import Any

from rest_framework import serializers

from tagging.models import Tag
from tagging.services import ACTIONS, normalise

MAX_IDS = 500
MAX_TAGS = 100
MAX_PAIRS = 10_000
SKIPPED = "Not found or no edit access"


class TagNameSerializer(serializers.BaseSerializer[Tag]):
    """Just the name."""

    def to_representation(self, instance: Tag) -> str:
        return instance.name


class BulkUpdateTagsBody(serializers.Serializer[Any]):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=-(2**63), max_value=2**63 - 1),
        allow_empty=False,
        max_length=MAX_IDS,
        help_text=f"At most {MAX_IDS}. Those that are not there or may not be edited are skipped.",
    )
    action = serializers.ChoiceField(
        choices=list(ACTIONS), help_text="`set` with an empty list takes all tags off; the others need at least one."
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=255),
        max_length=MAX_TAGS,
        help_text=f"Names; stripped and lower-cased. Ids times names are at most {MAX_PAIRS}.",
    )

    def validate_tags(self, names: list[str]) -> list[str]:
        return normalise(names)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["tags"] and attrs["action"] != "set":
            raise serializers.ValidationError({"tags": f"tags must not be empty for action '{attrs['action']}'."})
        if len(set(attrs["ids"])) * len(attrs["tags"]) > MAX_PAIRS:
            raise serializers.ValidationError({"tags": f"ids times tags must not be more than {MAX_PAIRS}."})
        return attrs


class TaggedRowSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    tags = serializers.ListField(child=serializers.CharField(), help_text="All tags of the row, sorted.")


class SkippedRowSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    reason = serializers.CharField()


class BulkUpdateTagsResult(serializers.Serializer[Any]):
    updated = TaggedRowSerializer(many=True)
    skipped = SkippedRowSerializer(many=True)
