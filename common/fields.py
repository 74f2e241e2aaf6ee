"""Serializer fields used by two apps or more."""

from typing import Any

from rest_framework import serializers


class AbsentFlag(serializers.BooleanField):
    """Whether a feature is on that this server has not: never. Clients that read PostHog's shapes expect the key."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> bool:
        return False


class AbsentText(serializers.CharField):
    """What a feature that this server has not would name: nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def get_attribute(self, instance: Any) -> None:
        return None


class AbsentList(serializers.ListField):
    """What a feature that this server has not would list: nothing."""

    child = serializers.CharField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, instance: Any) -> list[Any]:
        return []
