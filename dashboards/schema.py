"""The OpenAPI words of dashboards."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from dashboards.serializers.bodies import (
    AddTileBody,
    CreateDashboardBody,
    RetrieveParameters,
    RunInsightsParameters,
    UpdateDashboardBody,
)
from dashboards.serializers.dashboards import DashboardSerializer
from dashboards.serializers.tiles import DashboardTileSerializer, RunInsightsResult

FORMAT = OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "txt"])
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag that was read: 412 if the dashboard has changed since.",
)

describe_dashboards = extend_schema_view(
    list=extend_schema(
        description="Pinned dashboards first, then by name. Without tiles.",
        parameters=[FORMAT, OpenApiParameter("tags", OpenApiTypes.STR, many=True, description="Any of these tags.")],
    ),
    create=extend_schema(
        description="With everything on it: tags, texts, buttons, insights. All of it is created, or nothing.",
        request=CreateDashboardBody,
        responses={201: DashboardSerializer},
        parameters=[FORMAT],
    ),
    retrieve=extend_schema(
        description="With its tiles and what is stored of their results.",
        parameters=[FORMAT, RetrieveParameters],
        responses=DashboardSerializer,
    ),
    update=extend_schema(
        description="The same as PATCH: what is left out stays.",
        request=UpdateDashboardBody,
        responses=DashboardSerializer,
        parameters=[FORMAT, IF_MATCH],
    ),
    partial_update=extend_schema(
        description="One transaction, whatever it changes. `deleted` removes and restores.",
        request=UpdateDashboardBody,
        responses=DashboardSerializer,
        parameters=[FORMAT, IF_MATCH],
    ),
    destroy=extend_schema(
        description="Not allowed: set `deleted` to true instead.",
        responses={405: OpenApiResponse(description="Always, with an empty body.")},
        parameters=[FORMAT],
    ),
    run_insights=extend_schema(
        description="The results of all insights in one answer, by default as short text tables.",
        parameters=[FORMAT, RunInsightsParameters],
        responses=RunInsightsResult,
    ),
    add_tile=extend_schema(
        description="Puts an insight, a text or a button on the dashboard, below the others unless told where.",
        request=AddTileBody,
        responses={201: DashboardTileSerializer},
        parameters=[FORMAT, IF_MATCH],
    ),
)
