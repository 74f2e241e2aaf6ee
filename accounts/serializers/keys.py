from uuid import UUID

from rest_framework import serializers

from accounts.models import PersonalAPIKey, Project, User
from accounts.scopes import is_scope
from common.fields import AbsentFlag, AbsentText


class PersonalAPIKeySerializer(serializers.ModelSerializer[PersonalAPIKey]):
    value = serializers.CharField(
        read_only=True, allow_null=True, help_text="The key itself: only in the answers of create and roll."
    )
    is_legacy_hashing = AbsentFlag()
    local_dev_value = AbsentText()
    user_id = serializers.IntegerField(read_only=True)
    scopes = serializers.ListField(child=serializers.CharField(max_length=100), allow_empty=False)
    scoped_teams = serializers.ListField(child=serializers.IntegerField())
    scoped_organizations = serializers.ListField(child=serializers.CharField(max_length=100))

    class Meta:
        model = PersonalAPIKey
        fields = [
            "id",
            "label",
            "description",
            "value",
            "mask_value",
            "created_at",
            "last_used_at",
            "last_rolled_at",
            "user_id",
            "scopes",
            "scoped_teams",
            "scoped_organizations",
            "is_legacy_hashing",
            "local_dev_value",
        ]
        read_only_fields = ["id", "mask_value", "created_at", "last_used_at", "last_rolled_at"]

    def validate_description(self, description: str | None) -> str | None:
        return description or None

    def validate_scopes(self, scopes: list[str]) -> list[str]:
        for scope in scopes:
            if not is_scope(scope):
                raise serializers.ValidationError(f"Invalid scope: {scope}")
        return scopes

    def validate_scoped_teams(self, ids: list[int]) -> list[int]:
        mine = set(Project.objects.visible_to(self._user()).values_list("pk", flat=True))
        if not mine.issuperset(ids):
            raise serializers.ValidationError("You must be a member of all teams that you are scoping the key to.")
        return ids

    def validate_scoped_organizations(self, uuids: list[str]) -> list[str]:
        try:
            normal = [str(UUID(text)) for text in uuids]
        except ValueError:
            raise serializers.ValidationError("Invalid organization UUID") from None
        mine = {str(pk) for pk in self._user().organizations.values_list("pk", flat=True)}
        if not mine.issuperset(normal):
            raise serializers.ValidationError(
                "You must be a member of all organizations that you are scoping the key to."
            )
        return normal

    def _user(self) -> User:
        return self.context["request"].user
