"""Passwords of a share: made and taken away."""

import secrets

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from common.exceptions import Missing, Refusal
from sharing.models import SharePassword, SharingConfiguration

#: Every try is compared with all of them, so their number is what a try costs.
MOST_PASSWORDS = 10


@transaction.atomic
def create_password(share: SharingConfiguration, *, raw_password: str, note: str, user: User) -> SharePassword:
    """Its text can be read from the answer and never again; an empty one is made up. Raises Refusal."""
    share = SharingConfiguration.objects.select_for_update(no_key=True).get(pk=share.pk)
    if share.passwords.active().count() >= MOST_PASSWORDS:
        raise Refusal(f"A share can have at most {MOST_PASSWORDS} passwords. Delete one before you add another.")

    text = raw_password or secrets.token_urlsafe(16)
    created = share.passwords.create(password_hash=make_password(text), note=note, created_by=user)
    created.password = text
    return created


def refuse_unless_protected(share: SharingConfiguration) -> None:
    if not (share.is_stored and share.password_required):
        raise Refusal("Password protection must be enabled before creating passwords", legacy_key="error")


def delete_password(share: SharingConfiguration, pk: int) -> None:
    """Raises Missing, also for one that was deleted before or is another share's."""
    if not share.is_stored or not share.passwords.active().filter(pk=pk).update(is_active=False):
        raise Missing("Password not found")
