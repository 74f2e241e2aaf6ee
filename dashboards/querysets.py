import json
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, TrigramWordSimilarity
from django.db import connection, models, transaction
from django.db.models import Case, Exists, F, Func, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

from accounts.access import EDITOR, VIEWER, levels_from
from accounts.models import AccessControl
from accounts.querysets import ProjectScopedQuerySet
from common.querysets import BaseQuerySet, SoftDeleteQuerySet
from dashboards.layouts import INSIGHT_SIZE, Grid, position
from insights.models import Insight, ViewLog
from insights.querysets.similarity import can_tell_similar
from insights.rights import is_project_admin

if TYPE_CHECKING:
    from accounts.models import Project
    from dashboards.models import Dashboard, DashboardCollaborator, DashboardSnapshot, DashboardTemplate, DashboardTile

#: What PostHog calls the dashboards that it makes by itself, for a feature flag or a survey.
GENERATED_PREFIX = "Generated Dashboard"
#: What rules of access call a dashboard.
DASHBOARD = "dashboard"
#: The `scope` of templates that every project sees.
GLOBAL = "global"
#: From here on a word of a text is like the word that is searched for: a letter or two may be wrong.
SIMILAR = 0.4
SNAPSHOTS_ARE_KEPT = timedelta(minutes=30)
SWEPT_AT_ONCE = 100

# Raw, since the ORM would say this as one CASE with a branch for every tile.
LAY_OUT = """
    UPDATE dashboards_dashboardtile AS tile
    SET layouts = laid.layouts
    FROM unnest(%s::bigint[], %s::jsonb[]) AS laid (id, layouts)
    WHERE tile.id = laid.id
"""


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
        """Adds `last_viewed_at`; `own_level`, the level given to the viewer as a collaborator; and `own_rules`, the
        access levels that rules for the dashboard give to the viewer.
        """
        views = ViewLog.objects.of_user(viewer).filter(kind="dashboard", team=OuterRef("team"), ref=OuterRef("pk"))
        given = self._collaborations(viewer)
        return self.annotate(
            last_viewed_at=Subquery(views.values("viewed_at")[:1]),
            own_level=Subquery(given.values("level")[:1]),
            own_rules=ArraySubquery(self._rules(viewer).order_by().values("access_level")),
        )

    def visible_to(self, user: Any, project: "Project") -> Self:
        """Without those that a rule closes to the user."""
        if is_project_admin(project):
            return self
        return self.filter(Q(created_by=user.pk) | self._open_to(user, project, VIEWER))

    def editable_by(self, user: Any, project: "Project") -> Self:
        """Those that the user may change: `Dashboard.is_editable_by`, for many at once."""
        if is_project_admin(project):
            return self
        restricted = self.model.RestrictionLevel.ONLY_COLLABORATORS_CAN_EDIT
        may_edit = self._collaborations(user).filter(level__gte=self.model.PrivilegeLevel.CAN_EDIT)
        is_open = (Q(restriction_level__lt=restricted) | Exists(may_edit)) & self._open_to(user, project, EDITOR)
        return self.filter(Q(created_by=user.pk) | is_open)

    def not_editable_by(self, user: Any, project: "Project") -> Self:
        if is_project_admin(project):
            return self.none()
        return self.exclude(pk__in=self.model.objects.editable_by(user, project).values("pk"))

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
        """Name, description or a tag holds `text`, case aside; after these, where it can be told, what is similar."""
        wearings = self._wearings()
        holds = Q(name__icontains=text) | Q(description__icontains=text)
        is_exact = holds | Exists(wearings.filter(tag__name__icontains=text))
        if not can_tell_similar():
            return self.filter(is_exact).annotate(search_match_type=Value("exact"))

        resembles = [GreaterThanOrEqual(TrigramWordSimilarity(text, name), SIMILAR) for name in ("name", "description")]
        worn = wearings.annotate(likeness=TrigramWordSimilarity(text, "tag__name")).filter(likeness__gte=SIMILAR)
        matched = Case(When(is_exact, then=Value("exact")), default=Value("similar"), output_field=models.CharField())
        found = self.filter(is_exact | Q(resembles[0]) | Q(resembles[1]) | Exists(worn))
        # "exact" comes before "similar".
        return found.annotate(search_match_type=matched).order_by(
            "search_match_type", *(self.model._meta.ordering or ())
        )

    def showing_cards_of(self, dashboard: "Dashboard") -> Self:
        """The dashboard and those that show one of its texts or buttons."""
        own = self._tile_model().objects_including_soft_deleted.filter(dashboard=dashboard)
        neighbours = own.model.objects.filter(
            Q(text__in=own.filter(text__isnull=False).values("text"))
            | Q(button_tile__in=own.filter(button_tile__isnull=False).values("button_tile"))
        )
        return self.filter(Q(pk=dashboard.pk) | Q(pk__in=neighbours.values("dashboard")))

    def _open_to(self, user: Any, project: "Project", wanted: str) -> Q:
        """`Dashboard.access_level_of`, for many at once: rules for the dashboard go before those for all of them."""
        rules, enough = self._rules(user), levels_from(wanted, DASHBOARD)
        by_rule = Q(Exists(rules.filter(access_level__in=enough)))
        return by_rule | ~Q(Exists(rules)) if project.level_for(DASHBOARD) in enough else by_rule

    def _rules(self, user: Any) -> models.QuerySet[Any]:
        about = Cast(OuterRef("pk"), models.CharField())
        return AccessControl.objects.holding_for(user).filter(
            team=OuterRef("team"), resource=DASHBOARD, resource_id=about
        )

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


class DashboardSnapshotQuerySet(BaseQuerySet["DashboardSnapshot"]):
    def fresh(self) -> Self:
        return self.filter(created_at__gt=timezone.now() - SNAPSHOTS_ARE_KEPT)

    def expired(self) -> Self:
        """Some of what is too old: a request may throw them away. Rows that another one deletes are passed over."""
        old = self.filter(created_at__lte=timezone.now() - SNAPSHOTS_ARE_KEPT).order_by("created_at")
        return self.filter(pk__in=old.select_for_update(skip_locked=True).values("pk")[:SWEPT_AT_ONCE])


class DashboardTemplateQuerySet(SoftDeleteQuerySet["DashboardTemplate"]):
    def for_project(self, project: "Project") -> Self:
        """The project's own and the global ones."""
        return self.filter(Q(team_id=project.pk) | Q(scope=GLOBAL))

    def for_list(self) -> Self:
        return self.select_related("created_by").order_by("-is_featured", "template_name", "pk")

    def named(self, name: str, project: "Project") -> "DashboardTemplate | None":
        """The project's own of this name, or else the oldest global one."""
        is_foreign = Case(When(team_id=project.pk, then=0), default=1, output_field=models.IntegerField())
        return self.filter(template_name=name).order_by(is_foreign, "created_at", "pk").first()

    def of_scope(self, scope: str, project: "Project") -> Self:
        """Global ones are everybody's; of the others the project's own."""
        return self.filter(scope=scope) if scope == GLOBAL else self.filter(scope=scope, team_id=project.pk)

    def for_detail(self) -> Self:
        return self.for_list()

    def locked(self) -> Self:
        return self.select_for_update(of=("self",), no_key=True)

    def search(self, text: str) -> Self:
        """By words in the name, the tags and the description, weighed in this order; or by a part of a word."""
        tags = Func("tags", Value(" "), function="array_to_string", output_field=models.TextField())
        document = (
            SearchVector("template_name", weight="A", config="english")
            + SearchVector(tags, weight="B", config="english")
            + SearchVector("dashboard_description", weight="C", config="english")
        )
        query = SearchQuery(text, search_type="websearch", config="english")
        ranked = self.annotate(document=document, rank=SearchRank(document, query))
        holds = Q(template_name__icontains=text) | Q(dashboard_description__icontains=text)
        return ranked.filter(Q(document=query) | holds).order_by("-rank", "template_name", "pk")


class DashboardManager(models.Manager.from_queryset(DashboardQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> DashboardQuerySet:
        return super().get_queryset().live()


class DashboardCollaboratorQuerySet(BaseQuerySet["DashboardCollaborator"]):
    def for_list(self) -> Self:
        """Those with an active account, and the accounts. One query."""
        return self.select_related("user").filter(user__is_active=True)

    def of_user(self, uuid: UUID) -> Self:
        return self.filter(user__uuid=uuid)


class DashboardTileQuerySet(SoftDeleteQuerySet["DashboardTile"]):
    def shown(self) -> Self:
        """Not removed, on a live dashboard, and not of a removed insight."""
        return self.live().filter(dashboard__deleted=False).exclude(insight__deleted=True)

    def for_rendering(self, viewer: Any) -> Self:
        """Shown tiles with all that their JSON needs."""
        insights = Insight.objects.for_tiles(viewer).with_last_view(ViewLog.objects.of_user(viewer))
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
