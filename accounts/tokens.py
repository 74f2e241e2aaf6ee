"""Random texts that name or open something, and the hash under which a key is kept. Pure."""

import hashlib
import secrets
import string

# No 0 O 1 l I: people read keys aloud.
_ALPHABET = "".join(letter for letter in string.ascii_letters + string.digits if letter not in "0O1lI")


def random_text(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def personal_api_key() -> str:
    """`phx_` and 48 letters: as much chance as 35 random bytes."""
    return f"phx_{random_text(48)}"


def project_token() -> str:
    """`phc_` and 43 letters. It is public, names a project to capture, and opens nothing."""
    return f"phc_{random_text(43)}"


def hash_key(key: str) -> str:
    """No salt and no slow hash: the key itself is random enough that guessing is hopeless (PostHog's format)."""
    return f"sha256${hashlib.sha256(key.encode()).hexdigest()}"


def mask_key(key: str) -> str:
    return f"{key[:4]}...{key[-4:]}"
