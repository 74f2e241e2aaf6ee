from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.access import LEVELS_OF_PROJECTS, LEVELS_OF_ROWS, RESOURCES, levels_of
from accounts.models import AccessControl, OrganizationMembership

ALL_LEVELS = tuple(dict.fromkeys(LEVELS_OF_ROWS + LEVELS_OF_PROJECTS))


class AccessControlSerializer(serializers.ModelSerializer[AccessControl]):
    """A rule: for one member, or for everybody where no member is named."""

    role = serializers.SerializerMethodField(help_text="Always null: there are no roles here.")

    class Meta:
        model = AccessControl
        fields = [
            "access_level",
            "resource",
            "resource_id",
            "organization_member",
            "role",
            "created_by",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    def get_role(self, rule: AccessControl) -> str | None:
        return None


class AccessControlBody(serializers.Serializer[Any]):
    """Needs `resource` in the context, unless a subclass takes it from the body."""

    access_level = serializers.CharField(allow_null=True, help_text="Null removes the rule.")
    organization_member = serializers.CharField(
        required=False, allow_null=True, help_text="Id of a membership. Left out, the rule is for everybody."
    )
    role = serializers.CharField(required=False, allow_null=True, help_text="There are no roles here.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("organization_member") and attrs.get("role"):
            raise ValidationError("You can not scope an access control to both a member and a role.")
        if attrs.get("role"):
            raise ValidationError({"role": f"Invalid role id. There is no role {attrs['role'][:50]}."})
        levels = levels_of(attrs.get("resource") or self.context["resource"])
        if attrs["access_level"] is not None and attrs["access_level"] not in levels:
            raise ValidationError({"access_level": f"Invalid access level. Must be one of: {', '.join(levels)}"})
        attrs.pop("role", None)
        return attrs


class ResourceAccessControlBody(AccessControlBody):
    resource = serializers.ChoiceField(choices=RESOURCES, help_text="The kind of rows that the rule is about.")


class AccessControlsResult(serializers.Serializer[Any]):
    access_controls = AccessControlSerializer(many=True, read_only=True)
    available_access_levels = serializers.ListField(child=serializers.CharField(), read_only=True)
    default_access_level = serializers.CharField(read_only=True)
    minimum_access_level = serializers.CharField(read_only=True)
    maximum_access_level = serializers.CharField(read_only=True)
    user_access_level = serializers.CharField(read_only=True)
    user_can_edit_access_levels = serializers.BooleanField(read_only=True)


class UserWithAccessSerializer(serializers.Serializer[Any]):
    user_id = serializers.IntegerField(read_only=True)
    access_level = serializers.ChoiceField(choices=ALL_LEVELS, read_only=True)
    access_source = serializers.ChoiceField(
        choices=["explicit_member", "explicit_role", "organization_admin", "project_admin", "creator", "default"],
        read_only=True,
    )
    organization_membership_id = serializers.UUIDField(read_only=True)
    organization_membership_level = serializers.ChoiceField(
        choices=OrganizationMembership.Level.choices, read_only=True
    )


class UsersWithAccessResult(serializers.Serializer[Any]):
    users = UserWithAccessSerializer(many=True, read_only=True)
    total_count = serializers.IntegerField(read_only=True)
