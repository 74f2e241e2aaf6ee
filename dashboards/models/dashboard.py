from typing import Any

from django.db import models
from django.db.models import F, Q

from common.models import SoftDeleteModel
from dashboards.querysets import DashboardManager, DashboardQuerySet
from tagging.models import TaggableModel


class Dashboard(SoftDeleteModel, TaggableModel):
    """A page of tiles.

    `version` grows with every write to the dashboard, its tiles, texts, buttons and tags, and to an insight on it; not
    with views and results. It is the ETag that `If-Match` is compared with.
    """

    class CreationMode(models.TextChoices):
        DEFAULT = "default"
        TEMPLATE = "template"
        DUPLICATE = "duplicate"
        UNLISTED = "unlisted"

    class RestrictionLevel(models.IntegerChoices):
        EVERYONE_IN_PROJECT_CAN_EDIT = 21, "Everyone in the project can edit"
        ONLY_COLLABORATORS_CAN_EDIT = 37, "Only those invited to this dashboard can edit"

    class PrivilegeLevel(models.IntegerChoices):
        CAN_VIEW = 21, "Can view dashboard"
        CAN_EDIT = 37, "Can edit dashboard"

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="dashboards")
    name = models.CharField(max_length=400, null=True, blank=True)
    description = models.TextField(blank=True, default="")
    pinned = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    last_accessed_at = models.DateTimeField(null=True, blank=True)
    last_refresh = models.DateTimeField(null=True, blank=True)
    filters: Any = models.JSONField(default=dict, blank=True)
    variables: Any = models.JSONField(default=dict, null=True, blank=True)
    breakdown_colors: Any = models.JSONField(default=list, null=True, blank=True)
    data_color_theme = models.ForeignKey(
        "themes.DataColorTheme", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    quick_filter_ids: Any = models.JSONField(default=list, null=True, blank=True)
    creation_mode = models.CharField(max_length=16, choices=CreationMode.choices, default=CreationMode.DEFAULT)
    restriction_level = models.PositiveSmallIntegerField(
        choices=RestrictionLevel.choices, default=RestrictionLevel.EVERYONE_IN_PROJECT_CAN_EDIT
    )
    folder = models.TextField(default="", blank=True)
    version = models.BigIntegerField(default=1, editable=False)

    objects = DashboardManager()
    objects_including_soft_deleted = DashboardQuerySet.as_manager()

    class Meta:
        ordering = ["-pinned", "name", "id"]
        base_manager_name = "objects_including_soft_deleted"
        indexes = [
            models.Index(F("team"), F("pinned").desc(), "name", condition=Q(deleted=False), name="dashboard_list")
        ]

    def __str__(self) -> str:
        return self.name or f"Dashboard {self.pk}"

    @property
    def etag(self) -> str:
        return f'"{self.pk}-{self.version}"'
