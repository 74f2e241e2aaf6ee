from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.utils import timezone

from accounts.querysets import ProjectScopedQuerySet
from common.exceptions import Missing
from common.querysets import BaseQuerySet, SoftDeleteQuerySet

if TYPE_CHECKING:
    from accounts.models import Project, Team, User
    from insights.models import CachedResult, Insight, ViewLog

#: An answer that nobody asked for again in this time is thrown away.
ANSWERS_ARE_KEPT = timedelta(days=62)
SWEPT_AT_ONCE = 500
#: Of a dashboard: what its rights hang on.
RIGHTS_FIELDS = ("restriction_level", "created_by")


class InsightQuerySet(SoftDeleteQuerySet["Insight"], ProjectScopedQuerySet["Insight"]):  # type: ignore[override]
    def for_list(self, viewer: Any) -> Self:
        """Insight with its people, tags, live tiles and their dashboards: four queries, whatever the number of rows."""
        return self._with_parts(viewer, of_dashboard=RIGHTS_FIELDS)

    def for_detail(self, viewer: Any) -> Self:
        """As in lists, with what a dashboard lays over the query."""
        return self._with_parts(viewer, of_dashboard=(*RIGHTS_FIELDS, "filters", "variables"))

    def for_tiles(self, viewer: Any = None) -> Self:
        """The insights of a dashboard's tiles."""
        return self.for_list(viewer)

    def with_last_view(self, views: "ViewLogQuerySet") -> Self:
        """Adds `last_viewed_at`, of the `views` of one person."""
        seen = views.filter(kind="insight", team=OuterRef("team"), ref=OuterRef("pk"))
        return self.annotate(last_viewed_at=Subquery(seen.values("viewed_at")[:1]))

    def named(self, reference: str) -> "Insight":
        """The insight with this id or short id; digits are an id first. Raises Missing."""
        found = self.filter(self._is_called(reference))
        if reference.isdigit():
            found = found.order_by(Case(When(pk=int(reference), then=0), default=1, output_field=models.IntegerField()))
        insight = found.first()
        if insight is None:
            raise Missing()
        return insight

    def editable_by(self, user: Any, project: "Project") -> Self:
        """On no dashboard, or on one that the user may edit."""
        tiles = self._tile_model().objects.filter(insight=OuterRef("pk"))
        dashboards = self._dashboard_model().objects.editable_by(user, project)
        return self.filter(~Exists(tiles) | Exists(tiles.filter(dashboard__in=dashboards)))

    def bump_dashboards(self) -> None:
        """A new version of every dashboard that shows one of these insights."""
        tiles = self._tile_model().objects.filter(insight__in=self.order_by().values("pk"))
        dashboards = self._dashboard_model().objects.filter(pk__in=tiles.values("dashboard"))
        ids = list(dashboards.locked().values_list("pk", flat=True))
        if ids:
            self._dashboard_model().objects.filter(pk__in=ids).bump()

    # What the parameters of the list mean.

    def saved_or_shown(self) -> Self:
        """Saved by somebody, or on a dashboard that people can find."""
        tiles = self._tile_model().objects.filter(insight=OuterRef("pk")).exclude(dashboard__creation_mode="unlisted")
        return self.filter(Q(saved=True) | Exists(tiles))

    def viewed_last(self) -> Self:
        """Those that the person of `with_last_view` looked at, the latest first."""
        return self.filter(last_viewed_at__isnull=False).order_by("-last_viewed_at", "-pk")

    def made_by(self, user_ids: Collection[int]) -> Self:
        return self.filter(created_by__in=user_ids)

    def after(self, column: str, moment: datetime) -> Self:
        return self.filter(**{f"{column}__gt": moment})

    def before(self, column: str, moment: datetime) -> Self:
        return self.filter(**{f"{column}__lt": moment})

    def on_dashboards(self, ids: Iterable[int]) -> Self:
        """On every one of them."""
        tiles = self._tile_model().objects.filter(insight=OuterRef("pk"))
        return self.filter(*[Exists(tiles.filter(dashboard_id=pk)) for pk in ids])

    def tagged(self, names: Collection[str]) -> Self:
        """With at least one of these tags."""
        return self.filter(Exists(self._wearings().filter(tag__name__in=names)))

    def about_events(self, names: Iterable[str]) -> Self:
        """With a series of every one of these events, in a query or in legacy filters."""
        return self.filter(*[_is_about(name) for name in names])

    def of_kind(self, kind: str) -> Self:
        """`kind` as PostHog's list calls it: TRENDS, FUNNELS …, SQL, or JSON for all other queries."""
        if kind == "SQL":
            return self.filter(query__source__kind="HogQLQuery")
        if kind == "JSON":
            is_no_sql = Q(query__source__kind__isnull=True) | ~Q(query__source__kind="HogQLQuery")
            return self.filter(is_no_sql & ~Q(query__kind="InsightVizNode"), query__isnull=False)
        node = f"{kind.capitalize()}Query"
        legacy = Q(query__isnull=True, filters__insight=kind)
        return self.filter(Q(query__kind="InsightVizNode", query__source__kind=node) | legacy)

    def search(self, text: str) -> Self:
        """Name, derived name, description or a tag holds `text`, case aside; equal names come first."""
        wears = Exists(self._wearings().filter(tag__name__icontains=text))
        holds = Q(name__icontains=text) | Q(derived_name__icontains=text) | Q(description__icontains=text)
        is_called_so = Case(When(name__iexact=text, then=0), default=1, output_field=models.IntegerField())
        found = self.filter(holds | wears).annotate(search_match_type=Value("exact"))
        return found.order_by(is_called_so, "order", "pk")

    def in_order_of(self, field: str) -> Self:
        """`field` may start with a minus. Rows never looked at are the oldest."""
        if field.lstrip("-") == "last_viewed_at":
            viewed = F("last_viewed_at")
            by_view = viewed.desc(nulls_last=True) if field.startswith("-") else viewed.asc(nulls_first=True)
            return self.order_by(by_view, "pk")
        return self.order_by(field, "pk")

    def _with_parts(self, viewer: Any, *, of_dashboard: Collection[str]) -> Self:
        tiles = self._tile_model().objects.all()
        dashboards = self._dashboard_model().objects
        if viewer is not None:
            dashboards = dashboards.seen_by(viewer)
        return self.select_related("created_by", "last_modified_by").prefetch_related(
            "tags",
            Prefetch("dashboard_tiles", queryset=tiles),
            Prefetch("dashboard_tiles__dashboard", queryset=dashboards.only(*of_dashboard)),
        )

    def _is_called(self, reference: str) -> Q:
        by_short_id = Q(short_id=reference)
        return by_short_id | Q(pk=int(reference)) if reference.isdigit() else by_short_id

    def _tile_model(self) -> Any:
        """Tiles belong to dashboards, which lie above: reached through the relation, not by import."""
        return self.model.dashboard_tiles.rel.related_model

    def _dashboard_model(self) -> Any:
        return self._tile_model()._meta.get_field("dashboard").related_model

    def _wearings(self) -> models.QuerySet[Any]:
        return self.model.tags.through.objects.filter(insight_id=OuterRef("pk"))


class InsightManager(models.Manager.from_queryset(InsightQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> InsightQuerySet:
        return super().get_queryset().live()


def _is_about(event: str) -> Q:
    series: list[dict[str, str]] = [{"event": event}]
    return (
        Q(query__source__series__contains=series)
        | Q(query__series__contains=series)
        | Q(filters__events__contains=[{"id": event}])
    )


class CachedResultQuerySet(BaseQuerySet["CachedResult"]):
    def by_key(self, keys: Iterable[str], *, team: "Team") -> dict[str, "CachedResult"]:
        """What is stored under these keys. One query."""
        return {row.key: row for row in self.filter(team=team, key__in=sorted(set(keys)))}

    def store(self, key: str, response: Mapping[str, Any], *, team: "Team", last_refresh: datetime) -> "CachedResult":
        row = self.model(key=key, team=team, response=response, last_refresh=last_refresh)
        self.bulk_create(
            [row], update_conflicts=True, unique_fields=["key"], update_fields=["response", "last_refresh"]
        )
        return row

    def sweep(self) -> None:
        """Throws away some of what is too old. Small, so that a request can afford it; rows in use are skipped."""
        old = self.filter(last_refresh__lt=timezone.now() - ANSWERS_ARE_KEPT).order_by("last_refresh")
        keys = old.select_for_update(skip_locked=True).values("key")[:SWEPT_AT_ONCE]
        self.filter(key__in=keys).delete()


class ViewLogQuerySet(BaseQuerySet["ViewLog"]):
    def of_user(self, user: Any) -> Self:
        return self.filter(user=user.pk)

    def record(self, kind: str, refs: Iterable[int], *, team: "Team", user: "User") -> None:
        """`user` looks at these now. One query."""
        now = timezone.now()
        views = [self.model(team=team, user=user, kind=kind, ref=ref, viewed_at=now) for ref in sorted(set(refs))]
        self.bulk_create(
            views,
            update_conflicts=True,
            unique_fields=["team", "kind", "ref", "user"],
            update_fields=["viewed_at"],
        )
