from typing import Any

from rest_framework import serializers

from accounts.models import Organization, Project
from accounts.serializers.projects import TeamBasicSerializer


class OrganizationBasicSerializer(serializers.ModelSerializer[Organization]):
    slug = serializers.CharField(read_only=True)
    membership_level = serializers.SerializerMethodField()
    logo_media_id = serializers.SerializerMethodField(help_text="Always null: there are no logos here.")
    is_active = serializers.SerializerMethodField()
    is_not_active_reason = serializers.SerializerMethodField()
    is_pending_deletion = serializers.SerializerMethodField()

    class Meta:
        model = Organization
        fields = [
            "id",
            "name",
            "slug",
            "logo_media_id",
            "membership_level",
            "members_can_use_personal_api_keys",
            "is_active",
            "is_not_active_reason",
            "is_pending_deletion",
        ]

    def get_membership_level(self, organization: Organization) -> int | None:
        user = self.context["request"].user
        return next((m.level for m in organization.memberships.all() if m.user_id == user.pk), None)

    def get_logo_media_id(self, organization: Organization) -> str | None:
        return None

    def get_is_active(self, organization: Organization) -> bool:
        return True

    def get_is_not_active_reason(self, organization: Organization) -> str | None:
        return None

    def get_is_pending_deletion(self, organization: Organization) -> bool:
        return False


class ProjectOfOrganizationSerializer(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = ["id", "organization_id", "name"]


class OrganizationSerializer(OrganizationBasicSerializer):
    teams = TeamBasicSerializer(many=True, read_only=True)
    projects = ProjectOfOrganizationSerializer(many=True, read_only=True)
    member_count = serializers.SerializerMethodField()
    metadata = serializers.SerializerMethodField()
    available_product_features = serializers.SerializerMethodField(
        help_text="Everything is on for everyone, so nothing is listed as bought."
    )

    class Meta(OrganizationBasicSerializer.Meta):
        fields = [
            *OrganizationBasicSerializer.Meta.fields,
            "created_at",
            "updated_at",
            "teams",
            "projects",
            "member_count",
            "metadata",
            "available_product_features",
            "members_can_invite",
            "allow_publicly_shared_resources",
        ]
        read_only_fields = ["created_at", "updated_at"]

    def get_member_count(self, organization: Organization) -> int:
        return len(organization.memberships.all())

    def get_metadata(self, organization: Organization) -> dict[str, Any]:
        return {"instance_tag": "posthog-lite"}

    def get_available_product_features(self, organization: Organization) -> list[Any]:
        return []
