from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.utils import timezone

from common.querysets import BaseQuerySet

if TYPE_CHECKING:
    from dashboards.models import DashboardSnapshot

SNAPSHOTS_ARE_KEPT = timedelta(minutes=30)
SWEPT_AT_ONCE = 100


class DashboardSnapshotQuerySet(BaseQuerySet["DashboardSnapshot"]):
    def fresh(self) -> Self:
        return self.filter(created_at__gt=timezone.now() - SNAPSHOTS_ARE_KEPT)

    def expired(self) -> Self:
        """Some of what is too old: a request may throw them away. Rows that another one deletes are passed over."""
        old = self.filter(created_at__lte=timezone.now() - SNAPSHOTS_ARE_KEPT).order_by("created_at")
        return self.filter(pk__in=old.select_for_update(skip_locked=True).values("pk")[:SWEPT_AT_ONCE])
