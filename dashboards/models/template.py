from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from common.models import SoftDeleteModel
from dashboards.querysets import GLOBAL, DashboardTemplateQuerySet


class DashboardTemplate(SoftDeleteModel):
    """A pattern for new dashboards. Global ones are seen by every project, and may belong to none."""

    class Scope(models.TextChoices):
        TEAM = "team"
        GLOBAL = GLOBAL
        FEATURE_FLAG = "feature_flag"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    template_name = models.CharField(max_length=400)
    dashboard_description = models.CharField(max_length=400, null=True, blank=True)
    dashboard_filters: Any = models.JSONField(null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    tiles: Any = models.JSONField(default=list)
    variables: Any = models.JSONField(null=True, blank=True)
    image_url = models.CharField(max_length=8201, null=True, blank=True)
    scope = models.CharField(max_length=24, choices=Scope.choices, default=Scope.TEAM)
    availability_contexts = ArrayField(models.CharField(max_length=255), null=True, blank=True)
    is_featured = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DashboardTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["-is_featured", "template_name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "template_name"], condition=Q(deleted=False), name="one_template_per_name"
            ),
            models.UniqueConstraint(
                fields=["template_name"],
                condition=Q(deleted=False, team=None),
                name="one_template_of_nobody_per_name",
            ),
        ]

    def __str__(self) -> str:
        return self.template_name

    @property
    def is_global(self) -> bool:
        return self.scope == GLOBAL
