from collections.abc import Generator
from functools import partial
from typing import Any

from django.db import connection
from django.http import StreamingHttpResponse
from rest_framework.decorators import action
from rest_framework.request import Request

from accounts.throttles import ClickHouseRateThrottle
from dashboards.models import DashboardTile
from dashboards.serializers.bodies import StreamTilesParameters
from dashboards.serializers.dashboards import DashboardWithoutTilesSerializer
from dashboards.serializers.tiles import DashboardTileSerializer
from dashboards.services import lifecycle, rendering, results
from dashboards.services.connections import give_connection_back
from dashboards.streaming import frames_of, with_heartbeats
from dashboards.views.base import DashboardsView, overrides

# The second tells nginx not to collect what it should pass on.
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


class StreamsViewMixin(DashboardsView):
    """`stream_tiles/`: a dashboard as server-sent events. All refusals come before the stream, as JSON."""

    @action(methods=["get"], detail=True, required_scopes=["dashboard:read"], throttle_classes=[ClickHouseRateThrottle])
    def stream_tiles(self, request: Request, **kwargs: Any) -> StreamingHttpResponse:
        dashboard = self.get_object()
        asked = self.parameters(StreamTilesParameters)
        rendering.load_tiles(dashboard, viewer=self.caller, project=self.project)
        lifecycle.note_view(dashboard, team=self.team, user=self.caller)
        dashboard.under(**overrides(asked))
        results.look_up_variables(dashboard, team=self.team)

        context = self.get_serializer_context()
        shown = DashboardWithoutTilesSerializer(dashboard, context=context).data
        tiles = results.answer_in_turn(dashboard, team=self.team, refresh=asked["refresh"], size=asked["size"])
        frames = frames_of(shown, tiles, render=partial(_render, context=context))
        give_connection_back()
        return StreamingHttpResponse(
            with_heartbeats(_leaving_no_connection(frames)), content_type="text/event-stream", headers=HEADERS
        )


def _render(tile: DashboardTile, *, context: dict[str, Any]) -> dict[str, Any]:
    own = {**context, "answers": {tile.insight_id: tile.answer}}
    return DashboardTileSerializer(tile, context=own).data


def _leaving_no_connection(frames: Generator[bytes, None, None]) -> Generator[bytes, None, None]:
    """A thread that ends would take its connection along, and the pool would miss it."""
    try:
        yield from frames
    finally:
        connection.close()
