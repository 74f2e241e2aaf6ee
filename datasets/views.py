from typing import Any

from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ModelViewSet

from accounts.viewsets import UUID_REFERENCE, ProjectScopedViewSet
from common.mixins import ForbidDestroyMixin
from datasets.filters import DatasetFilter, DatasetItemFilter
from datasets.models import Dataset, DatasetItem
from datasets.schema import describe_dataset_items, describe_datasets
from datasets.serializers import DatasetItemSerializer, DatasetSerializer

READS = {"list", "retrieve"}


class SoftDeletedViewSet(ForbidDestroyMixin, ProjectScopedViewSet, ModelViewSet):
    """Rows that reading passes over once they are deleted, and that writing still reaches."""

    scope_object = "dataset"
    lookup_pattern = UUID_REFERENCE

    def load(self, queryset: Any) -> Any:
        return super().load(queryset.live() if self.action in READS else queryset)

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        serializer.save(team=self.team, created_by=self.request.user)


@describe_datasets
class DatasetViewSet(SoftDeletedViewSet):
    """Collections of examples for evaluations."""

    queryset = Dataset.objects_including_soft_deleted.all()
    serializer_class = DatasetSerializer
    filterset_class = DatasetFilter


@describe_dataset_items
class DatasetItemViewSet(SoftDeletedViewSet):
    """The examples, of one dataset or of all."""

    queryset = DatasetItem.objects_including_soft_deleted.all()
    serializer_class = DatasetItemSerializer
    filterset_class = DatasetItemFilter
