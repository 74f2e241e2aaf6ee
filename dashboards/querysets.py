from typing import TYPE_CHECKING

from django.db import models

from accounts.querysets import ProjectScopedQuerySet
from common.querysets import SoftDeleteQuerySet

if TYPE_CHECKING:
    from dashboards.models import Dashboard, DashboardTile


class DashboardQuerySet(SoftDeleteQuerySet["Dashboard"], ProjectScopedQuerySet["Dashboard"]):
    pass


class DashboardManager(models.Manager.from_queryset(DashboardQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> DashboardQuerySet:
        return super().get_queryset().live()


class DashboardTileQuerySet(SoftDeleteQuerySet["DashboardTile"]):
    pass


class DashboardTileManager(models.Manager.from_queryset(DashboardTileQuerySet)):  # type: ignore[misc]
    """Tiles that are shown: not removed, on a live dashboard, and not of a removed insight."""

    def get_queryset(self) -> DashboardTileQuerySet:
        return super().get_queryset().live().filter(dashboard__deleted=False).exclude(insight__deleted=True)
