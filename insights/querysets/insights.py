from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)

from accounts.access import EDITOR
from accounts.ruled import RuledQuerySet
from common.exceptions import Missing
from common.querysets import SoftDeleteQuerySet
from insights.querysets.similarity import can_tell_similar, resembles

if TYPE_CHECKING:
    from accounts.models import Project
    from insights.models import Insight
    from insights.querysets.views import ViewLogQuerySet

#: The event that SDKs send when they look at a flag.
FLAG_CALLED = "$feature_flag_called"
#: A text that is the flag's property, or a filter that asks for the flag by name. At any depth.
IS_ABOUT_FLAG = '$.** ? (@ == $property || (@.key == "$feature_flag" && @.value == $key))'


class InsightQuerySet(SoftDeleteQuerySet["Insight"], RuledQuerySet["Insight"]):  # type: ignore[override]
    def for_list(self, viewer: Any) -> Self:
        """With the viewer's rules and the names of tags; `insights.rendering` brings the rest. One query."""
        tag_names = ArraySubquery(self._wearings().values("tag__name"))
        return self.with_rules_for(viewer).annotate(tag_names=tag_names)

    def with_last_view(self, views: "ViewLogQuerySet") -> Self:
        """Adds `last_viewed_at`, of the `views` of one person."""
        seen = views.filter(kind="insight", team=OuterRef("team"), ref=OuterRef("pk"))
        return self.annotate(last_viewed_at=Subquery(seen.values("viewed_at")[:1]))

    def among(self, ids: Collection[int]) -> Self:
        return self.filter(pk__in=ids)

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
        """On no dashboard, or on one that the user may edit; and no rule says otherwise."""
        tiles = self._tile_model().objects.filter(insight=OuterRef("pk"))
        dashboards = self._dashboard_model().objects.editable_by(user, project)
        editable = self.filter(~Exists(tiles) | Exists(tiles.filter(dashboard__in=dashboards)))
        return editable.allowing(EDITOR, user, project)

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

    def viewed_most(self, views: "ViewLogQuerySet") -> Self:
        """Adds `view_count`, of the people in `views`; those that most people looked at come first."""
        seen = views.filter(kind="insight", team=OuterRef("team"), ref=OuterRef("pk")).order_by().values("ref")
        return (
            self.annotate(
                view_count=Subquery(seen.values(count=Count("pk"))), seen_at=Subquery(seen.values(at=Max("viewed_at")))
            )
            .filter(view_count__isnull=False)
            .order_by("-view_count", "-seen_at", "-pk")
        )

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

    def about_flag(self, key: str) -> Self:
        """With a part, at any depth, about the values of this flag: its event property, or the flag by name."""
        says = Value({"property": f"$feature/{key}", "key": key}, models.JSONField())
        path = Func(Value(IS_ABOUT_FLAG), template="%(expressions)s::jsonpath")
        found = [
            Func(F(column), path, says, function="jsonb_path_exists", output_field=models.BooleanField())
            for column in ("query", "filters")
        ]
        return self.filter(Q(found[0]) | Q(found[1]))

    def not_about_flag_calls(self) -> Self:
        """Without those that PostHog makes for every flag, which count how often it was called."""
        # Not `exclude`: where there is no query, it is neither true nor false that it is about them.
        asking = self.model.objects_including_soft_deleted.filter(_is_about(FLAG_CALLED), pk=OuterRef("pk"))
        return self.filter(~Exists(asking))

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
        """Names, description or a tag hold `text`, case aside; then, where it can be told, what is similar.

        Equal names come first.
        """
        columns = ("name", "derived_name", "description")
        wearings = self._wearings()
        is_exact = Q(Exists(wearings.filter(tag__name__icontains=text)))
        for column in columns:
            is_exact |= Q(**{f"{column}__icontains": text})
        is_found = is_exact
        if can_tell_similar():
            is_found |= resembles(text, *columns) | Q(Exists(wearings.filter(resembles(text, "tag__name"))))

        matched = Case(When(is_exact, then=Value("exact")), default=Value("similar"), output_field=models.CharField())
        is_called_so = Case(When(name__iexact=text, then=0), default=1, output_field=models.IntegerField())
        found = self.filter(is_found).annotate(search_match_type=matched)
        # "exact" comes before "similar".
        return found.order_by(is_called_so, "search_match_type", "order", "pk")

    def in_order_of(self, field: str) -> Self:
        """`field` may start with a minus. Rows never looked at are the oldest."""
        if field.lstrip("-") == "last_viewed_at":
            viewed = F("last_viewed_at")
            by_view = viewed.desc(nulls_last=True) if field.startswith("-") else viewed.asc(nulls_first=True)
            return self.order_by(by_view, "pk")
        return self.order_by(field, "pk")

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
