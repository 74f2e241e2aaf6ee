from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dashboards.schema import describe_snapshots
from dashboards.serializers.snapshots import (
    AnalyzeRefreshResult,
    AnalyzeRefreshResultBody,
    SnapshotBody,
    SnapshotResult,
)
from dashboards.services.snapshots import analyze_refresh_result, take_snapshot
from dashboards.views.base import DashboardsView

READS = ["dashboard:read"]


@describe_snapshots
class SnapshotsViewMixin(DashboardsView):
    """What a refresh changed: `snapshot/` before it, `analyze_refresh_result/` after it. Both only read, by POST."""

    @action(methods=["post"], detail=True, required_scopes=READS, permission_classes=[])
    def snapshot(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        body = self.body(SnapshotBody)
        taken = take_snapshot(dashboard, team=self.team, user=self.caller, client_results=body.get("client_results"))
        return Response(SnapshotResult({"cache_key": taken.key}).data)

    @action(methods=["post"], detail=True, required_scopes=READS, permission_classes=[])
    def analyze_refresh_result(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        body = self.body(AnalyzeRefreshResultBody)
        text = analyze_refresh_result(dashboard, **body, team=self.team, user=self.caller)
        return Response(AnalyzeRefreshResult({"result": text}).data)
