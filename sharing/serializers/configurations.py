import secrets
from ipaddress import ip_network
from typing import Any

from drf_spectacular.utils import extend_schema_field
from pydantic import ValidationError as Invalid
from rest_framework import serializers

from sharing.models import SharePassword, SharingConfiguration
from sharing.services.unlocking import LONGEST_PASSWORD
from sharing.share_settings import FLAGS, clean_settings

MOST_NETWORKS = 100
SECRET_LENGTHS = (32, 200)


@extend_schema_field(
    {
        "type": "object",
        "nullable": True,
        "properties": {
            **{name: {"type": "boolean"} for name in FLAGS},
            "theme": {"type": "string", "enum": ["light", "dark", "system"]},
        },
    }
)
class ShareSettingsField(serializers.DictField):
    """How the page looks. Replaces the whole; unknown keys are dropped."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise serializers.ValidationError("Invalid settings format")
        try:
            return clean_settings(data)
        except Invalid:
            raise serializers.ValidationError("Invalid settings format") from None


@extend_schema_field({"type": "object", "nullable": True, "properties": {"secret": {"type": "string"}}})
class LockedFiltersField(serializers.DictField):
    """`{"secret": "…"}`, or `{}` (also `true`) to have one made; `false` is null."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if isinstance(data, bool):
            data = {} if data else None
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        sent = super().to_internal_value(data)
        secret = sent.get("secret")
        if secret is None:
            return {"secret": secrets.token_hex(32)}
        shortest, longest = SECRET_LENGTHS
        if not isinstance(secret, str) or not shortest <= len(secret) <= longest:
            raise serializers.ValidationError(f"The secret must be a text of {shortest} to {longest} characters.")
        return {"secret": secret}


class NetworkField(serializers.CharField):
    """An address or a network, like `203.0.113.7` or `2001:db8::/32`."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise serializers.ValidationError(f"{text[:50]!r} is neither an address nor a network.") from None
        return text


class SharePasswordSerializer(serializers.ModelSerializer[SharePassword]):
    created_by_email = serializers.CharField(read_only=True)

    class Meta:
        model = SharePassword
        fields = ["id", "created_at", "note", "created_by_email", "is_active"]
        read_only_fields = fields


class SharingConfigurationSerializer(serializers.ModelSerializer[SharingConfiguration]):
    """The public link of a dashboard or an insight, stored or not."""

    settings = ShareSettingsField(required=False, allow_null=True, help_text="How the page looks. Replaces the whole.")
    share_passwords = serializers.SerializerMethodField(help_text="Those that open it now, newest first.")
    user_access_level = serializers.SerializerMethodField()
    allowed_networks = serializers.ListField(
        child=NetworkField(),
        required=False,
        allow_null=True,
        allow_empty=False,
        max_length=MOST_NETWORKS,
        help_text="Addresses and networks (CIDR) from which the link opens; null for anywhere.",
    )
    locked_filters = LockedFiltersField(
        required=False,
        allow_null=True,
        help_text="`{}` or `{secret}`: the link opens only with filters that are signed with the secret, as "
        "`?filters=F&exp=E&signature=S`: F the base64url JSON of dashboard filters, E a Unix time, "
        "S the hex HMAC-SHA256 of `TOKEN.E.F`.",
    )

    class Meta:
        model = SharingConfiguration
        fields = [
            "created_at",
            "enabled",
            "access_token",
            "settings",
            "password_required",
            "share_passwords",
            "user_access_level",
            "expires_at",
            "allowed_networks",
            "locked_filters",
            "hide_query",
        ]
        read_only_fields = ["created_at", "access_token"]
        extra_kwargs = {
            "created_at": {"allow_null": True, "help_text": "Null while nothing is stored."},
            "access_token": {"help_text": "The last part of the link. Anew in each answer until something is stored."},
            "enabled": {"help_text": "Switching off kills the link; switching on again makes another."},
            "expires_at": {"help_text": "From then on the link does not open."},
            "hide_query": {"help_text": "Show the answers without what was asked."},
        }

    @extend_schema_field(SharePasswordSerializer(many=True))
    def get_share_passwords(self, share: SharingConfiguration) -> list[dict[str, Any]]:
        passwords = list(share.passwords.active().select_related("created_by")) if share.is_stored else []
        return SharePasswordSerializer(passwords, many=True).data  # type: ignore[return-value]

    def get_user_access_level(self, share: SharingConfiguration) -> str:
        return share.resource.access_level_of(self.context["user"], self.context["project"])


class SharePasswordBody(serializers.Serializer[Any]):
    raw_password = serializers.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        trim_whitespace=False,
        max_length=LONGEST_PASSWORD,
        help_text="At least 8 characters. Left out, the server makes one up.",
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=100, help_text="Whom it is for.")

    def validate_raw_password(self, text: str | None) -> str:
        if text and len(text) < 8:
            raise serializers.ValidationError("Password must be at least 8 characters long.")
        return text or ""


class SharePasswordResult(serializers.ModelSerializer[SharePassword]):
    """A new password. Its text is in this answer and in no other."""

    password = serializers.CharField(read_only=True)
    created_by_email = serializers.CharField(read_only=True)

    class Meta:
        model = SharePassword
        fields = ["id", "password", "note", "created_at", "created_by_email"]
        read_only_fields = fields
