"""The one share of a dashboard or an insight: found, changed, given a new token."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Project, User
from common.exceptions import Forbidden
from sharing.models import RetiredToken, SharingConfiguration, access_token
from sharing.services.activities import log_share

GRACE = timedelta(minutes=5)
OPTIONS = (
    "enabled",
    "settings",
    "password_required",
    "expires_at",
    "allowed_networks",
    "locked_filters",
    "hide_query",
)


def find_share(resource: Any) -> SharingConfiguration:
    """That of a dashboard or an insight; one that is not stored, with a token good for nothing, if there is none."""
    return resource.sharing_configurations.first() or SharingConfiguration(**_key(resource))


@transaction.atomic
def update_share(resource: Any, changes: Mapping[str, Any], *, project: Project, user: User) -> SharingConfiguration:
    """Switching off kills every link at once, and switching on again makes a new one. Raises Forbidden."""
    if changes.get("enabled") and not project.organization.allow_publicly_shared_resources:
        raise Forbidden("Public sharing is disabled for this organization.")

    share, was_enabled = _locked(resource)
    for name in OPTIONS:
        if name in changes:
            setattr(share, name, changes[name])
    if share.enabled != was_enabled:
        share.access_token = access_token()
        share.retired_tokens.all().delete()
    share.save()
    if share.enabled != was_enabled:
        change = {"action": "changed", "field": "sharing", "after": share.enabled}
        log_share(share, f"sharing {'enabled' if share.enabled else 'disabled'}", user=user, changes=[change])
    return share


@transaction.atomic
def refresh_share(resource: Any, *, user: User) -> SharingConfiguration:
    """A new token. The old one goes on working for a while, if it did; settings and passwords hold for both."""
    share, is_enabled = _locked(resource)
    now = timezone.now()
    share.retired_tokens.expired(now).delete()
    if is_enabled:
        RetiredToken.objects.create(share=share, access_token=share.access_token, grace_until=now + GRACE)
    share.access_token = access_token()
    share.save(update_fields=["access_token"])
    log_share(share, "access token refreshed", user=user)
    return share


def _locked(resource: Any) -> tuple[SharingConfiguration, bool]:
    share, _ = SharingConfiguration.objects.get_or_create(**_key(resource))
    share = SharingConfiguration.objects.select_for_update(no_key=True).get(pk=share.pk)
    return share, share.enabled


def _key(resource: Any) -> dict[str, Any]:
    return {"team_id": resource.team_id, resource._meta.model_name: resource}
