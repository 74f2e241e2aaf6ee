from typing import TYPE_CHECKING

from django.db import models

from accounts.querysets import ProjectScopedQuerySet
from common.querysets import SoftDeleteQuerySet

if TYPE_CHECKING:
    from insights.models import Insight


class InsightQuerySet(SoftDeleteQuerySet["Insight"], ProjectScopedQuerySet["Insight"]):
    pass


class InsightManager(models.Manager.from_queryset(InsightQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> InsightQuerySet:
        return super().get_queryset().live()
