"""What a right password is exchanged for: a JWT that opens one share for a day."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import jwt
from django.conf import settings
from django.utils.crypto import salted_hmac

AUDIENCE = "posthog:sharing_password_protected"
ALGORITHM = "HS256"
LIFETIME = timedelta(hours=24)
LONGEST = 2000


@dataclass(frozen=True, kw_only=True)
class Unlocking:
    """Bound to the password it came from, and to the address of the link: it dies with either."""

    share_password_id: int
    team_id: int
    access_token: str


def issue(unlocking: Unlocking) -> str:
    now = datetime.now(UTC)
    claims = {
        "share_password_id": unlocking.share_password_id,
        "team_id": unlocking.team_id,
        "access_token": unlocking.access_token,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + LIFETIME,
    }
    return jwt.encode(claims, _key(), algorithm=ALGORITHM)


def read(token: str) -> Unlocking | None:
    """None for anything that we have not issued, and for what has run out."""
    if len(token) > LONGEST:
        return None
    try:
        claims = jwt.decode(token, _key(), algorithms=[ALGORITHM], audience=AUDIENCE, options={"require": ["exp"]})
        return Unlocking(
            share_password_id=int(claims["share_password_id"]),
            team_id=int(claims["team_id"]),
            access_token=str(claims["access_token"]),
        )
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
        return None


def is_ours(token: str) -> bool:
    """Whether it says of itself, unproven, that it unlocks shares. Keys of other kinds do not even look like it."""
    if token.count(".") != 2 or len(token) > LONGEST:
        return False
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return False
    return claims.get("aud") == AUDIENCE


def _key() -> str:
    return salted_hmac("sharing.unlock_tokens", "key", algorithm="sha256", secret=settings.SECRET_KEY).hexdigest()
