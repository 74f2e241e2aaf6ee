"""Passwords tried at a share, and how many a visitor may try.

Three things hold at once. Guessing is slow: strangers have 60 tries a minute at a share between them, and each of them
20. It is cheap for the server: a try is paid for before it is compared, and a share compares one at a time. And it
cannot lock out who knows the password: nothing lasts longer than the minute, and whoever has opened the share before
pays from a budget of his own, which strangers cannot use up.
"""

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from sharing import unlock_tokens
from sharing.models import SharePassword, SharingConfiguration, UnlockBudget
from sharing.networks import household_of
from sharing.services.activities import log_share
from sharing.unlock_tokens import Unlocking

WINDOW = timedelta(minutes=1)
TRIES_OF_STRANGERS = 60
TRIES_OF_ONE = 20
STRANGERS = ""
LONGEST_PASSWORD = 128

#: How long a try waits for another one at the same share to be compared.
PATIENCE_SECONDS = 1.0
STEP_SECONDS = 0.05
BUSY_SECONDS = 1

STRANGERS_ARE_FORGOTTEN = timedelta(hours=1)
KNOWN_ARE_FORGOTTEN = timedelta(days=60)
SWEEP_EVERY = 50


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """The password that was right, or None; `retry_after` in seconds if it was not even compared."""

    password: SharePassword | None = None
    retry_after: int = 0


def try_password(share: SharingConfiguration, text: object, *, address: str) -> Attempt:
    visitor = _visitor(address)
    wait = _charge(share, visitor)
    if wait:
        return Attempt(retry_after=wait)

    attempt = _compare(share, text)
    if attempt.password is not None:
        UnlockBudget.objects.filter(share=share, visitor=visitor).update(is_known=True)
    if not attempt.retry_after:
        _log(share, attempt, address)
    return attempt


def issue_token(share: SharingConfiguration, password: SharePassword, *, access_token: str) -> str:
    """`access_token` is the one in the visitor's link."""
    unlocking = Unlocking(share_password_id=password.pk, team_id=share.team_id, access_token=access_token)
    return unlock_tokens.issue(unlocking)


def is_unlocked(share: SharingConfiguration, unlocking: Unlocking | None, *, access_token: str) -> bool:
    """Whether the token opens the share at this link; no longer when the password has been deleted since."""
    if unlocking is None or (unlocking.access_token, unlocking.team_id) != (access_token, share.team_id):
        return False
    return share.passwords.active().filter(pk=unlocking.share_password_id).exists()


def _charge(share: SharingConfiguration, visitor: str) -> int:
    """Takes one try. Returns the seconds to wait if there is none left, else 0.

    The first look takes no lock, so that a flood of tries does not queue up for one. A stranger gets a row of his own
    only while strangers may try, so that nobody fills the table.
    """
    now = timezone.now()
    budgets = UnlockBudget.objects.filter(share=share).in_bulk_by_visitor([STRANGERS, visitor])
    is_known = visitor in budgets and budgets[visitor].is_known
    payers = [visitor] if is_known else [STRANGERS, visitor]
    wait = max((_seconds_to_wait(budgets[payer], now) for payer in payers if payer in budgets), default=0)
    return wait or _spend(share, payers, now)


@transaction.atomic
def _spend(share: SharingConfiguration, payers: list[str], now: datetime) -> int:
    budgets = [UnlockBudget.objects.locked(share, payer) for payer in payers]
    wait = max(_seconds_to_wait(budget, now) for budget in budgets)
    if wait:
        return wait
    for budget in budgets:
        is_over = now >= budget.began_at + WINDOW
        budget.began_at = now if is_over else budget.began_at
        budget.spent = 1 if is_over else budget.spent + 1
        budget.save(update_fields=["began_at", "spent"])
    if random.randrange(SWEEP_EVERY) == 0:
        UnlockBudget.objects.sweep(strangers=now - STRANGERS_ARE_FORGOTTEN, known=now - KNOWN_ARE_FORGOTTEN)
    return 0


def _seconds_to_wait(budget: UnlockBudget, now: datetime) -> int:
    left = (budget.began_at + WINDOW - now).total_seconds()
    limit = TRIES_OF_ONE if budget.visitor else TRIES_OF_STRANGERS
    return ceil(left) if left > 0 and budget.spent >= limit else 0


def _compare(share: SharingConfiguration, text: object) -> Attempt:
    """One try at a time for a share, whatever the number of processes: its row is locked meanwhile."""
    if not _could_be_password(text):
        return Attempt()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with transaction.atomic():
            if SharingConfiguration.objects.lock_unless_busy(share):
                return Attempt(password=_matching(share, str(text)))
        if time.monotonic() > deadline:
            return Attempt(retry_after=BUSY_SECONDS)
        _rest()


def _matching(share: SharingConfiguration, text: str) -> SharePassword | None:
    passwords = share.passwords.active()
    return next((one for one in passwords if check_password(text, one.password_hash)), None)


def _could_be_password(text: object) -> bool:
    """Half a surrogate pair can be sent in JSON, but not be hashed."""
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_PASSWORD:
        return False
    return text.encode("utf-8", "ignore").decode() == text


def _rest() -> None:
    if not connection.in_atomic_block:
        connection.close()  # back to the pool
    time.sleep(STEP_SECONDS)


def _visitor(address: str) -> str:
    """A keyed hash, so that the table holds no addresses."""
    return salted_hmac("sharing.visitor", household_of(address), algorithm="sha256").hexdigest()


def _log(share: SharingConfiguration, attempt: Attempt, address: str) -> None:
    outcome: dict[str, Any] = {
        "access_token_suffix": share.access_token[-6:],
        "client_ip": address or None,
        "success": attempt.password is not None,
        "resource_type": share.resource_type.lower(),
    }
    if attempt.password is not None:
        outcome |= {"password_id": str(attempt.password.pk), "password_note": str(attempt.password)}
    activity = "share_login_success" if attempt.password else "share_login_failed"
    change = {"action": "changed", "field": "authentication_attempt", "after": outcome}
    log_share(share, activity, user=None, changes=[change])
