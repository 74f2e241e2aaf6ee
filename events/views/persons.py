import re
from typing import Any

from rest_framework.decorators import action
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer

from accounts.viewsets import ProjectScopedViewSet
from activity.mixins import ActivityViewMixin
from common.exceptions import Refusal
from common.schema import ListCalledRetrieve
from events.clock import clock_of
from events.filters import PersonFilter, person_id
from events.models import Cohort, Person
from events.pagination import UncountedPagination
from events.querysets import PersonQuerySet
from events.renderers import TablesToo
from events.schema import describe_persons
from events.serializers.cohorts import CohortsResult
from events.serializers.persons import (
    BulkDeleteBody,
    DeletePropertyBody,
    DistinctIdsBody,
    PersonBasicSerializer,
    PersonSerializer,
    SplitBody,
    UpdatePersonBody,
    UpdatePropertyBody,
    UuidsBody,
)
from events.services import persons as services

NO_CREATION = (
    "Creating persons via this API is not allowed. A person comes into being with the first event of its distinct id."
)
MAX_VALUES = 50


@describe_persons
class PersonViewSet(TablesToo, ListModelMixin, RetrieveModelMixin, ActivityViewMixin, ProjectScopedViewSet):
    """Those whom the events are about, as far as they have a profile."""

    queryset = Person.objects.all()
    filterset_class = PersonFilter
    pagination_class = UncountedPagination
    scope_object = "person"
    activity_scope = services.SCOPE
    # `get_object` has words of its own for what is no id.
    lookup_pattern = re.compile(".*")

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return PersonBasicSerializer if self.action == "list" else PersonSerializer

    def get_object(self) -> Person:
        return self._called(self.kwargs["pk"])

    def create(self, request: Request, **kwargs: Any) -> Response:
        # A body that cannot be kept is refused like everywhere else.
        self.body(Serializer)
        raise MethodNotAllowed("POST", detail=NO_CREATION)

    def update(self, request: Request, **kwargs: Any) -> Response:
        person = self.get_object()
        return self._set(person, self.body(UpdatePersonBody)["properties"])

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        return self.update(request, **kwargs)

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        with_events = request.query_params.get("delete_events", "").lower() in ("true", "1")
        services.delete_persons([self.get_object()], team=self.team, user=self.caller, with_events=with_events)
        return Response(status=202)

    @action(methods=["post"], detail=True, required_scopes=["person:write"])
    def update_property(self, request: Request, **kwargs: Any) -> Response:
        person = self.get_object()
        body = self.body(UpdatePropertyBody)
        return self._set(person, {body["key"]: body["value"]})

    @action(methods=["post"], detail=True, required_scopes=["person:write"])
    def delete_property(self, request: Request, **kwargs: Any) -> Response:
        person = self.get_object()
        name = self.body(DeletePropertyBody)["$unset"]
        services.update_properties(person, to_set={}, to_unset=[name], team=self.team, user=self.caller)
        return Response({"success": True}, status=201)

    @action(methods=["post"], detail=True, required_scopes=["person:write"])
    def split(self, request: Request, **kwargs: Any) -> Response:
        person = self.get_object()
        main = self.body(SplitBody).get("main_distinct_id")
        services.split_person(person, main_distinct_id=main, team=self.team, user=self.caller)
        return Response({"success": True}, status=201)

    @action(methods=["post"], detail=False, required_scopes=["person:write"])
    def bulk_delete(self, request: Request, **kwargs: Any) -> Response:
        body = self.body(BulkDeleteBody)
        persons = Person.objects.for_project(self.project).shown()
        if body.get("ids"):
            persons = persons.with_references([one for one in map(person_id, body["ids"]) if one is not None])
        else:
            persons = persons.with_distinct_ids(body["distinct_ids"])
        found = list(persons)
        deleted = services.delete_persons(found, team=self.team, user=self.caller, with_events=body["delete_events"])
        result = {"persons_found": len(found), "persons_deleted": deleted, "deletion_errors": []}
        return Response(result, status=202)

    @action(methods=["post"], detail=False, required_scopes=["person:read"])
    def batch_by_distinct_ids(self, request: Request, **kwargs: Any) -> Response:
        wanted = self.body(DistinctIdsBody)["distinct_ids"]
        persons = self._persons().with_distinct_ids(wanted)
        shown = {
            known.distinct_id: self.get_serializer(person).data
            for person in persons
            for known in person.distinct_ids.all()
            if known.distinct_id in wanted
        }
        return Response({"results": shown})

    @action(methods=["post"], detail=False, required_scopes=["person:read"])
    def batch_by_uuids(self, request: Request, **kwargs: Any) -> Response:
        persons = self._persons().with_references(self.body(UuidsBody)["uuids"])
        return Response({"results": {str(person.uuid): self.get_serializer(person).data for person in persons}})

    @action(
        methods=["get"],
        detail=False,
        required_scopes=["person:read", "cohort:read"],
        pagination_class=None,
        filter_backends=[],
    )
    def cohorts(self, request: Request, **kwargs: Any) -> Response:
        reference = request.query_params.get("person_id")
        if not reference:
            raise Refusal("This field is required.", code="required", attr="person_id")
        cohorts = Cohort.objects.for_project(self.project).for_list()
        held = cohorts.holding(self._called(reference), clock=clock_of(self.team))
        return Response(CohortsResult({"results": held}, context=self.get_serializer_context()).data)

    @action(
        methods=["get"],
        detail=False,
        required_scopes=["person:read"],
        pagination_class=None,
        filter_backends=[],
        schema=ListCalledRetrieve(),
    )
    def values(self, request: Request, **kwargs: Any) -> Response:
        key = request.query_params.get("key")
        if not key:
            raise Refusal("You must provide a key", attr="key")
        values = Person.objects.common_values(
            key, team_id=self.team.pk, containing=request.query_params.get("value"), limit=MAX_VALUES
        )
        return Response([{"name": name, "count": count} for name, count in values])

    def _called(self, text: str) -> Person:
        reference = person_id(text)
        if reference is None:
            raise Refusal(
                "The ID provided does not look like a personID. "
                "If you are using a distinctId, please use /persons?distinct_id=… instead."
            )
        return self._persons().with_references([reference]).get_or_refuse()

    def _persons(self) -> PersonQuerySet:
        persons: Any = self.get_queryset()
        return persons

    def _set(self, person: Person, properties: dict[str, Any]) -> Response:
        services.update_properties(person, to_set=properties, team=self.team, user=self.caller)
        return self.reply(person, status=202)
