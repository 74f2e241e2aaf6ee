from typing import Any

from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer

from accounts.models import User
from accounts.viewsets import ProjectScopedViewSet
from common.mixins import ForbidDestroyMixin
from dashboards.filters import DashboardFilter
from dashboards.models import Dashboard, DashboardTile
from dashboards.negotiation import EventStreamsToo
from dashboards.permissions import CanEditDashboard
from dashboards.querysets import DashboardQuerySet
from dashboards.schema import describe_dashboards
from dashboards.serializers.bodies import (
    AddTileBody,
    CreateDashboardBody,
    RetrieveParameters,
    RunInsightsParameters,
    UpdateDashboardBody,
)
from dashboards.serializers.dashboards import DashboardBasicSerializer, DashboardSerializer
from dashboards.serializers.tiles import DashboardTileSerializer, RunInsightsResult
from dashboards.services import lifecycle, results, tiles
from insights.queries.freshness import RefreshMode


@describe_dashboards
class DashboardViewSet(ForbidDestroyMixin, ListModelMixin, ProjectScopedViewSet):
    queryset = Dashboard.objects_including_soft_deleted.all()
    serializer_class = DashboardSerializer
    filterset_class = DashboardFilter
    permission_classes = [CanEditDashboard]
    content_negotiation_class = EventStreamsToo
    scope_object = "dashboard"

    @property
    def user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return DashboardBasicSerializer if self.action == "list" else DashboardSerializer

    def load(self, queryset: DashboardQuerySet) -> DashboardQuerySet:
        """A removed dashboard is seen only by an update, which may bring it back."""
        seen = queryset.seen_by(self.user)
        if self.action in {"update", "partial_update"}:
            return seen
        reading = {
            "list": seen.for_list,
            "retrieve": lambda: seen.for_detail(self.user),
            "run_insights": seen.for_results,
        }
        return reading.get(self.action, seen.all)().live()

    def create(self, request: Request, **kwargs: Any) -> Response:
        body = self.body(CreateDashboardBody)
        dashboard = lifecycle.create_dashboard(body, project=self.project, user=self.user)
        return self.reply(dashboard, status=201)

    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        asked = self.parameters(RetrieveParameters)
        lifecycle.note_view(dashboard, team=self.team, user=self.user)
        return self.show(dashboard.under(**_overrides(asked)), refresh=asked["refresh"])

    def update(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        body = self.body(UpdateDashboardBody)
        lifecycle.update_dashboard(
            dashboard, body, project=self.project, user=self.user, if_match=request.headers.get("If-Match")
        )
        return self.reply(dashboard)

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, **kwargs)

    @action(methods=["get"], detail=True, required_scopes=["query:read"])
    def run_insights(self, request: Request, **kwargs: Any) -> Response:
        asked = self.parameters(RunInsightsParameters)
        found = results.run_insights(
            self.get_object().under(**_overrides(asked)),
            team=self.team,
            refresh=asked["refresh"],
            is_optimized=asked["output_format"] == "optimized",
            tile_ids=asked.get("tile_ids", ()),
            max_chars=asked["max_result_chars"],
        )
        return Response(RunInsightsResult({"results": found}).data)

    @action(methods=["post"], detail=True, required_scopes=["dashboard:write"], url_path="tiles")
    def add_tile(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        body = self.body(AddTileBody)
        tile = tiles.add_tile(
            dashboard, body, project=self.project, user=self.user, if_match=request.headers.get("If-Match")
        )
        return self.reply_with_tile(tile, status=201)

    def parameters(self, serializer_class: type[Serializer[Any]]) -> dict[str, Any]:
        """The validated query string. Raises ValidationError."""
        serializer = serializer_class(data=self.request.query_params, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def reply(self, row: Any, *, status: int = 200) -> Response:
        dashboards = Dashboard.objects_including_soft_deleted.for_project(self.project)
        shown = dashboards.seen_by(self.user).for_detail(self.user).get(pk=row.pk)
        return self.show(shown, status=status)

    def show(
        self, dashboard: Dashboard, *, refresh: RefreshMode = RefreshMode.FORCE_CACHE, status: int = 200
    ) -> Response:
        results.answer_tiles(dashboard, team=self.team, refresh=refresh)
        shown = DashboardSerializer(dashboard, context=self.get_serializer_context()).data
        return Response(shown, status=status, headers={"ETag": dashboard.etag})

    def reply_with_tile(self, tile: DashboardTile, *, status: int = 200) -> Response:
        shown = DashboardTile.objects.for_rendering(self.user).get_or_refuse(pk=tile.pk)
        return Response(DashboardTileSerializer(shown, context=self.get_serializer_context()).data, status=status)


def _overrides(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: asked.get(f"{name}_override") or {} for name in ("filters", "variables")}
