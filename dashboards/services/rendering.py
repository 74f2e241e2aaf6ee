"""Dashboards and tiles with all that their JSON needs: few statements, whose SQL is put together once."""

from collections.abc import Sequence
from typing import Any

from accounts.access import VIEWER
from accounts.models import Project
from common.compiled import Compiled
from common.exceptions import Missing
from common.querysets import keep_related
from dashboards.models import Dashboard, DashboardTile
from insights.models import Insight, ViewLog
from insights.rendering import PEOPLE, by_pk, keep, keep_tiles, load_people, load_places, somebody

CARDS = ("text", "button_tile")


def find_dashboard(pk: int, *, viewer: Any, project: Project) -> Dashboard:
    """As `for_list` has it, deleted or not, with its tiles. Raises Missing."""
    found = _DASHBOARD(pk, project.pk, viewer.pk)
    if not found:
        raise Missing()
    load_tiles(found[0], viewer=viewer, project=project)
    return found[0]


def load_tiles(dashboard: Dashboard, *, viewer: Any, project: Project) -> None:
    """The shown tiles of a dashboard that `seen_by` and `for_list` read: seven statements at most."""
    tiles = _TILES_OF(dashboard.pk)
    for tile in tiles:
        keep(tile, "dashboard", dashboard)
    _complete(tiles, viewer=viewer, project=project, dashboards=[dashboard])
    keep_related(dashboard, "tiles", tiles)


def find_tile(pk: int, *, viewer: Any, project: Project) -> DashboardTile:
    """A shown tile. Raises Missing."""
    found = _TILE(pk)
    if not found:
        raise Missing()
    _complete(found, viewer=viewer, project=project, dashboards=[])
    return found[0]


def _complete(
    tiles: Sequence[DashboardTile], *, viewer: Any, project: Project, dashboards: Sequence[Dashboard]
) -> None:
    """`dashboards` are known already, with what `seen_by` adds to them."""
    insights = _load_insights(tiles, viewer=viewer, project=project)
    load_places(insights, viewer=viewer, dashboards=dashboards)
    load_people(insights, known=[viewer])
    cards = {name: by_pk(card for tile in tiles if (card := getattr(tile, name))) for name in CARDS}
    for name, found in cards.items():
        keep_tiles(found, _TILES_WITH[name](list(found)) if found else [], f"{name}_id")


def _load_insights(tiles: Sequence[DashboardTile], *, viewer: Any, project: Project) -> list[Insight]:
    ids = [tile.insight_id for tile in tiles if tile.insight_id]
    insights = by_pk(_INSIGHTS(ids, viewer.pk) if ids else [])
    for tile in tiles:
        insight = insights.get(tile.insight_id)
        keep(tile, "insight", insight)
        tile.is_closed = insight is not None and not insight.allows(VIEWER, viewer, project)
    return list(insights.values())


def _dashboard(pk: int, project: int, viewer: int) -> Any:
    dashboards = Dashboard.objects_including_soft_deleted.for_project(somebody(project))
    return dashboards.seen_by(somebody(viewer)).for_list().filter(pk=pk).order_by()


def _insights(ids: int, viewer: int) -> Any:
    views = ViewLog.objects.of_user(somebody(viewer))
    return Insight.objects.for_list(somebody(viewer)).with_last_view(views).filter(pk__any_of=ids).order_by()


def _tiles() -> Any:
    return DashboardTile.objects.select_related(*(f"{card}__{person}" for card in CARDS for person in PEOPLE))


_DASHBOARD = Compiled(_dashboard)
_INSIGHTS = Compiled(_insights)
_TILE = Compiled(lambda pk: _tiles().filter(pk=pk))
_TILES_OF = Compiled(lambda dashboard: _tiles().filter(dashboard=dashboard))
_TILES_WITH = {
    "text": Compiled(lambda ids: DashboardTile.objects.filter(text__any_of=ids)),
    "button_tile": Compiled(lambda ids: DashboardTile.objects.filter(button_tile__any_of=ids)),
}
