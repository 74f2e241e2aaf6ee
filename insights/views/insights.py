import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, BooleanField, Serializer
from rest_framework.viewsets import ModelViewSet

from accounts.guests import guest_of
from accounts.mixins import AccessControlViewMixin
from accounts.permissions import HasAccessToRows
from accounts.throttles import ClickHouseRateThrottle
from activity.mixins import ActivityViewMixin
from common.exceptions import Missing
from common.mixins import ForbidDestroyMixin
from common.pagination import ResultsPagination
from common.schema import ListCalledRetrieve
from insights.filters import InsightFilter
from insights.jobs import Asker, Question, answer_now_or_later, cancel
from insights.models import Insight, QueryJob, ViewLog
from insights.overrides import effective_filters, effective_query, question_of
from insights.permissions import CanEditInsight
from insights.querysets import InsightQuerySet
from insights.rendering import find_insight, load_parts
from insights.results import Answer, last_refreshes
from insights.schema import describe_insights
from insights.serializers import (
    CancelBody,
    InsightBasicSerializer,
    InsightParameters,
    InsightSerializer,
    RetrieveParameters,
    TrendingInsightSerializer,
    TrendingParameters,
    ViewedBody,
)
from insights.services import (
    ACTIVITY_SCOPE,
    create_insight,
    note_tagged,
    record_views,
    trending_insights,
    update_insight,
)
from insights.variable_services import fill_variables
from tagging.mixins import BulkTagsViewMixin
from tagging.services import Tagged

RECENT = 5
#: They need to know which insights there are, and nothing more of them.
ACTIONS_ON_BARE_ROWS = {"bulk_update_tags", "activity", "access_controls", "set_access_control", "users_with_access"}
ACTIONS_ON_MANY = {"list", "my_last_viewed", "trending"}
LIGHT_ACTIONS = {"my_last_viewed": InsightBasicSerializer, "trending": TrendingInsightSerializer}


@describe_insights
class InsightViewSet(AccessControlViewMixin, ActivityViewMixin, BulkTagsViewMixin, ForbidDestroyMixin, ModelViewSet):
    """Saved questions and their answers."""

    # With the deleted ones, which `load` leaves out: a request to restore must reach them.
    queryset = Insight.objects_including_soft_deleted.all()
    serializer_class = InsightSerializer
    filterset_class = InsightFilter
    pagination_class = ResultsPagination
    throttle_classes = [ClickHouseRateThrottle]
    base_permissions = (*AccessControlViewMixin.base_permissions, HasAccessToRows)
    permission_classes = [CanEditInsight]
    scope_object = "insight"
    activity_scope = ACTIVITY_SCOPE
    sharing_enabled_actions = ("list", "retrieve")
    scope_object_read_actions = ("my_last_viewed", "trending", "viewed", "cancel")
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
        if self.action in ACTIONS_ON_MANY and guest_of(self.request) is None:
            insights = insights.visible_to(self.caller, self.project)
        if self.action in ACTIONS_ON_BARE_ROWS:
            return insights
        viewer = self.request.user
        return insights.for_list(viewer).with_last_view(ViewLog.objects.of_user(viewer))

    def editable(self, queryset: Any) -> InsightQuerySet:
        return queryset.editable_by(self.request.user, self.project)

    def after_bulk_tags(self, changed: list[Tagged]) -> None:
        note_tagged(changed, team=self.team, user=self.caller)

    def get_object(self) -> Insight:
        """By id or by short id."""
        if not self.lookup_pattern.fullmatch(self.kwargs["pk"]):
            raise Missing()
        insights: InsightQuerySet = self.get_queryset()  # type: ignore[assignment]
        insight = insights.named(self.kwargs["pk"])
        if self.action not in ACTIONS_ON_BARE_ROWS:
            load_parts([insight], viewer=self.request.user)
        self.check_object_permissions(self.request, insight)
        return insight

    def get_serializer_class(self) -> type[Serializer[Any]]:
        may_be_light = self.action in {"list", "retrieve"}
        full = InsightBasicSerializer if may_be_light and self.parameters["basic"] else InsightSerializer
        return LIGHT_ACTIONS.get(self.action, full)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "answers": self.answers}

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset) or []
        load_parts(page, viewer=self.request.user)
        if self.parameters["basic"]:
            self._tell_ages(page)
        else:
            self._answer(page, [question_of(insight) for insight in page])
        return page

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        insight = self.get_object()
        if self.parameters["basic"]:
            self._tell_ages([insight])
            return Response(self.get_serializer(insight).data)

        tile = insight.tile_on(self.parameters.get("from_dashboard"))
        query = effective_query(question_of(insight), self._filters(tile))
        self._answer([insight], [query], dashboard_id=tile and tile.dashboard_id, variables=self._variables(tile))
        self.answers[insight.pk].or_refuse()
        shown = self.get_serializer(insight).data
        return Response({**shown, "color": tile.color, "layouts": tile.layouts} if tile else shown)

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        insight = create_insight(serializer.validated_data, project=self.project, user=self.caller)
        serializer.instance = self._as_it_is_now(insight)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        insight: Insight = serializer.instance  # type: ignore[assignment]
        update_insight(insight, serializer.validated_data, project=self.project, user=self.caller)
        serializer.instance = self._as_it_is_now(insight)

    @action(methods=["get"], detail=False, pagination_class=None, filter_backends=[], schema=ListCalledRetrieve())
    def my_last_viewed(self, request: Request, **kwargs: Any) -> Response:
        insights: InsightQuerySet = self.get_queryset()  # type: ignore[assignment]
        return Response(self._light(insights.viewed_last()[:RECENT]))

    @action(methods=["get"], detail=False, pagination_class=None, filter_backends=[])
    def trending(self, request: Request, **kwargs: Any) -> Response:
        parameters = TrendingParameters(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        insights: Any = self.get_queryset()
        insights = trending_insights(insights, team=self.team, **parameters.validated_data)
        return Response({"count": len(insights), "next": None, "previous": None, "results": self._light(insights)})

    @action(methods=["post"], detail=False)
    def viewed(self, request: Request, **kwargs: Any) -> Response:
        record_views(self.body(ViewedBody)["insight_ids"], team=self.team, user=self.caller)
        return Response(status=201)

    @action(methods=["post"], detail=False)
    def cancel(self, request: Request, **kwargs: Any) -> Response:
        query_id = self.body(CancelBody)["client_query_id"]
        cancel(QueryJob.objects.for_project(self.project).called(query_id))
        return Response(status=201)

    def _restores(self) -> bool:
        """PATCH {"deleted": false} is the only request that reaches a deleted insight."""
        if self.action not in {"update", "partial_update"} or not isinstance(self.request.data, dict):
            return False
        deleted = self.request.data.get("deleted")
        return isinstance(deleted, bool | int | str) and deleted in BooleanField.FALSE_VALUES

    def _light(self, insights: Iterable[Insight]) -> Any:
        shown = list(insights)
        load_parts(shown, viewer=self.request.user)
        self._tell_ages(shown)
        return self.get_serializer(shown, many=True).data

    def _tell_ages(self, insights: Sequence[Insight]) -> None:
        ages = last_refreshes([question_of(insight) for insight in insights], team=self.team)
        for insight, age in zip(insights, ages, strict=True):
            self.answers[insight.pk] = Answer(last_refresh=age)

    def _answer(
        self,
        insights: Sequence[Insight],
        asked: Sequence[dict[str, Any] | None],
        *,
        dashboard_id: int | None = None,
        variables: Mapping[str, Any] | None = None,
    ) -> None:
        query_id = self.parameters.get("client_query_id")
        filled = fill_variables(asked, variables or {}, team=self.team)
        questions = [
            Question(query=query, query_id=query_id, insight_id=insight.pk, dashboard_id=dashboard_id)
            for insight, query in zip(insights, filled, strict=True)
        ]
        asker = Asker(team=self.team, user=self.caller)
        answers = answer_now_or_later(questions, asker=asker, refresh=self.parameters["refresh"])
        if not variables:  # a default that was filled in is no part of what was sent, and shall come back
            answers = [replace(answer, query=query) for answer, query in zip(answers, asked, strict=True)]
        self.answers.update({insight.pk: answer for insight, answer in zip(insights, answers, strict=True)})

    def _variables(self, tile: Any) -> dict[str, Any]:
        stored = tile.dashboard.variables if tile else None
        return {**(stored or {}), **(self.parameters.get("variables_override") or {})}

    def _filters(self, tile: Any) -> dict[str, Any]:
        return effective_filters(
            tile,
            filters_override=self.parameters.get("filters_override"),
            tile_filters_override=self.parameters.get("tile_filters_override"),
        )

    def _as_it_is_now(self, insight: Insight) -> Insight:
        """What a write is answered with: the row, deleted or not."""
        fresh = find_insight(insight.pk, viewer=self.caller, project=self.project)
        self._answer([fresh], [question_of(fresh)])
        return fresh
