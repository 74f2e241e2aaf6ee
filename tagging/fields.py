from typing import Any

from rest_framework import serializers


class TagsField(serializers.ListField):
    """Names of tags, out and in. Out of a row whose `tags` are prefetched; in as a list, for `set_tags`."""

    child = serializers.CharField(max_length=255)
    #: For OpenAPI: with `allow_null` null is read as no tags, and never answered.
    is_null_only_in_requests = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", "Names; stripped and lower-cased. The list replaces what was there.")
        super().__init__(**kwargs)

    def to_representation(self, tags: Any) -> list[str]:
        return sorted(tag.name for tag in tags.all())
