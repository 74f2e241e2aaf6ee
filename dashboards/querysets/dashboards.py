from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Self, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When

from accounts.access import EDITOR
from accounts.ruled import RuledQuerySet
from common.querysets import SoftDeleteQuerySet
from insights.models import ViewLog
from insights.querysets.similarity import can_tell_similar, resembles

if TYPE_CHECKING:
    from accounts.models import Project
    from dashboards.models import Dashboard

#: What PostHog calls the dashboards that it makes by itself, for a feature flag or a survey.
GENERATED_PREFIX = "Generated Dashboard"


class DashboardQuerySet(SoftDeleteQuerySet["Dashboard"], RuledQuerySet["Dashboard"]):  # type: ignore[override]
    def for_list(self) -> Self:
        """Dashboard with its author, the names of its tags and whether it is shared: one query. No tiles."""
        shares = self.model.sharing_configurations.rel.related_model.objects  # type: ignore[attr-defined]
        is_open = Exists(shares.filter(dashboard=OuterRef("pk"), enabled=True))
        tag_names = ArraySubquery(self._wearings().values("tag__name"))
        return self.select_related("created_by").annotate(has_open_share=is_open, tag_names=tag_names)

    def for_results(self, viewer: Any, project: "Project") -> Self:
        """Dashboard, and the tiles with their insights: all that it takes to answer."""
        tiles = self._tile_model().objects.select_related("insight").with_closed(viewer, project)
        return self.prefetch_related(Prefetch("tiles", queryset=tiles))

    def seen_by(self, viewer: Any) -> Self:
        """Adds `last_viewed_at`; `own_level`, the level given to the viewer as a collaborator; and `own_rules`, the
        access levels that rules for the dashboard give to the viewer.
        """
        views = ViewLog.objects.of_user(viewer).filter(kind="dashboard", team=OuterRef("team"), ref=OuterRef("pk"))
        given = self._collaborations(viewer)
        return self.with_rules_for(viewer).annotate(
            last_viewed_at=Subquery(views.values("viewed_at")[:1]), own_level=Subquery(given.values("level")[:1])
        )

    def editable_by(self, user: Any, project: "Project") -> Self:
        """Those that the user may change: `Dashboard.is_editable_by`, for many at once."""
        if project.is_administered:
            return self
        restricted = self.model.RestrictionLevel.ONLY_COLLABORATORS_CAN_EDIT
        may_edit = self._collaborations(user).filter(level__gte=self.model.PrivilegeLevel.CAN_EDIT)
        is_open = (Q(restriction_level__lt=restricted) | Exists(may_edit)) & self._open_to(user, project, EDITOR)
        return self.filter(Q(created_by=user.pk) | is_open)

    def not_editable_by(self, user: Any, project: "Project") -> Self:
        if project.is_administered:
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

        is_similar = resembles(text, "name", "description") | Exists(wearings.filter(resembles(text, "tag__name")))
        matched = Case(When(is_exact, then=Value("exact")), default=Value("similar"), output_field=models.CharField())
        found = self.filter(is_exact | is_similar)
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
