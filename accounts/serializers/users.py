from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from accounts.models import Organization, Team, User
from accounts.serializers.absent import absent_fields
from accounts.serializers.organizations import OrganizationBasicSerializer, OrganizationSerializer
from accounts.serializers.projects import TeamBasicSerializer
from common.reading import ReadsByPlan

HEDGEHOG_KEYS = ("use_as_profile", "color", "accessories", "skin")


class UserBasicSerializer(ReadsByPlan, serializers.ModelSerializer[User]):
    """A person beside what they made: `created_by` and its kind."""

    hedgehog_config = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = [
            "id",
            "uuid",
            "distinct_id",
            "first_name",
            "last_name",
            "email",
            "is_email_verified",
            "hedgehog_config",
            "role_at_organization",
        ]
        read_only_fields = fields

    def get_hedgehog_config(self, user: User) -> dict[str, Any] | None:
        config = user.hedgehog_config
        if not isinstance(config, dict) or not config:
            return None
        return {key: config.get(key) for key in HEDGEHOG_KEYS}


class UserSerializer(serializers.ModelSerializer[User]):
    """The caller's own account. Needs the context of `UserViewSet`: memberships and teams are prefetched."""

    has_password = serializers.SerializerMethodField()
    notification_settings = serializers.SerializerMethodField(help_text="Always empty: nothing is sent to anybody.")
    toolbar_mode = serializers.SerializerMethodField(help_text="Always `disabled`: there is no toolbar.")
    events_column_config = serializers.SerializerMethodField()
    is_organization_first_user = serializers.SerializerMethodField(
        help_text="Whether nobody was in the current organization before."
    )
    team = TeamBasicSerializer(source="current_team", read_only=True, allow_null=True)
    organization = OrganizationSerializer(source="current_organization", read_only=True, allow_null=True)
    organizations = OrganizationBasicSerializer(many=True, read_only=True)
    set_current_organization = serializers.CharField(
        write_only=True, required=False, help_text="UUID of the organization that `@current` shall mean."
    )
    set_current_team = serializers.CharField(
        write_only=True, required=False, help_text="Id of the project that `@current` shall mean."
    )
    password = serializers.CharField(write_only=True, required=False, allow_null=True, max_length=128)
    current_password = serializers.CharField(write_only=True, required=False, max_length=128)

    class Meta:
        model = User
        fields = [
            "date_joined",
            "uuid",
            "distinct_id",
            "first_name",
            "last_name",
            "email",
            "is_email_verified",
            "notification_settings",
            "anonymize_data",
            "toolbar_mode",
            "has_password",
            "id",
            "is_staff",
            "team",
            "organization",
            "organizations",
            "set_current_organization",
            "set_current_team",
            "password",
            "current_password",
            "events_column_config",
            "is_organization_first_user",
            "theme_mode",
            "hedgehog_config",
            "role_at_organization",
        ]
        read_only_fields = ["date_joined", "uuid", "distinct_id", "is_email_verified", "id", "is_staff"]
        extra_kwargs = {
            "hedgehog_config": {"help_text": "Free JSON; what others see of it is cut to four keys."},
        }

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**super().get_fields(), **absent_fields("user")}

    def get_notification_settings(self, user: User) -> dict[str, Any]:
        return {}

    def get_toolbar_mode(self, user: User) -> str:
        return "disabled"

    def get_events_column_config(self, user: User) -> dict[str, Any]:
        return {"active": "DEFAULT"}

    def get_is_organization_first_user(self, user: User) -> bool | None:
        memberships = user.current_organization.memberships.all() if user.current_organization else ()
        return memberships[0].user_id == user.pk if memberships else None

    def get_has_password(self, user: User) -> bool:
        return user.has_usable_password()

    def validate_email(self, email: str) -> str:
        if User.objects.exclude(pk=self._user().pk).filter(email__iexact=email).exists():
            raise serializers.ValidationError("user with this email already exists.", code="unique")
        return User.objects.normalize_email(email)

    def validate_set_current_organization(self, reference: str) -> Organization:
        found = next((o for o in self._user().organizations.all() if str(o.pk) == reference.lower()), None)
        return found or self._does_not_exist(reference)

    def validate_set_current_team(self, reference: str) -> Team:
        teams = (team for o in self._user().organizations.all() for team in o.teams)
        found = next((team for team in teams if str(team.pk) == reference), None)
        return found or self._does_not_exist(reference)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("password"):
            return attrs
        user = self._user()
        if user.has_usable_password():
            self._check_current_password(attrs.get("current_password"))
        try:
            validate_password(attrs["password"], user)
        except DjangoValidationError as error:
            raise serializers.ValidationError({"password": error.messages}) from None
        return attrs

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        validated_data.pop("current_password", None)
        password = validated_data.pop("password", None)
        if password:
            instance.set_password(password)
        team: Team | None = validated_data.pop("set_current_team", None)
        organization: Organization | None = validated_data.pop("set_current_organization", None)
        if organization is not None:
            instance.current_organization = organization
            instance.current_team = next(iter(organization.teams), None)
        if team is not None:
            instance.current_organization, instance.current_team = team.project.organization, team
        return super().update(instance, validated_data)

    def _check_current_password(self, password: str | None) -> None:
        if not password:
            detail = "This field is required when updating your password."
            raise serializers.ValidationError({"current_password": detail}, code="required")
        if not self._user().check_password(password):
            detail = "Your current password is incorrect."
            raise serializers.ValidationError({"current_password": detail}, code="incorrect_password")

    def _user(self) -> User:
        assert self.instance is not None
        return self.instance

    def _does_not_exist(self, reference: str) -> Any:
        raise serializers.ValidationError(f"Object with id={reference} does not exist.", code="does_not_exist")
