from collections.abc import Mapping
from typing import Any

from django.db import models

from common.models import SoftDeleteModel
from events.decoders import ExactJSONDecoder
from events.filtering.actions import Alternative, alternatives_of
from events.querysets import ActionManager, ActionQuerySet
from tagging.models import TaggableModel


class Action(SoftDeleteModel, TaggableModel):
    """A name for events that mean one thing to the project: those that any of its steps describes.

    What uses a deleted action still means what it meant.
    """

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="actions", db_index=False)
    name = models.CharField(max_length=400)
    description = models.TextField(default="", blank=True)
    steps = models.JSONField(default=list, blank=True, decoder=ExactJSONDecoder)
    post_to_slack = models.BooleanField(default=False)
    slack_message_format = models.CharField(max_length=1200, default="", blank=True)
    pinned_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_calculated_at = models.DateTimeField(auto_now=True)
    #: When it came to mean something else, or to be called so; answers that are older may be wrong.
    changed_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ActionManager()
    objects_including_soft_deleted = ActionQuerySet.as_manager()

    class Meta:
        db_table = "actions"
        ordering = ["name", "id"]
        base_manager_name = "objects_including_soft_deleted"
        constraints = [
            models.UniqueConstraint(
                fields=["team", "name"], condition=models.Q(deleted=False), name="one_action_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """The events that it means; none without steps."""
        steps: list[Mapping[str, Any]] = self.steps
        return alternatives_of(steps)
