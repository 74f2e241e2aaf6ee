from typing import Any

from rest_framework import serializers

from accounts.serializers.users import UserBasicSerializer
from datasets.models import Dataset, DatasetItem

ANY_JSON = "Any JSON value. Kept as sent, and replaced as a whole."


class OwnDatasetField(serializers.PrimaryKeyRelatedField[Dataset]):
    """A dataset of the project in the URL, deleted ones included: their items stay alive."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Dataset.objects_including_soft_deleted.all())
        super().__init__(pk_field=serializers.UUIDField(), **kwargs)

    def get_queryset(self) -> Any:
        return Dataset.objects_including_soft_deleted.for_project(self.context["project"])


class SoftDeleteSerializer(serializers.ModelSerializer[Any]):
    deleted = serializers.BooleanField(
        required=False, allow_null=True, help_text="`true` hides the row from lists and reads, `false` brings it back."
    )
    created_by = UserBasicSerializer(read_only=True, allow_null=True)

    def validate_deleted(self, deleted: bool | None) -> bool:
        return bool(deleted)


class DatasetSerializer(SoftDeleteSerializer):
    metadata = serializers.JSONField(required=False, allow_null=True, help_text=ANY_JSON)

    class Meta:
        model = Dataset
        fields = [
            "id",
            "name",
            "description",
            "metadata",
            "created_at",
            "updated_at",
            "deleted",
            "created_by",
            "team",
        ]
        read_only_fields = ["id", "created_at", "updated_at", "created_by", "team"]


class DatasetItemSerializer(SoftDeleteSerializer):
    dataset = OwnDatasetField(help_text="Id of a dataset of this project.")
    input = serializers.JSONField(required=False, allow_null=True, help_text=ANY_JSON)
    output = serializers.JSONField(required=False, allow_null=True, help_text=ANY_JSON)
    metadata = serializers.JSONField(required=False, allow_null=True, help_text=ANY_JSON)

    class Meta:
        model = DatasetItem
        fields = [
            "id",
            "dataset",
            "input",
            "output",
            "metadata",
            "ref_trace_id",
            "ref_timestamp",
            "ref_source_id",
            "deleted",
            "created_at",
            "updated_at",
            "created_by",
            "team",
        ]
        read_only_fields = ["id", "created_at", "updated_at", "created_by", "team"]
        extra_kwargs = {
            "ref_trace_id": {"help_text": "The trace that the example was taken from."},
            "ref_timestamp": {"help_text": "When that trace was recorded."},
            "ref_source_id": {"help_text": "The event within that trace."},
        }
