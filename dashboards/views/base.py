from typing import Any

from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.viewsets import ProjectScopedViewSet
from dashboards.models import Dashboard, DashboardTile
from dashboards.serializers.dashboards import DashboardSerializer
from dashboards.serializers.tiles import DashboardTileSerializer
from dashboards.services import rendering, results
from insights.queries.freshness import RefreshMode

#: PostHog writes the complaints of these by hand, as `{"error"}`, which we say beside the envelope.
WITH_ERROR_KEY = ("analyze_refresh_result", "create_unlisted_dashboard")


class DashboardsView(ProjectScopedViewSet):
    """What all actions on dashboards share: who asks, what the query string says, and a dashboard as the answer."""

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if self.action in WITH_ERROR_KEY and response.status_code in {400, 409}:
            response.data["error"] = response.data["detail"]
        return response

    def parameters(self, serializer_class: type[Serializer[Any]]) -> dict[str, Any]:
        """The validated query string. Raises ValidationError."""
        serializer = serializer_class(data=self.request.query_params, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def reply(self, row: Any, *, status: int = 200) -> Response:
        shown = rendering.find_dashboard(row.pk, viewer=self.caller, project=self.project)
        return self.show(shown, status=status)

    def show(
        self, dashboard: Dashboard, *, refresh: RefreshMode = RefreshMode.FORCE_CACHE, status: int = 200
    ) -> Response:
        results.answer_tiles(dashboard, team=self.team, refresh=refresh)
        shown = DashboardSerializer(dashboard, context=self.get_serializer_context()).data
        return Response(shown, status=status, headers={"ETag": dashboard.etag})

    def reply_with_tile(self, tile: DashboardTile, *, status: int = 200) -> Response:
        shown = rendering.find_tile(tile.pk, viewer=self.caller, project=self.project)
        return Response(DashboardTileSerializer(shown, context=self.get_serializer_context()).data, status=status)


def overrides(asked: dict[str, Any]) -> dict[str, Any]:
    """What a query string lays over a dashboard, as `Dashboard.under` takes it."""
    return {name: asked.get(f"{name}_override") or {} for name in ("filters", "variables")}
