"""Deeds on single tiles. Each is one transaction, and one new version of every dashboard that it changes."""

from collections.abc import Mapping
from typing import Any

from accounts.access import EDITOR, VIEWER
from accounts.models import Project, User
from common.exceptions import Forbidden, Missing, Refusal
from dashboards.layouts import CARD_SIZE, INSIGHT_SIZE, Grid, Layouts, compact
from dashboards.models import Dashboard, DashboardTile
from dashboards.services.shelf import Shelf
from dashboards.services.writing import writing

Fields = Mapping[str, Any]

ALREADY_THERE = {
    "insight": "This insight is already on the destination dashboard.",
    "text": "This text card is already on the destination dashboard.",
}


def add_tile(
    dashboard: Dashboard, element: Fields, *, project: Project, user: User, if_match: str | None = None
) -> DashboardTile:
    """Shows one thing more. Raises Refusal for what the dashboard shows already."""
    with writing(dashboard, if_match=if_match, with_cards=True) as locked:
        shelf = Shelf(locked, project=project, user=user)
        tile = shelf.add(element)
        shelf.save()
    return tile


def create_text_tile(
    dashboard: Dashboard, fields: Fields, *, project: Project, user: User, if_match: str | None = None
) -> DashboardTile:
    element = {**fields, "text": {"body": fields["body"]}}
    return add_tile(dashboard, element, project=project, user=user, if_match=if_match)


def update_text_tile(
    dashboard: Dashboard, fields: Fields, *, project: Project, user: User, if_match: str | None = None
) -> DashboardTile:
    """The text changes on every dashboard that shows it. Raises Missing, Refusal and, for one of these, Forbidden."""
    with writing(dashboard, if_match=if_match, with_cards=True) as locked:
        tile = locked.tiles.get_or_refuse(pk=fields["tile_id"])
        if tile.text_id is None:
            raise Refusal("Tile is not a text tile.")
        words = {"text": {"body": fields["body"]}} if "body" in fields else {}
        shelf = Shelf(locked, project=project, user=user)
        shelf.put([{**fields, **words, "id": tile.pk}])
        shelf.save()
    return tile


def update_tile(dashboard: Dashboard, fields: Fields, *, if_match: str | None = None) -> DashboardTile:
    """How a tile looks. Raises Missing, and Refusal for a text, which has an action of its own."""
    with writing(dashboard, if_match=if_match) as locked:
        tile = locked.tiles.get_or_refuse(pk=fields["tile_id"])
        if tile.text_id is not None:
            raise Refusal("Text tiles are updated with update_text_tile.")
        look = {name: value for name, value in fields.items() if name != "tile_id"}
        for name, value in look.items():
            setattr(tile, name, value)
        tile.save(update_fields=list(look))
    return tile


def delete_tile(dashboard: Dashboard, *, tile_id: int, if_match: str | None = None) -> None:
    """Takes the tile off and moves the others up. What it showed survives. Raises Missing."""
    with writing(dashboard, if_match=if_match) as locked:
        shown = locked.tiles.in_bulk()
        if shown.pop(tile_id, None) is None:
            raise Missing()
        DashboardTile.objects.filter(pk=tile_id).remove()

        risen = zip(shown, compact([tile.layouts for tile in shown.values()]), strict=True)
        moved = {pk: layouts for pk, layouts in risen if layouts != shown[pk].layouts}
        if moved:
            locked.tiles.lay_out(moved)


def copy_tile(
    destination: Dashboard,
    *,
    source_id: int,
    tile_id: int,
    project: Project,
    user: User,
    if_match: str | None = None,
) -> DashboardTile:
    """Shows what the tile shows on `destination` too; a tile that was removed from there comes back.

    Raises Refusal, Missing, and Forbidden for a source or an insight that the user may not see.
    """
    if source_id == destination.pk:
        raise Refusal("Destination must be a different dashboard than the source.")

    with writing(destination, if_match=if_match, beside=source_id) as locked:
        source = Dashboard.objects.for_project(project).seen_by(user).get_or_refuse(pk=source_id)
        source.refuse_unless_allows(VIEWER, user, project)
        tile = source.tiles.with_closed(user, project).get_or_refuse(pk=tile_id)
        tile.refuse_if_closed()
        if tile.button_tile_id is not None:
            raise Refusal("Only insight and text tiles can be copied between dashboards.")
        twin = tile.twin_on(locked)
        if twin is not None and not twin.deleted:
            raise Refusal(ALREADY_THERE["insight" if tile.insight_id else "text"])
        tile.layouts = tile.layouts or _place_on(locked, tile)
        return tile.copy_to(locked, twin)


def move_tile(
    source: Dashboard,
    *,
    tile_id: int,
    destination_id: int,
    project: Project,
    user: User,
    if_match: str | None = None,
) -> None:
    """The same tile, elsewhere. Raises Missing, Forbidden, and Refusal if the destination shows the same already."""
    with writing(source, if_match=if_match, beside=destination_id) as locked:
        tile = locked.tiles.get_or_refuse(pk=tile_id)
        destination = Dashboard.objects.for_project(project).seen_by(user).get_or_refuse(pk=destination_id)
        destination.refuse_unless_allows(EDITOR, user, project)
        if not destination.is_editable_by(user, project):
            raise Forbidden("You don't have edit permissions for this dashboard.")
        shadow = tile.twin_on(destination)
        if shadow is not None and not shadow.deleted:
            raise Refusal("Invalid request data for moving tile.")
        if shadow is not None:
            shadow.delete()
        tile.dashboard = destination
        tile.save(update_fields=["dashboard"])
        Dashboard.objects.filter(pk=destination.pk).bump()


def _place_on(dashboard: Dashboard, tile: DashboardTile) -> Layouts:
    grid = Grid(dashboard.tiles.values_list("layouts", flat=True))
    return grid.place(*(INSIGHT_SIZE if tile.insight_id else CARD_SIZE))
