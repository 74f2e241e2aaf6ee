from rest_framework import serializers

from accounts.serializers.users import UserBasicSerializer
from themes.models import DataColorTheme


class DataColorThemeSerializer(serializers.ModelSerializer[DataColorTheme]):
    colors = serializers.JSONField(
        required=False, help_text="By convention a list of `#rrggbb`, in the order in which charts take them."
    )
    is_global = serializers.BooleanField(read_only=True, help_text="Every project has it; only staff may write it.")
    created_by = UserBasicSerializer(read_only=True, allow_null=True)

    class Meta:
        model = DataColorTheme
        fields = ["id", "name", "colors", "is_global", "created_at", "created_by"]
        read_only_fields = ["id", "created_at"]
