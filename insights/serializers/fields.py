from typing import Any

import orjson
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

MAX_ID = 2**63 - 1


class DashboardsField(serializers.ListField):
    """Ids of the dashboards that show an insight. Out from its prefetched tiles; in as rows of the project."""

    child = serializers.IntegerField(min_value=-MAX_ID, max_value=MAX_ID)

    def get_attribute(self, instance: Any) -> Any:
        return instance.dashboard_tiles.all()

    def to_representation(self, tiles: Any) -> list[int]:
        return [tile.dashboard_id for tile in tiles]

    def to_internal_value(self, data: Any) -> list[Any]:
        """A deleted dashboard shows nothing, so its id is passed over."""
        ids: list[int] = super().to_internal_value(data)
        of_project = self.context["project"].team.dashboards(manager="objects_including_soft_deleted")
        dashboards = of_project.seen_by(self.context["user"]).in_bulk(ids)
        missing = next((pk for pk in ids if pk not in dashboards), None)
        if missing is not None:
            raise serializers.ValidationError(f'Invalid pk "{missing}" - object does not exist.', code="does_not_exist")
        return [dashboard for dashboard in dashboards.values() if not dashboard.deleted]


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ObjectField(serializers.DictField):
    """A JSON object, kept key by key."""


class DashboardFiltersField(ObjectField):
    """What a dashboard may lay over a query."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        return readable_filters(super().to_internal_value(data))


@extend_schema_field(OpenApiTypes.STR)
class JSONTextField(serializers.CharField):
    """A JSON object, or null, written into a query string."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            parsed = orjson.loads(super().to_internal_value(data))
        except orjson.JSONDecodeError:
            parsed = data
        if parsed is not None and not isinstance(parsed, dict):
            raise serializers.ValidationError(f"Invalid JSON passed in {self.field_name} parameter")
        return parsed


class FiltersTextField(JSONTextField):
    def to_internal_value(self, data: Any) -> Any:
        return readable_filters(super().to_internal_value(data) or {})


def readable_filters(filters: dict[str, Any]) -> dict[str, Any]:
    """Raises ValidationError. The rest of the filters is checked as a part of the query that they are laid over."""
    properties = filters.get("properties") or []
    if not isinstance(properties, list) or not all(isinstance(one, dict) for one in properties):
        raise serializers.ValidationError({"properties": "Expected a list of property filters."})
    return filters
