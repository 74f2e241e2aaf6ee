from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Organization, OrganizationMembership, Project
from accounts.serializers.projects import TeamBasicSerializer
from common.fields import AbsentFlag, AbsentText


class OrganizationBasicSerializer(serializers.ModelSerializer[Organization]):
    slug = serializers.CharField(read_only=True)
    membership_level = serializers.SerializerMethodField()
    logo_media_id = AbsentText()
    is_active = serializers.SerializerMethodField()
    is_not_active_reason = AbsentText()
    is_pending_deletion = AbsentFlag()

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

    @extend_schema_field(serializers.ChoiceField(choices=OrganizationMembership.Level.choices, allow_null=True))
    def get_membership_level(self, organization: Organization) -> int | None:
        user = self.context["request"].user
        return next((m.level for m in organization.memberships.all() if m.user_id == user.pk), None)

    def get_is_active(self, organization: Organization) -> bool:
        return True


class ProjectOfOrganizationSerializer(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = ["id", "organization_id", "name"]


class OrganizationSerializer(OrganizationBasicSerializer):
    teams = TeamBasicSerializer(many=True, read_only=True)
    projects = ProjectOfOrganizationSerializer(many=True, read_only=True)
    member_count = serializers.SerializerMethodField()
    metadata = serializers.SerializerMethodField()
    plugins_access_level = serializers.SerializerMethodField(help_text="0: there are no plugins.")
    is_member_join_email_enabled = AbsentFlag()
    customer_id = AbsentText()
    enforce_2fa = AbsentFlag()
    default_anonymize_ips = AbsentFlag()
    is_ai_data_processing_approved = AbsentFlag()
    default_experiment_stats_method = AbsentText()
    default_role_id = AbsentText()
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
            "plugins_access_level",
            "is_member_join_email_enabled",
            "customer_id",
            "enforce_2fa",
            "default_anonymize_ips",
            "is_ai_data_processing_approved",
            "default_experiment_stats_method",
            "default_role_id",
            "members_can_invite",
            "allow_publicly_shared_resources",
        ]
        read_only_fields = ["created_at", "updated_at"]

    def get_plugins_access_level(self, organization: Organization) -> int:
        return 0

    def get_member_count(self, organization: Organization) -> int:
        return len(organization.memberships.all())

    def get_metadata(self, organization: Organization) -> dict[str, Any]:
        return {"instance_tag": "posthog-lite"}

    def get_available_product_features(self, organization: Organization) -> list[Any]:
        return []
