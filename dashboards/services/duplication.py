"""Tiles that come from other tiles."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from uuid_utils.compat import uuid7

from accounts.models import Project, User
from common.exceptions import Refusal
from dashboards.layouts import CARD_SIZE, INSIGHT_SIZE, Grid
from dashboards.models import ButtonTile, Dashboard, DashboardTile, Text
from insights.models import Insight, short_id

COPY = " (Copy)"
NAME_LIMIT = 400


def duplicate_contents(source: Dashboard, target: Dashboard, *, is_deep: bool, project: Project, user: User) -> None:
    """The live tiles of `source` on `target`, showing the same things or, if `is_deep`, copies of them.

    Raises Forbidden for an insight that the user may not see.
    """
    tiles = list(source.tiles.with_content().with_closed(user, project))
    for tile in tiles:
        tile.refuse_if_closed()
    copies = [DashboardTile(dashboard=target, **tile.content(), **tile.copy_of_look()) for tile in tiles]
    _save(copies, is_deep=is_deep, user=user)


def duplicate_tiles(dashboard: Dashboard, wanted: Sequence[Mapping[str, Any]], *, project: Project, user: User) -> None:
    """Copies of these tiles, with copies of what they show, on the same dashboard. Inside `writing`.

    Raises Refusal, and Forbidden for an insight that the user may not see.
    """
    shown = {tile.pk: tile for tile in dashboard.tiles.with_content().with_closed(user, project)}
    grid = Grid(tile.layouts for tile in shown.values())
    copies = []
    for index, element in enumerate(wanted):
        tile = shown.get(element["id"])
        if tile is None:
            raise Refusal("Tile not found.", attr=f"duplicate_tiles__{index}__id")
        tile.refuse_if_closed()
        look = {**tile.copy_of_look(), "layouts": element.get("layouts") or _place(grid, tile)}
        copies.append(DashboardTile(dashboard=dashboard, **tile.content(), **look))
    _save(copies, is_deep=True, user=user)


def _place(grid: Grid, tile: DashboardTile) -> dict[str, Any]:
    return grid.place(*(INSIGHT_SIZE if tile.insight_id else CARD_SIZE))


def _save(copies: list[DashboardTile], *, is_deep: bool, user: User) -> None:
    if is_deep:
        _copy_insights([tile for tile in copies if tile.insight], user=user)
        _copy_cards([tile for tile in copies if tile.text], "text", Text)
        _copy_cards([tile for tile in copies if tile.button_tile], "button_tile", ButtonTile)
    DashboardTile.objects_including_soft_deleted.bulk_create(copies)


def _copy_insights(tiles: list[DashboardTile], *, user: User) -> None:
    originals = [tile.insight for tile in tiles]
    copies = [_copy_of_insight(original, user) for original in originals]
    Insight.objects.bulk_create(copies)
    _copy_tags(zip(originals, copies, strict=True))
    for tile, copy in zip(tiles, copies, strict=True):
        tile.insight = copy


def _copy_of_insight(original: Any, user: User) -> Insight:
    name = original.name and original.name[: NAME_LIMIT - len(COPY)] + COPY
    return Insight(
        **{**_columns(original), "name": name, "short_id": short_id(), "created_by_id": user.pk},
        last_modified_by=user,
    )


def _copy_tags(pairs: Iterable[tuple[Any, Insight]]) -> None:
    through = Insight.tags.through
    through.objects.bulk_create(
        through(insight_id=copy.pk, tag_id=tag.pk) for original, copy in pairs for tag in original.tags.all()
    )


def _copy_cards(tiles: list[DashboardTile], name: str, model: type[Any]) -> None:
    copies = [model(**_columns(getattr(tile, name)), **_new_id(model)) for tile in tiles]
    model.objects.bulk_create(copies)
    for tile, copy in zip(tiles, copies, strict=True):
        setattr(tile, name, copy)


def _new_id(model: type[models.Model]) -> dict[str, Any]:
    return {"id": uuid7()} if model is ButtonTile else {}


def _columns(row: models.Model) -> dict[str, Any]:
    """Everything but the primary key."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
