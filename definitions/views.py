from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.viewsets import UUID_REFERENCE
from common.exceptions import Missing, Refusal
from definitions import services
from definitions.activities import log_new_tags
from definitions.filters import EventDefinitionFilter, PropertyDefinitionFilter, required_texts
from definitions.models import EventDefinition, EventProperty, PropertyDefinition
from definitions.pagination import DefinitionsPagination
from definitions.schema import describe_event_definitions, describe_property_definitions
from definitions.serializers import (
    BulkUpdateTagsOfDefinitionsBody,
    BulkUpdateTagsOfDefinitionsResult,
    BulkUpdateVerifiedBody,
    EventDefinitionSerializer,
    PropertyDefinitionSerializer,
)
from definitions.typings import golang, python, typescript, typings
from tagging.mixins import BulkTagsViewMixin
from tagging.services import Tagged

SKIPPED = "Not found"


class DefinitionViewSet(mixins.UpdateModelMixin, mixins.DestroyModelMixin, BulkTagsViewMixin):
    """What both kinds of definitions have in common."""

    pagination_class = DefinitionsPagination
    lookup_pattern = UUID_REFERENCE
    bulk_tags_body = BulkUpdateTagsOfDefinitionsBody
    bulk_tags_result = BulkUpdateTagsOfDefinitionsResult
    why_skipped = SKIPPED

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        definition: Any = serializer.instance
        services.update_definition(definition, serializer.validated_data, team=self.team, user=self.caller)

    def before_bulk_tags(self, rows: QuerySet[Any], ids: Collection[Any]) -> None:
        self._names = {definition.pk: definition.name for definition in rows.locked(ids)}  # type: ignore[attr-defined]

    def after_bulk_tags(self, changed: list[Tagged]) -> None:
        model = self.get_queryset().model
        log_new_tags(changed, names=self._names, model=model, team=self.team, user=self.caller)


@describe_event_definitions
class EventDefinitionViewSet(
    mixins.ListModelMixin, mixins.CreateModelMixin, mixins.RetrieveModelMixin, DefinitionViewSet
):
    """Events by their names: what people say about them, and when they were seen."""

    queryset = EventDefinition.objects.all()
    serializer_class = EventDefinitionSerializer
    filterset_class = EventDefinitionFilter
    scope_object = "event_definition"
    scope_object_read_actions = (
        "by_name",
        "metrics",
        "primary_properties",
        "promoted_properties",
        "typescript",
        "golang",
        "python",
    )
    scope_object_write_actions = ("bulk_update_tags", "bulk_update_verified")

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = services.create_event_definition(
            serializer.validated_data, team=self.team, user=self.caller
        )

    def perform_destroy(self, instance: EventDefinition) -> None:
        services.delete_event_definition(instance, user=self.caller)

    @action(methods=["get"], detail=False)
    def by_name(self, request: Request, **kwargs: Any) -> Response:
        name = request.query_params.get("name")
        if not name:
            raise Refusal("Query parameter 'name' is required", code="required", attr="name")
        definition = self.get_queryset().filter(name=name).first()
        if definition is None:
            raise Missing(f"Event definition with name '{name}' not found")
        return Response(self.get_serializer(definition).data)

    @action(methods=["get"], detail=True)
    def metrics(self, request: Request, **kwargs: Any) -> Response:
        return Response({"query_usage_30_day": self.get_object().query_usage()})

    @action(methods=["get"], detail=False)
    def primary_properties(self, request: Request, **kwargs: Any) -> Response:
        return Response({"primary_properties": self._primary_properties()})

    @action(methods=["get"], detail=False)
    def promoted_properties(self, request: Request, **kwargs: Any) -> Response:
        return Response({"promoted_properties": self._primary_properties()})

    @action(methods=["post"], detail=False)
    def bulk_update_verified(self, request: Request, **kwargs: Any) -> Response:
        body = self.body(BulkUpdateVerifiedBody)
        verdict = services.bulk_update_verified(**body, project=self.project, user=self.caller)
        updated = [{"id": pk, "verified": body["verified"]} for pk in verdict.changed]
        return Response({"updated": updated, **_skipped(verdict.missing)})

    @action(methods=["get"], detail=False)
    def typescript(self, request: Request, **kwargs: Any) -> Response:
        return Response(typings(typescript, services.custom_events(self.project)))

    @action(methods=["get"], detail=False)
    def golang(self, request: Request, **kwargs: Any) -> Response:
        return Response(typings(golang, services.custom_events(self.project)))

    @action(methods=["get"], detail=False)
    def python(self, request: Request, **kwargs: Any) -> Response:
        return Response(typings(python, services.custom_events(self.project)))

    def _primary_properties(self) -> dict[str, str]:
        definitions = EventDefinition.objects.for_project(self.project)
        return definitions.primary_properties(self.request.query_params.getlist("names"))


@describe_property_definitions
class PropertyDefinitionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, DefinitionViewSet):
    """Properties of events, persons and groups. Events make them; nobody does by hand."""

    queryset = PropertyDefinition.objects.all()
    serializer_class = PropertyDefinitionSerializer
    filterset_class = PropertyDefinitionFilter
    scope_object = "property_definition"
    scope_object_read_actions = ("seen_together",)
    scope_object_write_actions = ("bulk_update_tags",)

    def perform_destroy(self, instance: PropertyDefinition) -> None:
        services.delete_property_definition(instance, user=self.caller)

    @action(methods=["get"], detail=False)
    def seen_together(self, request: Request, **kwargs: Any) -> Response:
        events = required_texts("event_names", self._parameter("event_names"))
        pairs = EventProperty.objects.for_project(self.project)
        return Response(pairs.seen_together(events, self._parameter("property_name")))

    def _parameter(self, name: str) -> str:
        value = self.request.query_params.get(name)
        if not value:
            raise Refusal("This field is required.", code="required", attr=name)
        return value


def _skipped(ids: Any) -> dict[str, list[dict[str, Any]]]:
    return {"skipped": [{"id": pk, "reason": SKIPPED} for pk in ids]}
