"""Tiles laid out anew, in a given order."""

from collections import Counter
from collections.abc import Sequence

from common.exceptions import Missing, Refusal
from dashboards.layouts import ARRANGEMENTS, Shape
from dashboards.models import Dashboard
from dashboards.services.writing import writing


def reorder_tiles(
    dashboard: Dashboard, *, tile_order: Sequence[int], layout: str = "preserve", if_match: str | None = None
) -> None:
    """Arranges these tiles from the top; the others stay where they are. Raises Refusal, Missing, Outdated."""
    if Counter(tile_order).most_common(1)[0][1] > 1:
        raise Refusal("tile_order must contain unique tile IDs")

    with writing(dashboard, if_match=if_match) as locked:
        shown = locked.tiles.in_bulk(tile_order)
        absent = sorted(set(tile_order) - set(shown))
        if absent:
            raise Missing(f"Tile IDs not found on this dashboard: {absent}")

        tiles = [shown[pk] for pk in tile_order]
        layouts = ARRANGEMENTS[layout]([Shape(tile.layouts, is_text=tile.text_id is not None) for tile in tiles])
        locked.tiles.lay_out(dict(zip(tile_order, layouts, strict=True)))
