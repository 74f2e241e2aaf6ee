import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, BooleanField, Serializer
from rest_framework.viewsets import ModelViewSet

from accounts.models import User
from accounts.throttles import ClickHouseRateThrottle
from accounts.viewsets import ProjectScopedViewSet
from common.exceptions import Missing
from common.mixins import ForbidDestroyMixin
from common.pagination import ResultsPagination
from insights.filters import InsightFilter
from insights.models import Insight, ViewLog
from insights.overrides import effective_filters, effective_query
from insights.permissions import CanEditInsight
from insights.queries.freshness import RefreshMode, for_query_endpoint
from insights.querysets import InsightQuerySet
from insights.results import Answer, answer_all
from insights.schema import describe_insights, describe_query
from insights.serializers import (
    InsightBasicSerializer,
    InsightParameters,
    InsightSerializer,
    QueryBody,
    QueryResult,
    RetrieveParameters,
    ViewedBody,
)
from insights.services import create_insight, record_views, update_insight
from tagging.mixins import BulkTagsViewMixin
from tagging.services import Tagged

RECENT = 5
ACTIONS_ON_ONE = {"retrieve", "update", "partial_update"}


@describe_insights
class InsightViewSet(BulkTagsViewMixin, ForbidDestroyMixin, ProjectScopedViewSet, ModelViewSet):
    """Saved questions and their answers."""

    # With the deleted ones, which `load` leaves out: a request to restore must reach them.
    queryset = Insight.objects_including_soft_deleted.all()
    serializer_class = InsightSerializer
    filterset_class = InsightFilter
    pagination_class = ResultsPagination
    throttle_classes = [ClickHouseRateThrottle]
    permission_classes = [CanEditInsight]
    scope_object = "insight"
    sharing_enabled_actions = ("list", "retrieve")
    scope_object_read_actions = ("my_last_viewed", "viewed")
    scope_object_write_actions = ("bulk_update_tags",)
    lookup_pattern = re.compile(r"[0-9]{1,18}|[0-9A-Za-z]{1,12}")

    @cached_property
    def answers(self) -> dict[int, Answer]:
        """Of the rows about to be shown, by their ids. Serializers have it in their context."""
        return {}

    @cached_property
    def parameters(self) -> dict[str, Any]:
        parameters = RetrieveParameters if self.action == "retrieve" else InsightParameters
        serializer = parameters(data=self.request.query_params)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def load(self, queryset: Any) -> InsightQuerySet:
        insights = queryset if self._restores() else queryset.live()
        return insights if self.action == "bulk_update_tags" else self._with_parts(insights)

    def editable(self, queryset: Any) -> InsightQuerySet:
        return queryset.editable_by(self.request.user, self.project)

    def after_bulk_tags(self, changed: list[Tagged]) -> None:
        Insight.objects.filter(pk__in=[row.id for row in changed]).bump_dashboards()

    def get_object(self) -> Insight:
        """By id or by short id."""
        if not self.lookup_pattern.fullmatch(self.kwargs["pk"]):
            raise Missing()
        insights: InsightQuerySet = self.get_queryset()  # type: ignore[assignment]
        insight = insights.named(self.kwargs["pk"])
        self.check_object_permissions(self.request, insight)
        return insight

    def get_serializer_class(self) -> type[Serializer[Any]]:
        may_be_light = self.action in {"list", "retrieve"}
        is_light = self.action == "my_last_viewed" or (may_be_light and self.parameters["basic"])
        return InsightBasicSerializer if is_light else InsightSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "answers": self.answers}

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset) or []
        if not self.parameters["basic"]:
            self._answer(page, [insight.query for insight in page])
        return page

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        insight = self.get_object()
        if self.parameters["basic"]:
            return Response(self.get_serializer(insight).data)

        tile = insight.tile_on(self.parameters.get("from_dashboard"))
        self._answer([insight], [effective_query(insight.query, self._filters(tile))])
        self.answers[insight.pk].or_refuse()
        shown = self.get_serializer(insight).data
        return Response({**shown, "color": tile.color, "layouts": tile.layouts} if tile else shown)

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        insight = create_insight(serializer.validated_data, project=self.project, user=self._user())
        serializer.instance = self._as_it_is_now(insight)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        insight: Insight = serializer.instance  # type: ignore[assignment]
        update_insight(insight, serializer.validated_data, project=self.project, user=self._user())
        serializer.instance = self._as_it_is_now(insight)

    @action(methods=["get"], detail=False, pagination_class=None, filter_backends=[])
    def my_last_viewed(self, request: Request, **kwargs: Any) -> Response:
        insights: InsightQuerySet = self.get_queryset()  # type: ignore[assignment]
        return Response(self.get_serializer(insights.viewed_last()[:RECENT], many=True).data)

    @action(methods=["post"], detail=False)
    def viewed(self, request: Request, **kwargs: Any) -> Response:
        record_views(self.body(ViewedBody)["insight_ids"], team=self.team, user=self._user())
        return Response(status=201)

    def _restores(self) -> bool:
        """PATCH {"deleted": false} is the only request that reaches a deleted insight."""
        if self.action not in {"update", "partial_update"} or not isinstance(self.request.data, dict):
            return False
        deleted = self.request.data.get("deleted")
        return isinstance(deleted, bool | int | str) and deleted in BooleanField.FALSE_VALUES

    def _with_parts(self, insights: InsightQuerySet) -> InsightQuerySet:
        viewer = self.request.user
        insights = insights.for_detail(viewer) if self.action in ACTIONS_ON_ONE else insights.for_list(viewer)
        return insights.with_last_view(ViewLog.objects.of_user(viewer))

    def _answer(self, insights: Sequence[Insight], asked: Sequence[dict[str, Any] | None]) -> None:
        answers = answer_all(asked, team=self.team, refresh=self.parameters["refresh"])
        self.answers.update({insight.pk: answer for insight, answer in zip(insights, answers, strict=True)})

    def _filters(self, tile: Any) -> dict[str, Any]:
        return effective_filters(
            tile,
            filters_override=self.parameters.get("filters_override"),
            tile_filters_override=self.parameters.get("tile_filters_override"),
        )

    def _as_it_is_now(self, insight: Insight) -> Insight:
        """What a write is answered with: the row, deleted or not."""
        rows = Insight.objects_including_soft_deleted.for_project(self.project)
        fresh = self._with_parts(rows).get(pk=insight.pk)
        self._answer([fresh], [fresh.query])
        return fresh

    def _user(self) -> User:
        return self.request.user  # type: ignore[return-value]


@describe_query
class QueryViewSet(ProjectScopedViewSet):
    """Questions that nobody saved."""

    serializer_class = QueryBody
    throttle_classes = [ClickHouseRateThrottle]
    scope_object = "query"
    # A question only reads, though it comes by POST.
    scope_object_read_actions = ("create",)

    def create(self, request: Request, **kwargs: Any) -> Response:
        body = self.body(QueryBody)
        query = effective_query(body["query"], body.get("filters_override") or {})
        [answer] = answer_all([query], team=self.team, refresh=_refresh_of(body))
        return Response(QueryResult(answer.or_raise()).data)


def _refresh_of(body: Mapping[str, Any]) -> RefreshMode:
    wish = body.get("refresh") or (RefreshMode.ASYNC if body.get("async") else RefreshMode.FORCE_CACHE)
    return for_query_endpoint(wish)
