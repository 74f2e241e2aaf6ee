from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, cast
from uuid import UUID

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery, Value

from accounts.querysets import ProjectScopedQuerySet
from common.querysets import SoftDeleteQuerySet
from dashboards.layouts import INSIGHT_SIZE, Grid, position
from insights.models import Insight, ViewLog
from insights.rights import is_project_admin

if TYPE_CHECKING:
    from accounts.models import Project
    from dashboards.models import Dashboard, DashboardTile

#: What PostHog calls the dashboards that it makes by itself, for a feature flag or a survey.
GENERATED_PREFIX = "Generated Dashboard"


class DashboardQuerySet(  # type: ignore[override]
    SoftDeleteQuerySet["Dashboard"], ProjectScopedQuerySet["Dashboard"]
):
    def for_list(self) -> Self:
        """Dashboard with its author and whether it is shared, and the tags: two queries. Tiles are never loaded."""
        shares = self.model.sharing_configurations.rel.related_model.objects  # type: ignore[attr-defined]
        is_open = Exists(shares.filter(dashboard=OuterRef("pk"), enabled=True))
        return self.select_related("created_by").prefetch_related("tags").annotate(has_open_share=is_open)

    def for_detail(self, viewer: Any) -> Self:
        """As in lists, with the tiles: ten queries at most, whatever the number of tiles."""
        tiles = self._tile_model().objects.for_rendering(viewer)
        return self.for_list().prefetch_related(Prefetch("tiles", queryset=tiles))

    def for_results(self) -> Self:
        """Dashboard, and the tiles with their insights: all that it takes to answer."""
        tiles = self._tile_model().objects.select_related("insight")
        return self.prefetch_related(Prefetch("tiles", queryset=tiles))

    def seen_by(self, viewer: Any) -> Self:
        """Adds `last_viewed_at` and `own_level`, the level given to the viewer as a collaborator."""
        views = ViewLog.objects.of_user(viewer).filter(kind="dashboard", team=OuterRef("team"), ref=OuterRef("pk"))
        given = self._collaborations(viewer)
        return self.annotate(
            last_viewed_at=Subquery(views.values("viewed_at")[:1]), own_level=Subquery(given.values("level")[:1])
        )

    def editable_by(self, user: Any, project: "Project") -> Self:
        """Those that the user may change: `Dashboard.is_editable_by`, for many at once."""
        if is_project_admin(project):
            return self
        restricted = self.model.RestrictionLevel.ONLY_COLLABORATORS_CAN_EDIT
        may_edit = self._collaborations(user).filter(level__gte=self.model.PrivilegeLevel.CAN_EDIT)
        return self.filter(Q(restriction_level__lt=restricted) | Q(created_by=user.pk) | Exists(may_edit))

    def showing(self, cards: Mapping[str, Collection[Any]]) -> Self:
        """Those that show one of these texts or buttons."""
        tiles = self._tile_model().objects.filter(Q(text__in=cards["text"]) | Q(button_tile__in=cards["button_tile"]))
        return self.filter(pk__in=tiles.values("dashboard"))

    def unlocked(self) -> Self:
        """Those of these few rows that nobody else is writing to, for an update inside a transaction."""
        free = self.select_for_update(skip_locked=True, no_key=True).order_by()
        return cast(Self, self.model.objects_including_soft_deleted.filter(pk__in=free.values("pk")))

    def listed(self) -> Self:
        return self.exclude(creation_mode=self.model.CreationMode.UNLISTED)

    def not_generated(self) -> Self:
        return self.exclude(name__isnull=False, name__startswith=GENERATED_PREFIX)

    def tagged(self, names: Collection[str]) -> Self:
        """With at least one of these tags."""
        return self.filter(Exists(self._wearings().filter(tag__name__in=names)))

    def search(self, text: str) -> Self:
        """Name, description or a tag holds `text`, case aside."""
        wears = Exists(self._wearings().filter(tag__name__icontains=text))
        return self.filter(Q(name__icontains=text) | Q(description__icontains=text) | wears).annotate(
            search_match_type=Value("exact")
        )

    def showing_cards_of(self, dashboard: "Dashboard") -> Self:
        """The dashboard and those that show one of its texts or buttons."""
        own = self._tile_model().objects_including_soft_deleted.filter(dashboard=dashboard)
        neighbours = own.model.objects.filter(
            Q(text__in=own.filter(text__isnull=False).values("text"))
            | Q(button_tile__in=own.filter(button_tile__isnull=False).values("button_tile"))
        )
        return self.filter(Q(pk=dashboard.pk) | Q(pk__in=neighbours.values("dashboard")))

    def _collaborations(self, user: Any) -> models.QuerySet[Any]:
        collaborators = self.model.collaborators.rel.related_model.objects  # type: ignore[attr-defined]
        return collaborators.filter(dashboard=OuterRef("pk"), user=user.pk)

    def _tile_model(self) -> Any:
        return self.model.tiles.rel.related_model

    def _wearings(self) -> models.QuerySet[Any]:
        return self.model.tags.through.objects.filter(dashboard_id=OuterRef("pk"))

    def locked(self) -> Self:
        """Rows locked in the order of their ids, so that two writers cannot wait for each other."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def bump(self) -> int:
        """A new version, and with it a new ETag, of each of these dashboards. Lock them first."""
        return self.update(version=F("version") + 1)


class DashboardManager(models.Manager.from_queryset(DashboardQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> DashboardQuerySet:
        return super().get_queryset().live()


class DashboardTileQuerySet(SoftDeleteQuerySet["DashboardTile"]):
    def shown(self) -> Self:
        """Not removed, on a live dashboard, and not of a removed insight."""
        return self.live().filter(dashboard__deleted=False).exclude(insight__deleted=True)

    def for_rendering(self, viewer: Any) -> Self:
        """Shown tiles with all that their JSON needs."""
        insights = Insight.objects.for_tiles().with_last_view(ViewLog.objects.of_user(viewer))
        others = self.model.objects.order_by("pk")
        return (
            self.shown()
            .select_related(
                *(
                    f"{card}__{person}"
                    for card in ("text", "button_tile")
                    for person in ("created_by", "last_modified_by")
                )
            )
            .prefetch_related(
                Prefetch("insight", queryset=insights),
                Prefetch("text__dashboard_tiles", queryset=others),
                Prefetch("button_tile__dashboard_tiles", queryset=others),
            )
        )

    def for_editing(self, dashboard: "Dashboard") -> Self:
        """All tiles of the dashboard, removed ones too, with their cards."""
        return self.filter(dashboard=dashboard).select_related("text", "button_tile")

    def with_content(self) -> Self:
        return self.select_related("insight", "text", "button_tile").prefetch_related("insight__tags")

    def without_other_home(self) -> Self:
        """Tiles whose insight is shown nowhere else."""
        elsewhere = self.model.objects.filter(insight=OuterRef("insight")).exclude(dashboard=OuterRef("dashboard"))
        return self.filter(~Exists(elsewhere), insight__isnull=False)

    def in_layout_order(self) -> "list[DashboardTile]":
        """From top to bottom, then left to right, as the wide grid shows them."""
        return sorted(self, key=lambda tile: (*position(tile.layouts), tile.pk))

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

    def _dashboards(self) -> DashboardQuerySet:
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
