from typing import Any

from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.mixins import AccessControlViewMixin
from accounts.permissions import HasAccessToRows
from accounts.throttles import ClickHouseRateThrottle
from activity.mixins import ActivityViewMixin
from common.mixins import ForbidDestroyMixin
from dashboards.filters import DashboardFilter
from dashboards.models import Dashboard
from dashboards.negotiation import EventStreamsToo
from dashboards.permissions import CanEditDashboard
from dashboards.querysets import DashboardQuerySet
from dashboards.schema import describe_dashboards
from dashboards.serializers.bodies import (
    CreateDashboardBody,
    RetrieveParameters,
    RunInsightsParameters,
    UpdateDashboardBody,
)
from dashboards.serializers.dashboards import DashboardBasicSerializer, DashboardSerializer
from dashboards.serializers.tiles import RunInsightsResult
from dashboards.services import lifecycle, rendering, results
from dashboards.views.base import DashboardsView, overrides
from dashboards.views.snapshots import SnapshotsViewMixin
from dashboards.views.streams import StreamsViewMixin
from dashboards.views.tags import DashboardTagsMixin
from dashboards.views.templates import TemplateActionsMixin
from dashboards.views.tiles import TileActionsMixin


@describe_dashboards
class DashboardViewSet(
    TileActionsMixin,
    SnapshotsViewMixin,
    StreamsViewMixin,
    TemplateActionsMixin,
    DashboardTagsMixin,
    AccessControlViewMixin,
    ActivityViewMixin,
    ForbidDestroyMixin,
    ListModelMixin,
    DashboardsView,
):
    queryset = Dashboard.objects_including_soft_deleted.all()
    serializer_class = DashboardSerializer
    filterset_class = DashboardFilter
    base_permissions = (*DashboardsView.base_permissions, HasAccessToRows)
    permission_classes = [CanEditDashboard]
    content_negotiation_class = EventStreamsToo
    scope_object = "dashboard"
    scope_object_write_actions = ("bulk_update_tags",)
    activity_scope = "Dashboard"

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return DashboardBasicSerializer if self.action == "list" else DashboardSerializer

    def load(self, queryset: Any) -> DashboardQuerySet:
        """A removed dashboard is seen only by an update, which may bring it back."""
        if self.action == "bulk_update_tags":
            return queryset.live()
        who = self.caller, self.project
        seen = queryset.seen_by(self.caller)
        if self.action in {"update", "partial_update"}:
            return seen
        reading = {
            "list": lambda: seen.for_list().visible_to(*who),
            "retrieve": seen.for_list,
            "stream_tiles": seen.for_list,
            "run_insights": lambda: seen.for_results(*who),
            "snapshot": lambda: seen.for_results(*who),
            "analyze_refresh_result": lambda: seen.for_results(*who),
        }
        return reading.get(self.action, seen.all)().live()

    def create(self, request: Request, **kwargs: Any) -> Response:
        body = self.body(CreateDashboardBody)
        dashboard = lifecycle.create_dashboard(body, project=self.project, user=self.caller)
        return self.reply(dashboard, status=201)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        asked = self.parameters(RetrieveParameters)
        rendering.load_tiles(dashboard, viewer=self.caller, project=self.project)
        lifecycle.note_view(dashboard, team=self.team, user=self.caller)
        return self.show(dashboard.under(**overrides(asked)), refresh=asked["refresh"])

    def update(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        body = self.body(UpdateDashboardBody)
        lifecycle.update_dashboard(
            dashboard, body, project=self.project, user=self.caller, if_match=request.headers.get("If-Match")
        )
        return self.reply(dashboard)

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, **kwargs)

    @action(methods=["get"], detail=True, required_scopes=["query:read"], throttle_classes=[ClickHouseRateThrottle])
    def run_insights(self, request: Request, **kwargs: Any) -> Response:
        asked = self.parameters(RunInsightsParameters)
        found = results.run_insights(
            self.get_object().under(**overrides(asked)),
            team=self.team,
            refresh=asked["refresh"],
            is_optimized=asked["output_format"] == "optimized",
            tile_ids=asked.get("tile_ids", ()),
            max_chars=asked["max_result_chars"],
        )
        return Response(RunInsightsResult({"results": found}).data)
