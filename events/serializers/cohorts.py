from typing import Any

from django.core.files.uploadedfile import UploadedFile
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from accounts.serializers.users import UserBasicSerializer
from common.exceptions import Refusal
from events.listed_persons import MAX_LISTED, ListedPersons, listed_in
from events.models import Cohort

MAX_BATCH = 1000
OBJECT = {"type": "object", "additionalProperties": True}


@extend_schema_field({**OBJECT, "nullable": True})
class CriteriaField(serializers.JSONField):
    pass


@extend_schema_field({"type": "array", "items": OBJECT})
class GroupsField(serializers.JSONField):
    pass


@extend_schema_serializer(component_name="Cohort")
class CohortSerializer(serializers.ModelSerializer[Cohort]):
    description = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    groups = GroupsField(required=False, help_text="The older way to say `filters`: any group, all its properties.")
    filters = CriteriaField(
        required=False,
        allow_null=True,
        help_text="`{properties: {type: AND|OR, values: […]}}` of groups, person properties, cohorts and "
        "behaviour. Kept as sent.",
    )
    query = CriteriaField(required=False, allow_null=True, help_text="Always null: cohorts by query are not supported.")
    csv = serializers.FileField(
        write_only=True,
        required=False,
        help_text="Of a static cohort: a table with a column `distinct_id`, `person_id` or `email`. Adds to it.",
    )
    _create_static_person_ids = serializers.ListField(
        child=serializers.UUIDField(), write_only=True, required=False, max_length=MAX_LISTED, help_text="Uuids."
    )
    is_static = serializers.BooleanField(required=False, help_text="Listed persons, who do not change by themselves.")
    deleted = serializers.BooleanField(
        required=False, help_text="`true` hides it from lists and reads, `false` brings it back."
    )
    created_by = UserBasicSerializer(read_only=True, allow_null=True)
    is_calculating = serializers.SerializerMethodField(help_text="Never: members are looked up when asked for.")
    cohort_type = serializers.CharField(read_only=True, help_text="`static`, `person_property` or `behavioral`.")
    experiment_set = serializers.SerializerMethodField()

    class Meta:
        model = Cohort
        fields = [
            "id",
            "name",
            "description",
            "groups",
            "deleted",
            "filters",
            "query",
            "is_calculating",
            "created_by",
            "created_at",
            "last_calculation",
            "errors_calculating",
            "count",
            "is_static",
            "cohort_type",
            "experiment_set",
            "csv",
            "_create_static_person_ids",
        ]
        read_only_fields = ["id", "created_at", "last_calculation", "errors_calculating", "count"]

    def get_is_calculating(self, cohort: Cohort) -> bool:
        return False

    def get_experiment_set(self, cohort: Cohort) -> list[int]:
        return []

    def validate_filters(self, filters: Any) -> Any:
        properties = filters.get("properties") if isinstance(filters, dict) else None
        if filters and not isinstance(properties, dict):
            raise serializers.ValidationError("Filters must be a dictionary with a 'properties' key.")
        return filters

    def validate_groups(self, groups: Any) -> Any:
        if not isinstance(groups, list) or not all(isinstance(group, dict) for group in groups):
            raise serializers.ValidationError("Groups must be a list of objects.")
        return groups

    def validate_query(self, query: Any) -> None:
        if query is not None:
            raise serializers.ValidationError("A cohort by query is not supported yet.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs.pop("query", None)
        attrs["listed"] = _listed(attrs.pop("csv", None), attrs.pop("_create_static_person_ids", ()))
        return attrs

    def to_representation(self, cohort: Cohort) -> dict[str, Any]:
        shown = super().to_representation(cohort)
        shown["filters"] = shown["filters"] or {"properties": cohort.criteria}
        return shown


class CohortsResult(serializers.Serializer[dict[str, Any]]):
    results = CohortSerializer(many=True)


class AddPersonsBody(serializers.Serializer[dict[str, Any]]):
    person_ids = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=MAX_BATCH, help_text=f"Uuids, at most {MAX_BATCH}."
    )


class RemovePersonBody(serializers.Serializer[dict[str, Any]]):
    person_id = serializers.UUIDField(help_text="Uuid of the person.")


def _listed(table: UploadedFile | None, uuids: Any) -> ListedPersons:
    if table is None:
        return ListedPersons(uuids=tuple(uuids))
    try:
        return listed_in(table.read())
    except Refusal as refusal:
        raise serializers.ValidationError({"csv": refusal.detail}) from None
