from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from accounts.querysets import ProjectScopedQuerySet

if TYPE_CHECKING:
    # Named in quotes below, where ruff does not look.
    from datasets.models import Dataset, DatasetItem  # noqa: F401

ModelT = TypeVar("ModelT", bound=models.Model)


class OwnedQuerySet(ProjectScopedQuerySet[ModelT]):
    def live(self) -> Self:
        return self.filter(deleted=False)

    def for_list(self) -> Self:
        return self.select_related("created_by")

    def for_detail(self) -> Self:
        return self.select_related("created_by")


class DatasetQuerySet(OwnedQuerySet["Dataset"]):
    def search(self, text: str) -> Self:
        """Name, description or metadata (its keys as well as its values) holds `text`, case aside."""
        holds = Q(name__icontains=text) | Q(description__icontains=text) | Q(metadata_text__icontains=text)
        return self.alias(metadata_text=Cast("metadata", TextField())).filter(holds)


class DatasetItemQuerySet(OwnedQuerySet["DatasetItem"]):
    pass


class DatasetManager(models.Manager.from_queryset(DatasetQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> DatasetQuerySet:
        return super().get_queryset().live()


class DatasetItemManager(models.Manager.from_queryset(DatasetItemQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> DatasetItemQuerySet:
        return super().get_queryset().live()
