from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from accounts.viewsets import ProjectScopedViewSet
from activity.mixins import ActivityViewMixin
from common.mixins import ForbidDestroyMixin
from events.clock import clock_of
from events.filtering.conditions import InCohort
from events.filters import CohortFilter
from events.models import Cohort, Person
from events.pagination import UncountedPagination
from events.schema import describe_cohorts
from events.serializers.cohorts import AddPersonsBody, CohortSerializer, RemovePersonBody
from events.serializers.persons import PersonBasicSerializer, SuccessResult
from events.services import cohorts

WRITES = {"update", "partial_update"}
SUCCESS = {"success": True}


@describe_cohorts
class CohortViewSet(ActivityViewMixin, ForbidDestroyMixin, ProjectScopedViewSet, ModelViewSet):
    """Sets of persons. Writing still reaches those that are deleted."""

    queryset = Cohort.objects_including_soft_deleted.all()
    serializer_class = CohortSerializer
    filterset_class = CohortFilter
    scope_object = "cohort"
    activity_scope = cohorts.SCOPE

    def load(self, queryset: Any) -> Any:
        return super().load(queryset if self.action in WRITES else queryset.live())

    def get_object(self) -> Cohort:
        cohort: Cohort = super().get_object()
        if self.action == "retrieve":
            cohorts.recount_if_old(cohort, team=self.team)
        return cohort

    def perform_create(self, serializer: BaseSerializer[Cohort]) -> None:
        fields = dict(serializer.validated_data)
        listed = fields.pop("listed")
        serializer.instance = cohorts.create_cohort(fields, listed=listed, team=self.team, user=self.caller)

    def perform_update(self, serializer: BaseSerializer[Cohort]) -> None:
        cohort: Cohort = serializer.instance  # type: ignore[assignment]
        fields = dict(serializer.validated_data)
        listed = fields.pop("listed")
        serializer.instance = cohorts.update_cohort(cohort, fields, listed=listed, team=self.team, user=self.caller)

    @action(
        methods=["get"],
        detail=True,
        required_scopes=["cohort:read", "person:read"],
        pagination_class=UncountedPagination,
        filter_backends=[],
    )
    def persons(self, request: Request, **kwargs: Any) -> Response:
        cohort = self.get_object()
        belongs = InCohort(cohort_id=cohort.pk)
        persons = Person.objects.for_project(self.project).for_list()
        members = persons.meeting(belongs, team_id=self.team.pk, clock=clock_of(self.team))
        page = self.paginate_queryset(members)
        shown = PersonBasicSerializer(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(shown.data)

    @action(methods=["patch"], detail=True, required_scopes=["cohort:write"])
    def add_persons_to_static_cohort(self, request: Request, **kwargs: Any) -> Response:
        cohort = self.get_object()
        person_ids = self.body(AddPersonsBody)["person_ids"]
        cohorts.add_persons(cohort, person_ids, team=self.team, user=self.caller)
        return Response(SuccessResult(SUCCESS).data)

    @action(methods=["patch"], detail=True, required_scopes=["cohort:write"])
    def remove_person_from_static_cohort(self, request: Request, **kwargs: Any) -> Response:
        cohort = self.get_object()
        person_id = self.body(RemovePersonBody)["person_id"]
        cohorts.remove_person(cohort, person_id, team=self.team, user=self.caller)
        return Response(SuccessResult(SUCCESS).data)
