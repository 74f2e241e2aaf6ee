from typing import Any

from rest_framework import serializers

from accounts.serializers.users import UserBasicSerializer
from dashboards.models import Dashboard, DashboardCollaborator


class DashboardCollaboratorSerializer(serializers.ModelSerializer[DashboardCollaborator]):
    """Somebody who may edit a restricted dashboard."""

    user = UserBasicSerializer(read_only=True)

    class Meta:
        model = DashboardCollaborator
        fields = ["id", "dashboard_id", "user", "level", "added_at", "updated_at"]
        read_only_fields = fields


class DashboardCollaboratorBody(serializers.Serializer[Any]):
    user_uuid = serializers.UUIDField()
    level = serializers.ChoiceField(choices=Dashboard.RestrictionLevel.choices, help_text="Only 37 can be given.")
