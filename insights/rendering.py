"""What it takes to show insights, besides their own columns: few statements, whose SQL is put together once."""

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from django.db.models import Model

from accounts.models import Project, User
from common.compiled import Compiled
from common.querysets import keep_related
from insights.models import Insight, ViewLog

PEOPLE = ("created_by", "last_modified_by")
#: Of a dashboard that shows an insight: what its rights hang on, and what it lays over the query.
OF_DASHBOARD = ("restriction_level", "created_by", "filters", "variables")


def find_insight(pk: int, *, viewer: Any, project: Project) -> Insight:
    """Deleted or not, with its last view and all the rest."""
    [insight] = _INSIGHT(pk, project.pk, viewer.pk)
    load_parts([insight], viewer=viewer)
    return insight


def load_parts(insights: Sequence[Insight], *, viewer: Any) -> None:
    """People, and tiles with their dashboards, of insights that `for_list` read. Three statements at most."""
    load_places(insights, viewer=viewer)
    load_people(insights, known=[viewer])


def load_places(insights: Sequence[Insight], *, viewer: Any, dashboards: Iterable[Any] = ()) -> None:
    """The tiles with their dashboards, of which those that `seen_by` read need not be read again."""
    places = _PLACES([insight.pk for insight in insights]) if insights else []
    known = by_pk(dashboards)
    unknown = {place.dashboard_id for place in places} - known.keys()
    if unknown:
        known |= by_pk(_DASHBOARDS(list(unknown), viewer.pk))
    places = [place for place in places if place.dashboard_id in known]
    for place in places:
        keep(place, "dashboard", known[place.dashboard_id])
    keep_tiles(by_pk(insights), places, "insight_id")


def load_people(rows: Sequence[Any], *, known: Iterable[Any]) -> None:
    """Who made the rows, and who changed them last. One statement, if any of them is not `known`."""
    people = by_pk(known)
    wanted = {getattr(row, f"{name}_id") for row in rows for name in PEOPLE}
    unknown = wanted - people.keys() - {None}
    if unknown:
        people |= by_pk(_USERS(list(unknown)))
    for row in rows:
        for name in PEOPLE:
            pk = getattr(row, f"{name}_id")
            keep(row, name, people.get(pk) if pk else None)


def keep_tiles(rows: Mapping[Any, Any], tiles: Iterable[Any], column: str) -> None:
    """Gives each row its `dashboard_tiles`: those that have its id in this column."""
    tiles_of: dict[Any, list[Any]] = {pk: [] for pk in rows}
    for tile in tiles:
        tiles_of[getattr(tile, column)].append(tile)
    for pk, own in tiles_of.items():
        keep_related(rows[pk], "dashboard_tiles", own)


def keep(row: Model, name: str, related: Any) -> None:
    """As if `select_related` had read it."""
    row._meta.get_field(name).set_cached_value(row, related)  # type: ignore[union-attr]


def by_pk(rows: Iterable[Any]) -> dict[Any, Any]:
    return {row.pk: row for row in rows}


def somebody(pk: int) -> Any:
    """What querysets want of a person or a project."""
    return SimpleNamespace(pk=pk)


def _insight(pk: int, project: int, viewer: int) -> Any:
    insights = Insight.objects_including_soft_deleted.for_project(somebody(project)).for_list(somebody(viewer))
    return insights.with_last_view(ViewLog.objects.of_user(somebody(viewer))).filter(pk=pk).order_by()


def _tiles() -> Any:
    """Tiles and dashboards lie above: reached through the relation, not by import."""
    tiles: Any = Insight.dashboard_tiles.rel.related_model
    return tiles.objects


def _dashboards(ids: int, viewer: int) -> Any:
    dashboards = _tiles().model._meta.get_field("dashboard").related_model.objects
    return dashboards.seen_by(somebody(viewer)).only(*OF_DASHBOARD).filter(pk__any_of=ids).order_by()


_INSIGHT = Compiled(_insight)
_PLACES = Compiled(lambda ids: _tiles().filter(insight__any_of=ids))
_DASHBOARDS = Compiled(_dashboards)
_USERS = Compiled(lambda ids: User.objects.filter(pk__any_of=ids))
