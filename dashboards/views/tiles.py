from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from dashboards.schema import describe_tile_actions
from dashboards.serializers.bodies import AddTileBody
from dashboards.serializers.tile_bodies import (
    CopyTileBody,
    CreateTextTileBody,
    DeleteTileBody,
    MoveTileBody,
    ReorderTilesBody,
    UpdateTextTileBody,
    UpdateTileBody,
)
from dashboards.services import ordering, tiles
from dashboards.views.base import DashboardsView

WRITES = ["dashboard:write"]


@describe_tile_actions
class TileActionsMixin(DashboardsView):
    """What can be done to the tiles of one dashboard."""

    @property
    def if_match(self) -> str | None:
        return self.request.headers.get("If-Match")

    @action(methods=["post"], detail=True, required_scopes=WRITES, url_path="tiles")
    def add_tile(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        body = self.body(AddTileBody)
        tile = tiles.add_tile(dashboard, body, project=self.project, user=self.caller, if_match=self.if_match)
        return self.reply_with_tile(tile, status=201)

    @action(methods=["post"], detail=True, required_scopes=WRITES)
    def copy_tile(self, request: Request, **kwargs: Any) -> Response:
        destination = self.get_object()
        body = self.body(CopyTileBody)
        tiles.copy_tile(destination, **body, project=self.project, user=self.caller, if_match=self.if_match)
        return self.reply(destination)

    @action(methods=["patch", "post"], detail=True, required_scopes=WRITES)
    def move_tile(self, request: Request, **kwargs: Any) -> Response:
        source = self.get_object()
        body = self.body(MoveTileBody)
        tiles.move_tile(source, **body, project=self.project, user=self.caller, if_match=self.if_match)
        return self.reply(source)

    @action(methods=["post"], detail=True, required_scopes=WRITES)
    def reorder_tiles(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        body = self.body(ReorderTilesBody)
        ordering.reorder_tiles(dashboard, **body, if_match=self.if_match)
        return self.reply(dashboard)

    @action(methods=["post"], detail=True, required_scopes=WRITES)
    def create_text_tile(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        body = self.body(CreateTextTileBody)
        tile = tiles.create_text_tile(dashboard, body, project=self.project, user=self.caller, if_match=self.if_match)
        return self.reply_with_tile(tile, status=201)

    @action(methods=["post"], detail=True, required_scopes=WRITES)
    def update_text_tile(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        body = self.body(UpdateTextTileBody)
        tile = tiles.update_text_tile(dashboard, body, project=self.project, user=self.caller, if_match=self.if_match)
        return self.reply_with_tile(tile)

    @action(methods=["post"], detail=True, required_scopes=WRITES)
    def update_tile(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        body = self.body(UpdateTileBody)
        return self.reply_with_tile(tiles.update_tile(dashboard, body, if_match=self.if_match))

    @action(methods=["post"], detail=True, required_scopes=WRITES)
    def delete_tile(self, request: Request, **kwargs: Any) -> Response:
        dashboard = self.get_object()
        body = self.body(DeleteTileBody)
        tiles.delete_tile(dashboard, **body, if_match=self.if_match)
        return Response(status=204)
