from rest_framework import serializers

from events.models import Group, GroupType


class GroupTypeSerializer(serializers.ModelSerializer[GroupType]):
    class Meta:
        model = GroupType
        fields = ["group_type", "group_type_index", "name_singular", "name_plural", "created_at"]
        read_only_fields = fields


class GroupSerializer(serializers.ModelSerializer[Group]):
    group_properties = serializers.DictField(read_only=True)

    class Meta:
        model = Group
        fields = ["group_type_index", "group_key", "group_properties", "created_at"]
        read_only_fields = fields
