from typing import Any

from django.db import models
from uuid_utils.compat import uuid7

from common.models import SoftDeleteModel
from datasets.querysets import DatasetItemManager, DatasetItemQuerySet, DatasetManager, DatasetQuerySet


class Dataset(SoftDeleteModel):
    """A named collection of examples, to try a program that uses a language model on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="datasets", db_index=False)
    name = models.CharField(max_length=400)
    description = models.TextField(null=True, blank=True)
    metadata: Any = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, null=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DatasetManager()
    objects_including_soft_deleted = DatasetQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        base_manager_name = "objects_including_soft_deleted"
        indexes = [models.Index(fields=["team", "-created_at", "id"], name="dataset_list")]

    def __str__(self) -> str:
        return self.name


class DatasetItem(SoftDeleteModel):
    """One example: what goes in and what should come out. It outlives the deletion of its dataset."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="dataset_items", db_index=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="items", db_index=False)
    input: Any = models.JSONField(null=True, blank=True)
    output: Any = models.JSONField(null=True, blank=True)
    metadata: Any = models.JSONField(null=True, blank=True)
    ref_trace_id = models.CharField(max_length=255, null=True, blank=True)
    ref_timestamp = models.DateTimeField(null=True, blank=True)
    ref_source_id = models.CharField(max_length=255, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, null=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = DatasetItemManager()
    objects_including_soft_deleted = DatasetItemQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        base_manager_name = "objects_including_soft_deleted"
        indexes = [
            models.Index(fields=["team", "-created_at", "id"], name="dataset_item_list"),
            models.Index(fields=["dataset", "-created_at", "id"], name="dataset_item_list_of_one"),
        ]

    def __str__(self) -> str:
        return str(self.id)
