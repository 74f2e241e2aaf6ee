"""Keys to the API: made, made anew."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import PersonalAPIKey, User
from accounts.tokens import personal_api_key
from common.exceptions import Refusal

MAX_KEYS = 10


@transaction.atomic
def create_personal_api_key(*, user: User, label: str, scopes: list[str], **fields: Any) -> PersonalAPIKey:
    """A key that counts among the user's ten. Its `value` can be read from the answer and never again.

    Raises Refusal for the eleventh. The user's row is locked, so that two callers cannot both make the tenth.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.personal_api_keys.filter(is_counted=True).count() >= MAX_KEYS:
        raise Refusal(
            f"You can only have {MAX_KEYS} personal API keys. Remove an existing key before creating a new one."
        )
    return _new_key(user=user, label=label, scopes=scopes, **fields)


def issue_personal_api_key(
    *,
    user: User,
    label: str,
    scopes: list[str],
    scoped_teams: list[int] | None = None,
    scoped_organizations: list[str] | None = None,
    value: str | None = None,
) -> PersonalAPIKey:
    """An operator's key: not bound by the limit of ten, and not counted in it."""
    return _new_key(
        user=user,
        label=label,
        scopes=scopes,
        scoped_teams=scoped_teams or [],
        scoped_organizations=scoped_organizations or [],
        is_counted=False,
        value=value,
    )


def roll_personal_api_key(key: PersonalAPIKey) -> PersonalAPIKey:
    """Another value for the same key; the old one opens nothing from now on."""
    key.set_value(personal_api_key())
    key.last_rolled_at = timezone.now()
    key.save(update_fields=["secure_value", "mask_value", "last_rolled_at"])
    return key


def _new_key(*, value: str | None = None, **fields: Any) -> PersonalAPIKey:
    key = PersonalAPIKey(**fields)
    key.set_value(value or personal_api_key())
    key.save(force_insert=True)
    return key
