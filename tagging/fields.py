from typing import Any

from rest_framework import serializers


class TagsField(serializers.ListField):
    """Names of tags: out of a row's `tag_names`, or else its `tags`; in as a list, for `set_tags`."""

    child = serializers.CharField(max_length=255)
    #: For OpenAPI: with `allow_null` null is read as no tags, and never answered.
    is_null_only_in_requests = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", "Names; stripped and lower-cased. The list replaces what was there.")
        super().__init__(**kwargs)

    def get_attribute(self, instance: Any) -> Any:
        names = getattr(instance, "tag_names", None)
        return super().get_attribute(instance) if names is None else names

    def to_representation(self, tags: Any) -> list[str]:
        return sorted(tags if isinstance(tags, list) else (tag.name for tag in tags.all()))
