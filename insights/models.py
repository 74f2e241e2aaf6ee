from typing import Any

from django.db import models
from django.utils import timezone

from accounts.tokens import random_text
from common.models import SoftDeleteModel
from insights.querysets import CachedResultQuerySet, InsightManager, InsightQuerySet, ViewLogQuerySet
from tagging.models import TaggableModel


def short_id() -> str:
    return random_text(8)


class Insight(SoftDeleteModel, TaggableModel):
    """A saved question. Its answers live in `CachedResult`, under the key of the effective query."""

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="insights")
    short_id = models.CharField(max_length=12, default=short_id, editable=False)
    name = models.CharField(max_length=400, null=True, blank=True)
    derived_name = models.CharField(max_length=400, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    query: Any = models.JSONField(null=True, blank=True)
    filters: Any = models.JSONField(default=dict, blank=True)
    order = models.IntegerField(null=True, blank=True)
    saved = models.BooleanField(default=False)
    favorited = models.BooleanField(default=False)
    is_sample = models.BooleanField(default=False)
    folder = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    last_modified_at = models.DateTimeField(default=timezone.now)
    last_modified_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = InsightManager()
    objects_including_soft_deleted = InsightQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        base_manager_name = "objects_including_soft_deleted"
        constraints = [models.UniqueConstraint(fields=["team", "short_id"], name="one_insight_per_short_id")]
        indexes = [
            models.Index(fields=["team", "-last_modified_at"], condition=models.Q(deleted=False), name="insight_list")
        ]

    def __str__(self) -> str:
        return self.name or self.derived_name or self.short_id

    def tile_on(self, dashboard_id: int | None) -> Any:
        """Its live tile on that dashboard, or None."""
        return next((tile for tile in self.dashboard_tiles.all() if tile.dashboard_id == dashboard_id), None)


class CachedResult(models.Model):
    """The answer to an effective query. The key holds team, query and timezone, so equal questions share a row."""

    key = models.CharField(max_length=100, primary_key=True)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+")
    response: Any = models.JSONField()
    last_refresh = models.DateTimeField()

    objects = CachedResultQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["last_refresh"], name="cached_result_by_age")]

    def __str__(self) -> str:
        return self.key


class ViewLog(models.Model):
    """When a user last looked at an insight or a dashboard."""

    class Kind(models.TextChoices):
        INSIGHT = "insight"
        DASHBOARD = "dashboard"

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    ref = models.BigIntegerField()
    viewed_at = models.DateTimeField()

    objects = ViewLogQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "kind", "ref", "user"], name="one_view_per_user_and_thing")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref} by {self.user_id}"
