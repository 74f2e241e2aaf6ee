from typing import Any

from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from accounts.viewsets import ProjectScopedViewSet
from activity.mixins import ActivityViewMixin
from common.mixins import ForbidDestroyMixin
from events.models import Action
from events.schema import describe_actions
from events.serializers.actions import ActionSerializer
from events.services import actions
from tagging.mixins import BulkTagsViewMixin

WRITES = {"update", "partial_update"}


@describe_actions
class ActionViewSet(BulkTagsViewMixin, ActivityViewMixin, ForbidDestroyMixin, ProjectScopedViewSet, ModelViewSet):
    """Names for events that mean one thing. Writing still reaches those that are deleted."""

    queryset = Action.objects_including_soft_deleted.all()
    serializer_class = ActionSerializer
    scope_object = "action"
    scope_object_write_actions = ("bulk_update_tags",)
    activity_scope = actions.SCOPE

    def load(self, queryset: Any) -> Any:
        return super().load(queryset if self.action in WRITES else queryset.live())

    def perform_create(self, serializer: BaseSerializer[Action]) -> None:
        serializer.instance = actions.create_action(serializer.validated_data, team=self.team, user=self.caller)

    def perform_update(self, serializer: BaseSerializer[Action]) -> None:
        action: Action = serializer.instance  # type: ignore[assignment]
        serializer.instance = actions.update_action(action, serializer.validated_data, user=self.caller)
