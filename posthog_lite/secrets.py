"""The secret key: given, or generated once into the data folder; never a default."""

import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MINIMUM_LENGTH = 32
EXAMPLES = ("change-me", "changeme", "example", "django-insecure", "your-secret", "secret-key")


def secret_key(given: str, *, data_dir: Path, may_generate: bool) -> str:
    """The key from the environment, else the one kept in `data_dir`, made on first use.

    Raises ImproperlyConfigured for an example or a short key, and, unless `may_generate`, for a missing one.
    """
    if given:
        return _refuse_weak(given)
    if not may_generate:
        raise ImproperlyConfigured("Set SECRET_KEY: a long random text, the same for every process of this server.")
    return _kept_in(data_dir / "secret_key")


def _refuse_weak(key: str) -> str:
    if len(key) < MINIMUM_LENGTH or any(example in key.lower() for example in EXAMPLES):
        raise ImproperlyConfigured(
            f"SECRET_KEY is an example or shorter than {MINIMUM_LENGTH} characters. Make one with: "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return key


def _kept_in(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # A link made from a finished file: of two processes that start together, both read the same key.
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
