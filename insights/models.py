from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.ruled import RuledModel
from accounts.tokens import random_text
from common.models import SoftDeleteModel
from insights.querysets import (
    KEPT,
    CachedResultQuerySet,
    InsightManager,
    InsightQuerySet,
    InsightVariableQuerySet,
    QueryJobQuerySet,
    ViewLogQuerySet,
)
from tagging.models import TaggableModel


def short_id() -> str:
    return random_text(8)


def query_id() -> str:
    return uuid4().hex


def expiration_time() -> datetime:
    return timezone.now() + KEPT


class Insight(SoftDeleteModel, TaggableModel, RuledModel):
    """A saved question. Its answers live in `CachedResult`, under the key of the effective query."""

    access_resource = "insight"

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


class QueryJob(models.Model):
    """A question that is answered after its request: what PostHog calls a query status. The answer is a CachedResult.

    Whoever runs it holds `lease` until `lease_until`; while its statements run, `backend_pid` says where.
    """

    #: A job that so many processes began and none finished would bring down the next one, too.
    MOST_ATTEMPTS = 3

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="query_jobs", db_index=False)
    user = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    query_id = models.CharField(max_length=400, default=query_id)
    query: Any = models.JSONField()
    cache_key = models.CharField(max_length=100)
    is_forced = models.BooleanField(default=False)
    insight_id = models.BigIntegerField(null=True, blank=True)
    dashboard_id = models.BigIntegerField(null=True, blank=True)

    start_time = models.DateTimeField(default=timezone.now)
    pickup_time = models.DateTimeField(null=True, blank=True)
    end_time = models.DateTimeField(null=True, blank=True)
    expiration_time = models.DateTimeField(default=expiration_time)
    has_failed = models.BooleanField(default=False)
    error_code = models.CharField(max_length=100, null=True, blank=True)
    error_message = models.TextField(null=True, blank=True)

    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.SmallIntegerField(default=0)
    backend_pid = models.IntegerField(null=True, blank=True)

    objects = QueryJobQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "query_id"], name="one_query_job_per_id")]
        indexes = [
            models.Index(fields=["start_time"], condition=models.Q(end_time=None), name="query_job_unfinished"),
            models.Index(fields=["expiration_time"], name="query_job_by_age"),
        ]

    def __str__(self) -> str:
        return self.query_id

    @property
    def is_complete(self) -> bool:
        return self.end_time is not None

    @property
    def is_worn_out(self) -> bool:
        return self.attempts > self.MOST_ATTEMPTS


class InsightVariable(models.Model):
    """What may stand in SQL as `{variables.code_name}`."""

    class Type(models.TextChoices):
        STRING = "String"
        NUMBER = "Number"
        BOOLEAN = "Boolean"
        LIST = "List"
        DATE = "Date"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=400)
    code_name = models.CharField(max_length=400, editable=False)
    type = models.CharField(max_length=128, choices=Type.choices)
    default_value: Any = models.JSONField(null=True, blank=True)
    values: Any = models.JSONField(null=True, blank=True)
    is_multi = models.BooleanField(default=False)
    values_query = models.TextField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InsightVariableQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["team", "code_name"], name="one_variable_per_code_name")]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def code_name_of(name: str) -> str:
        """Letters, digits and underscores; nothing for a name that has neither letter nor digit."""
        kept = "".join(letter for letter in name if letter.isalnum() or letter in " _")
        return kept.replace(" ", "_").lower() if any(letter.isalnum() for letter in kept) else ""
