from typing import Any

from django.db import models
from django.utils import timezone

from dashboards.querysets import DashboardSnapshotQuerySet


class DashboardSnapshot(models.Model):
    """What a dashboard showed to one user before a refresh, to be compared with afterwards. Forgotten soon."""

    key = models.CharField(max_length=100, primary_key=True)
    dashboard = models.ForeignKey("dashboards.Dashboard", on_delete=models.CASCADE, related_name="snapshots")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    #: `{insight_name, data}` by tile.
    results: Any = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = DashboardSnapshotQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="dashboard_snapshot_by_age")]

    def __str__(self) -> str:
        return self.key
