from typing import Any

from rest_framework import serializers

from insights.models import InsightVariable


class InsightVariableSerializer(serializers.ModelSerializer[InsightVariable]):
    default_value = serializers.JSONField(
        required=False, allow_null=True, help_text="What stands in a query that has no value of its own."
    )
    values = serializers.JSONField(required=False, allow_null=True, help_text="What can be chosen from in a `List`.")
    created_by = serializers.PrimaryKeyRelatedField[Any](read_only=True, allow_null=True)

    class Meta:
        model = InsightVariable
        fields = [
            "id",
            "name",
            "type",
            "default_value",
            "created_by",
            "created_at",
            "code_name",
            "values",
            "is_multi",
            "values_query",
        ]
        read_only_fields = ["id", "code_name", "created_at"]
        extra_kwargs = {"name": {"trim_whitespace": False}}

    def validate_name(self, name: str) -> str:
        if not InsightVariable.code_name_of(name):
            raise serializers.ValidationError("A name needs a letter or a digit.")
        return name
