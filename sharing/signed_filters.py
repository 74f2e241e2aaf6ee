"""Filters that the owner of a share signs into its links, so that each viewer sees only his part. Pure.

With `locked_filters: {"secret": "…"}` a share opens only by links of this form, made on the owner's server:

    /shared/<token>?filters=<f>&exp=<e>&signature=<s>

    f  base64url, without padding, of the JSON of dashboard filters, as in a dashboard's `filters`, for example
       {"properties": [{"key": "customer", "value": "acme", "type": "event"}]}
    e  the second (Unix time) after which the link does not open any more
    s  hex of HMAC-SHA256, keyed with the secret, of "<token>.<e>.<f>"

In Python: hmac.new(secret.encode(), f"{token}.{e}.{f}".encode(), "sha256").hexdigest(). The filters are laid over those
of the dashboard and of each tile, and none of them can take them away. Other filters in a link are never looked at.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import orjson

JSON = dict[str, Any]
LONGEST = 4096
KEYS = {
    "breakdown_filter",
    "date_from",
    "date_to",
    "explicitDate",
    "filterTestAccounts",
    "interval",
    "properties",
}


def sign(filters: JSON, *, secret: str, access_token: str, expires: int) -> dict[str, str]:
    """The parameters of a link."""
    text = urlsafe_b64encode(orjson.dumps(filters)).decode().rstrip("=")
    signature = _signature(text, str(expires), secret=secret, access_token=access_token)
    return {"filters": text, "exp": str(expires), "signature": signature}


def read(parameters: Mapping[str, str], *, secret: str, access_token: str, now: float) -> JSON | None:
    """The filters in a link; None unless they are signed with `secret`, for this share, and still hold."""
    text, expires = parameters.get("filters", ""), parameters.get("exp", "")
    if len(text) > LONGEST or not (expires.isascii() and expires.isdigit() and len(expires) <= 12):
        return None
    expected = _signature(text, expires, secret=secret, access_token=access_token)
    if not hmac.compare_digest(expected.encode(), parameters.get("signature", "").encode("utf-8", "replace")):
        return None
    if now >= int(expires):
        return None
    return _decoded(text)


def _signature(text: str, expires: str, *, secret: str, access_token: str) -> str:
    message = f"{access_token}.{expires}.{text}"
    return hmac.new(secret.encode(), message.encode("utf-8", "replace"), "sha256").hexdigest()


def _decoded(text: str) -> JSON | None:
    """A key that no filter knows would narrow nothing, though the owner meant it to."""
    try:
        filters = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None
    properties = filters.get("properties") if isinstance(filters, dict) else None
    is_sound = isinstance(filters, dict) and set(filters) <= KEYS and isinstance(properties, list | None)
    return filters if is_sound else None
