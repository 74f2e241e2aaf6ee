import json
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q

from common.querysets import SoftDeleteQuerySet
from dashboards.layouts import INSIGHT_SIZE, Grid, position
from insights.models import Insight

if TYPE_CHECKING:
    from accounts.models import Project
    from dashboards.models import Dashboard, DashboardTile
    from dashboards.querysets.dashboards import DashboardQuerySet

# Raw, since the ORM would say this as one CASE with a branch for every tile.
LAY_OUT = """
    UPDATE dashboards_dashboardtile AS tile
    SET layouts = laid.layouts
    FROM unnest(%s::bigint[], %s::jsonb[]) AS laid (id, layouts)
    WHERE tile.id = laid.id
"""


class DashboardTileQuerySet(SoftDeleteQuerySet["DashboardTile"]):
    def shown(self) -> Self:
        """Not removed, on a live dashboard, and not of a removed insight."""
        return self.live().filter(dashboard__deleted=False).exclude(insight__deleted=True)

    def with_closed(self, viewer: Any, project: "Project") -> Self:
        """Adds `is_closed`: the tile's insight is not for this viewer. Admins see all."""
        if project.is_administered:
            return self
        visible = Insight.objects_including_soft_deleted.visible_to(viewer, project).filter(pk=OuterRef("insight"))
        return self.annotate(is_closed=Q(insight__isnull=False) & ~Exists(visible))

    def for_editing(self, dashboard: "Dashboard") -> Self:
        """All tiles of the dashboard, removed ones too, with their cards."""
        return self.filter(dashboard=dashboard).select_related("text", "button_tile")

    def with_content(self) -> Self:
        return self.select_related("insight", "text", "button_tile").prefetch_related("insight__tags")

    def without_other_home(self) -> Self:
        """Tiles whose insight is shown nowhere else."""
        elsewhere = self.model.objects.filter(insight=OuterRef("insight")).exclude(dashboard=OuterRef("dashboard"))
        return self.filter(~Exists(elsewhere), insight__isnull=False)

    def in_layout_order(self, size: str = "sm") -> "list[DashboardTile]":
        """From top to bottom, then left to right, as this grid shows them."""
        return sorted(self, key=lambda tile: (*position(tile.layouts, size), tile.pk))

    def lay_out(self, layouts: Mapping[int, Any]) -> None:
        """Gives each of these tiles, by its id, its layouts. One statement. Lock their dashboard first."""
        with connection.cursor() as cursor:
            cursor.execute(LAY_OUT, [list(layouts), [json.dumps(one) for one in layouts.values()]])

    def remove(self, *, stamp: UUID | None = None) -> int:
        return self.update(deleted=True, deleted_with=stamp)

    def revive(self) -> int:
        return self.update(deleted=None, deleted_with=None)


class DashboardTileManager(models.Manager.from_queryset(DashboardTileQuerySet)):  # type: ignore[misc]
    """Tiles that are shown. As `insight.dashboard_tiles` it also moves one insight on and off dashboards.

    The deeds lock the dashboards they touch in the order of ids, and before any tile.
    """

    instance: "Insight"

    def get_queryset(self) -> DashboardTileQuerySet:
        return super().get_queryset().shown()

    @transaction.atomic
    def place_on(self, dashboards: "Iterable[Dashboard]") -> list[int]:
        """Shows the insight on these dashboards and on no others. Answers the ids of those that it changed.

        A tile that was removed before comes back with its id and layout; a new one is placed below the others.
        """
        wanted = {dashboard.pk for dashboard in dashboards}
        self._lock(Q(pk__in=wanted) | Q(pk__in=self._of_insight().values("dashboard")))
        rows = self._of_insight().in_bulk(field_name="pk").values()

        surplus = [tile for tile in rows if not tile.deleted and tile.dashboard_id not in wanted]
        removed = [tile for tile in rows if tile.deleted and tile.dashboard_id in wanted]
        fresh = wanted - {tile.dashboard_id for tile in rows}
        if surplus:
            self._every.filter(pk__in=[tile.pk for tile in surplus]).remove()
        if removed:
            self._every.filter(pk__in=[tile.pk for tile in removed]).revive()
        if fresh:
            self._create_on(sorted(fresh))

        changed = sorted({tile.dashboard_id for tile in (*surplus, *removed)} | fresh)
        return self._bump(changed)

    @transaction.atomic
    def bump_dashboards(self, *, besides: Collection[int] = ()) -> None:
        """The insight changed, and with it every dashboard that shows it, `besides` those that know already."""
        self._bump(self._lock(Q(pk__in=self.get_queryset().values("dashboard")) & ~Q(pk__in=besides)))

    @transaction.atomic
    def remove_with(self, stamp: UUID) -> None:
        """Takes the insight off all dashboards, under the stamp of the deletion that does so."""
        live = self._of_insight().live()
        changed = self._lock(Q(pk__in=live.values("dashboard")))
        live.remove(stamp=stamp)
        self._bump(changed)

    @transaction.atomic
    def restore_with(self, stamp: UUID | None) -> None:
        """Puts the insight back on the dashboards from which the deletion of this stamp took it."""
        if stamp is None:
            return
        stamped = self._of_insight().filter(deleted_with=stamp)
        changed = self._lock(Q(pk__in=stamped.values("dashboard")))
        stamped.revive()
        self._bump(changed)

    @property
    def _every(self) -> Any:
        return self.model.objects_including_soft_deleted

    def _of_insight(self) -> DashboardTileQuerySet:
        return self._every.filter(insight=self.instance)

    def _dashboards(self) -> "DashboardQuerySet":
        return self.model._meta.get_field("dashboard").related_model.objects_including_soft_deleted.all()

    def _lock(self, which: Q) -> list[int]:
        return list(self._dashboards().filter(which).locked().values_list("pk", flat=True))

    def _bump(self, dashboards: list[int]) -> list[int]:
        if dashboards:
            self._dashboards().filter(pk__in=dashboards).bump()
        return dashboards

    def _create_on(self, dashboards: list[int]) -> None:
        grids = {pk: Grid() for pk in dashboards}
        for pk, layouts in self.model.objects.filter(dashboard__in=dashboards).values_list("dashboard", "layouts"):
            grids[pk].cover(layouts)
        self._every.bulk_create(
            self.model(dashboard_id=pk, insight=self.instance, layouts=grid.place(*INSIGHT_SIZE))
            for pk, grid in grids.items()
        )
