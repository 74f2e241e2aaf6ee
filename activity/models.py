from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from activity.querysets import ActivityLogQuerySet


class ActivityLog(models.Model):
    """Who changed what. Services write it, in the transaction of the change; nothing changes it afterwards.

    `scope` and `item_id` name the row by kind and id rather than by key: the entry outlives it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    activity = models.CharField(max_length=79)
    scope = models.CharField(max_length=79)
    item_id = models.CharField(max_length=72)
    detail: Any = models.JSONField(encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(default=timezone.now)
    was_impersonated = models.BooleanField(default=False)
    is_system = models.BooleanField(default=False)

    objects = ActivityLogQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["team", "-created_at", "-id"], name="activity_of_project"),
            models.Index(fields=["team", "scope", "item_id", "-created_at", "-id"], name="activity_of_row"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.item_id} {self.activity}"
