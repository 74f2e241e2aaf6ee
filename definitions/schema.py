"""All OpenAPI words of this app."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import Direction, OpenApiParameter, extend_schema, extend_schema_view

from accounts.serializers.users import UserBasicSerializer
from definitions.serializers import (
    BulkUpdateTagsOfDefinitionsBody,
    BulkUpdateTagsOfDefinitionsResult,
    BulkUpdateVerifiedBody,
    BulkUpdateVerifiedResult,
    EventDefinitionSerializer,
    MetricsResult,
    PrimaryPropertiesResult,
    PromotedPropertiesResult,
    TypingsResult,
)


class MemberFieldExtension(OpenApiSerializerFieldExtension):
    """An id goes in, a person comes out."""

    target_class = "definitions.serializers.MemberField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        if direction == "request":
            return {"type": "integer"}
        return auto_schema.resolve_serializer(UserBasicSerializer, direction).ref


NAMES = OpenApiParameter(
    name="names", type=OpenApiTypes.STR, many=True, description="Only of these events; of all without it."
)
TYPINGS = extend_schema(
    summary="Generate types of events",
    description="Source code with the project's own events and what each of them carries.",
    responses=TypingsResult,
)
BULK_TAGS = extend_schema(
    summary="Tag many of them at once",
    request=BulkUpdateTagsOfDefinitionsBody,
    responses=BulkUpdateTagsOfDefinitionsResult,
)

describe_event_definitions = extend_schema_view(
    list=extend_schema(description="The project's events by name; those seen last come first."),
    create=extend_schema(description="Define an event before there is any. Its times are null until then."),
    retrieve=extend_schema(description="What is known of an event."),
    update=extend_schema(description="As PATCH: what is not sent stays. The name cannot be changed."),
    partial_update=extend_schema(description="Change what people say about it. The name cannot be changed."),
    destroy=extend_schema(description="Forget the definition. Its events stay, and the next one makes it anew."),
    by_name=extend_schema(
        summary="Retrieve an event definition by its name",
        parameters=[OpenApiParameter(name="name", type=OpenApiTypes.STR, required=True, description="The exact name.")],
        responses=EventDefinitionSerializer,
        filters=False,
    ),
    metrics=extend_schema(summary="How much an event is asked for", responses=MetricsResult),
    primary_properties=extend_schema(
        summary="Primary properties of events", parameters=[NAMES], responses=PrimaryPropertiesResult, filters=False
    ),
    promoted_properties=extend_schema(
        summary="Primary properties of events, by their older name",
        parameters=[NAMES],
        responses=PromotedPropertiesResult,
        filters=False,
    ),
    bulk_update_verified=extend_schema(
        summary="Verify many of them at once",
        request=BulkUpdateVerifiedBody,
        responses=BulkUpdateVerifiedResult,
    ),
    bulk_update_tags=BULK_TAGS,
    typescript=TYPINGS,
    golang=TYPINGS,
    python=TYPINGS,
)

describe_property_definitions = extend_schema_view(
    list=extend_schema(description="Properties of events, persons or groups: verified ones first, then by name."),
    retrieve=extend_schema(description="What is known of a property."),
    update=extend_schema(description="As PATCH: what is not sent stays. The name cannot be changed."),
    partial_update=extend_schema(description="Change what people say about it. The name cannot be changed."),
    destroy=extend_schema(description="Forget the definition. The next event that carries it makes it anew."),
    seen_together=extend_schema(
        summary="Which events carried a property",
        parameters=[
            OpenApiParameter(
                name="event_names", type=OpenApiTypes.STR, required=True, description="JSON array of names of events."
            ),
            OpenApiParameter(name="property_name", type=OpenApiTypes.STR, required=True, description="Exact name."),
        ],
        responses={200: {"type": "object", "additionalProperties": {"type": "boolean"}}},
        filters=False,
    ),
    bulk_update_tags=BULK_TAGS,
)
