from typing import Any

from rest_framework import serializers

from accounts.serializers.users import UserBasicSerializer
from activity.models import ActivityLog


class ActivityChangeSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(help_text="The kind of row, as in `scope`.")
    action = serializers.CharField(help_text="`created`, `changed` or `deleted`: what happened to the field.")
    field = serializers.CharField(allow_null=True)
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class ActivityDetailSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(allow_null=True, help_text="The row's name at that time.")
    short_id = serializers.CharField(allow_null=True)
    type = serializers.CharField(allow_null=True)
    trigger = serializers.DictField(allow_null=True, help_text="What set the change off, if no person did.")
    changes = ActivityChangeSerializer(many=True)


class ActivityLogSerializer(serializers.ModelSerializer[ActivityLog]):
    user = UserBasicSerializer(read_only=True, allow_null=True)
    unread = serializers.SerializerMethodField(help_text="Always false: there are no notifications here.")
    detail = ActivityDetailSerializer(read_only=True)
    organization_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = ActivityLog
        fields = [
            "id",
            "user",
            "unread",
            "activity",
            "scope",
            "item_id",
            "detail",
            "created_at",
            "organization_id",
            "was_impersonated",
            "is_system",
        ]
        read_only_fields = fields

    def get_unread(self, entry: ActivityLog) -> bool:
        return False
