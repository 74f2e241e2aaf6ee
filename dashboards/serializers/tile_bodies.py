"""What comes in for the tiles of a dashboard: one serializer for each action's body."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from dashboards.layouts import ARRANGEMENTS
from dashboards.serializers.bodies import MOST_TILES, LookBody
from dashboards.serializers.fields import IdField, ObjectField, TextBodyField


class CopyTileBody(serializers.Serializer[Any]):
    fromDashboardId = IdField(source="source_id", help_text="The dashboard that shows the tile.")
    tileId = IdField(source="tile_id")


class TileToMoveBody(serializers.Serializer[Any]):
    id = IdField()


class MoveTileBody(serializers.Serializer[Any]):
    tile = TileToMoveBody()
    toDashboard = IdField(required=False, help_text="The dashboard that shall show it instead. Required.")
    to_dashboard = IdField(required=False, help_text="A younger name of `toDashboard`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        destination_id = attrs.get("toDashboard", attrs.get("to_dashboard"))
        if destination_id is None:
            raise ValidationError({"toDashboard": "This field is required."}, code="required")
        return {"tile_id": attrs["tile"]["id"], "destination_id": destination_id}


class ReorderTilesBody(serializers.Serializer[Any]):
    tile_order = serializers.ListField(
        child=IdField(), allow_empty=False, max_length=MOST_TILES, help_text="Ids of tiles; the others stay."
    )
    layout = serializers.ChoiceField(
        choices=sorted(ARRANGEMENTS), default="preserve", help_text="`preserve` keeps each tile's size."
    )


class TextLookBody(serializers.Serializer[Any]):
    layouts = ObjectField(required=False, help_text="Replaces the whole. Left out of a new tile, the server places it.")
    color = serializers.CharField(
        max_length=400, required=False, allow_null=True, allow_blank=True, trim_whitespace=False
    )


class CreateTextTileBody(TextLookBody):
    body = TextBodyField()


class UpdateTextTileBody(TextLookBody):
    tile_id = IdField()
    body = TextBodyField(required=False)


class UpdateTileBody(LookBody):
    tile_id = IdField()


class DeleteTileBody(serializers.Serializer[Any]):
    tile_id = IdField()
