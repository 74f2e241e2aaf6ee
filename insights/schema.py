"""All OpenAPI words of this app."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from insights.serializers import (
    InsightBasicSerializer,
    InsightParameters,
    InsightSerializer,
    QueryBody,
    QueryResult,
    RetrieveParameters,
    ViewedBody,
)

ID = OpenApiParameter(
    name="id",
    type=OpenApiTypes.STR,
    location=OpenApiParameter.PATH,
    description="Id of the insight, or its short id.",
)
AGENT = OpenApiParameter(
    name="x-posthog-client",
    type=OpenApiTypes.STR,
    location=OpenApiParameter.HEADER,
    description="`mcp`: a bare query is wrapped into the node that shows it.",
)
WRITTEN: list[Any] = [AGENT, InsightParameters]

describe_insights = extend_schema_view(
    list=extend_schema(
        description="The project's insights. Results only as far as they are stored, unless `refresh` says otherwise.",
        parameters=[InsightParameters],
    ),
    create=extend_schema(description="Save a question. `query` is checked, and kept as sent.", parameters=WRITTEN),
    retrieve=extend_schema(
        description="An insight with its result, as far as it is stored or `refresh` wants it computed.",
        parameters=[ID, RetrieveParameters],
        responses=InsightSerializer,
    ),
    update=extend_schema(description="As PATCH: what is not sent stays.", parameters=[ID, *WRITTEN]),
    partial_update=extend_schema(
        description="Change an insight; what is not sent stays. `deleted: true` takes it off its dashboards too, "
        "and `deleted: false` brings it back to them.",
        parameters=[ID, *WRITTEN],
    ),
    destroy=extend_schema(
        description='Not here: deletion is PATCH `{"deleted": true}`.',
        parameters=[ID],
        responses={405: OpenApiResponse(description="No response body")},
    ),
    my_last_viewed=extend_schema(
        summary="List the insights last viewed",
        description="The five that the caller looked at last, newest first.",
        responses=InsightBasicSerializer(many=True),
    ),
    viewed=extend_schema(
        summary="Record views",
        description="The caller has looked at these now. Unknown ids are passed over.",
        request=ViewedBody,
        responses={201: OpenApiResponse(description="No response body")},
    ),
)

describe_query = extend_schema_view(
    create=extend_schema(
        summary="Run a query",
        description="The answer to a query, stored or computed. Equal questions share a stored answer.",
        request=QueryBody,
        responses=QueryResult,
    )
)
