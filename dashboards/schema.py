"""The OpenAPI words of dashboards."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from common.schema import REFUSAL
from dashboards.serializers.bodies import (
    AddTileBody,
    CreateDashboardBody,
    RetrieveParameters,
    RunInsightsParameters,
    StreamTilesParameters,
    UpdateDashboardBody,
)
from dashboards.serializers.collaborators import DashboardCollaboratorBody, DashboardCollaboratorSerializer
from dashboards.serializers.dashboards import DashboardSerializer
from dashboards.serializers.snapshots import (
    AnalyzeRefreshResult,
    AnalyzeRefreshResultBody,
    SnapshotBody,
    SnapshotResult,
)
from dashboards.serializers.templates import CreateFromTemplateBody, CreateUnlistedDashboardBody
from dashboards.serializers.tile_bodies import (
    CopyTileBody,
    CreateTextTileBody,
    DeleteTileBody,
    MoveTileBody,
    ReorderTilesBody,
    UpdateTextTileBody,
    UpdateTileBody,
)
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
    stream_tiles=extend_schema(
        description="The dashboard with its first two tiles, then tile after tile, as server-sent events: `data:` "
        "lines whose JSON has a `type` of `metadata`, `tile`, `error` or `complete`, and a comment line every five "
        "seconds while a tile is computed.",
        parameters=[FORMAT, StreamTilesParameters],
        responses={(200, "text/event-stream"): OpenApiTypes.STR},
    ),
    bulk_update_tags=extend_schema(parameters=[FORMAT]),
    run_insights=extend_schema(
        description="The results of all insights in one answer, by default as short text tables.",
        parameters=[FORMAT, RunInsightsParameters],
        responses=RunInsightsResult,
    ),
)

describe_template_actions = extend_schema_view(
    create_from_template_json=extend_schema(
        summary="Create a dashboard from a template in the body",
        description="`name`, `description` and `tags` beside the template win over its own. Instead of a whole "
        "template, `use_template` may name one. Answers the dashboard, with status 200.",
        request=CreateFromTemplateBody,
        responses=DashboardSerializer,
        parameters=[FORMAT],
    ),
    create_unlisted_dashboard=extend_schema(
        summary="Create the unlisted dashboard of a tag",
        description="One per tag and project, hidden from the list; 409 if it is there. Answers the dashboard, with "
        "status 200.",
        request=CreateUnlistedDashboardBody,
        responses={200: DashboardSerializer, 409: OpenApiResponse(REFUSAL, description="It is there already.")},
        parameters=[FORMAT],
    ),
)

describe_templates = extend_schema_view(
    list=extend_schema(description="The project's own and the global ones, featured ones first."),
    create=extend_schema(description="Of the project's own. Only staff users may write global ones."),
    destroy=extend_schema(
        description="Not allowed: set `deleted` to true instead.",
        responses={405: OpenApiResponse(description="Always, with an empty body.")},
    ),
    json_schema=extend_schema(
        summary="The JSON Schema of templates", responses={200: {"type": "object", "additionalProperties": {}}}
    ),
)

describe_snapshots = extend_schema_view(
    snapshot=extend_schema(
        summary="Keep what a dashboard shows now",
        description="Before a refresh, to be told by `analyze_refresh_result` what it changed. Computes nothing.",
        request=SnapshotBody,
        responses=SnapshotResult,
        parameters=[FORMAT],
    ),
    analyze_refresh_result=extend_schema(
        summary="Tell what a refresh changed on a dashboard",
        description="Compares what is stored now with a snapshot of the same dashboard, by the same user.",
        request=AnalyzeRefreshResultBody,
        responses=AnalyzeRefreshResult,
        parameters=[FORMAT],
    ),
)

describe_tile_actions = extend_schema_view(
    add_tile=extend_schema(
        summary="Add a tile to a dashboard",
        description="Puts an insight, a text or a button on the dashboard, below the others unless told where.",
        request=AddTileBody,
        responses={201: DashboardTileSerializer},
        parameters=[FORMAT, IF_MATCH],
    ),
    copy_tile=extend_schema(
        summary="Copy a tile to a dashboard",
        description="The dashboard in the path shows the same insight or text too. Answers this dashboard.",
        request=CopyTileBody,
        responses=DashboardSerializer,
        parameters=[FORMAT, IF_MATCH],
    ),
    move_tile=extend_schema(
        summary="Move a tile to another dashboard",
        description="From the dashboard in the path, which is the answer. The tile keeps its id and its layouts.",
        request=MoveTileBody,
        responses=DashboardSerializer,
        parameters=[FORMAT, IF_MATCH],
    ),
    reorder_tiles=extend_schema(
        summary="Arrange the tiles of a dashboard",
        description="Lays these tiles out anew, in this order. Tiles that are not named stay where they are.",
        request=ReorderTilesBody,
        responses=DashboardSerializer,
        parameters=[FORMAT, IF_MATCH],
    ),
    create_text_tile=extend_schema(
        summary="Add a text to a dashboard",
        description="Below the other tiles unless told where.",
        request=CreateTextTileBody,
        responses={201: DashboardTileSerializer},
        parameters=[FORMAT, IF_MATCH],
    ),
    update_text_tile=extend_schema(
        summary="Change a text on a dashboard",
        description="Its words, which change wherever the text is shown, and how its tile looks.",
        request=UpdateTextTileBody,
        responses=DashboardTileSerializer,
        parameters=[FORMAT, IF_MATCH],
    ),
    update_tile=extend_schema(
        summary="Change how a tile looks",
        description="A tile of an insight or a button. What is left out stays.",
        request=UpdateTileBody,
        responses=DashboardTileSerializer,
        parameters=[FORMAT, IF_MATCH],
    ),
    delete_tile=extend_schema(
        summary="Remove a tile from a dashboard",
        description="The tiles below move up. The insight, text or button itself stays.",
        request=DeleteTileBody,
        responses={204: None},
        parameters=[FORMAT, IF_MATCH],
    ),
)

OF_DASHBOARD = OpenApiParameter("dashboard_id", OpenApiTypes.INT, OpenApiParameter.PATH)
OF_USER = OpenApiParameter("user__uuid", OpenApiTypes.UUID, OpenApiParameter.PATH)

describe_collaborators = extend_schema_view(
    list=extend_schema(
        summary="List the collaborators of a dashboard",
        description="Those who may edit it while it is restricted, besides its creator and the project's admins.",
        responses=DashboardCollaboratorSerializer(many=True),
        parameters=[OF_DASHBOARD],
    ),
    create=extend_schema(
        summary="Invite a collaborator to a dashboard",
        description="A member of the project, to a dashboard whose `restriction_level` is 37.",
        request=DashboardCollaboratorBody,
        responses={201: DashboardCollaboratorSerializer},
        parameters=[OF_DASHBOARD],
    ),
    destroy=extend_schema(
        summary="Remove a collaborator from a dashboard",
        responses={204: None},
        parameters=[OF_DASHBOARD, OF_USER],
    ),
)
