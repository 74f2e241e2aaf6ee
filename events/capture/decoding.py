"""From the bytes of a request to JSON values: base64, gzip, deflate, lz64, JSON, within the limits. Pure.

Clients wrap in every order and do not always say so (posthog-js sends gzip as text/plain with no hint), so what the
bytes look like counts as much as what the request claims.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterable
from typing import Any

import orjson

from common.exceptions import TooLarge
from events.capture import lz64
from events.capture.refusals import Malformed

MAX_DEPTH = 64
# base64 in a form, of base64 by hint, of gzip: nothing real is wrapped deeper.
MAX_WRAPPINGS = 3
GZIP_MAGIC = b"\x1f\x8b"
GZIP_HINTS = ("gzip", "gzip-js")
DEFLATE_HINT = "deflate"
LZ64_HINTS = ("lz64", "lz-string")

# Form decoding turns the plus of base64 into a space.
_BASE64_START = re.compile(rb"[A-Za-z0-9+/ _-]{1,128}={0,2}")
_JSON_NUL = b"\\u0000"
_INFLATE_CHUNK = 1024 * 1024


def decode(body: bytes, *, compression: str, limit: int) -> Any:
    """The JSON value in `body`. Raises Malformed, and TooLarge without ever unpacking more than `limit` bytes."""
    if len(body) > limit:
        raise _too_large(limit)
    return parse_json(unwrap(body, compression=compression.lower(), limit=limit))


def unwrap(body: bytes, *, compression: str = "", limit: int) -> bytes:
    if compression in LZ64_HINTS:
        return unlz64(body, limit=limit)
    if compression == DEFLATE_HINT:
        return inflate(body, limit=limit)

    was_gzip = False
    for _ in range(MAX_WRAPPINGS):
        if body.startswith(GZIP_MAGIC):
            body, was_gzip = inflate(body, limit=limit), True
        elif _looks_like_base64(body):
            body = unbase64(body)
        else:
            break
    if compression in GZIP_HINTS and not was_gzip:
        raise Malformed("Failed to decompress data. The data is not gzip.")
    return body


def inflate(body: bytes, *, limit: int) -> bytes:
    """gzip or zlib; in steps, so that a small body that unpacks to gigabytes is stopped at the limit."""
    decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    chunks, size = [], 0
    try:
        while not decompressor.eof:
            chunk = decompressor.decompress(body, _INFLATE_CHUNK)
            body = decompressor.unconsumed_tail
            if not chunk and not body and not decompressor.eof:
                raise Malformed("Failed to decompress data. The data ends too early.")
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            chunks.append(chunk)
    except zlib.error as exc:
        raise Malformed("Failed to decompress data. Invalid gzip data.") from exc
    return b"".join(chunks)


def unlz64(body: bytes, *, limit: int) -> bytes:
    if len(body) > lz64.MAX_COMPRESSED:
        raise _too_large(lz64.MAX_COMPRESSED)
    try:
        return lz64.decompress(body.decode("latin-1"), limit=limit).encode()
    except lz64.TooLong:
        raise _too_large(limit) from None


def unbase64(body: bytes) -> bytes:
    text = body.strip().replace(b" ", b"+").replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as exc:
        raise Malformed("Failed to decode data. Invalid base64 data.") from exc


def parse_json(body: bytes) -> Any:
    """JSON as data, its NUL characters replaced: Postgres has no place for them, and the rest is worth keeping.

    Integers beyond 64 bits become floats: a counter that large is rounded anyway where it came from.
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise Malformed(f"Invalid JSON: {exc}") from exc
    if _is_too_deep(data):
        raise Malformed(f"Invalid JSON: nested more than {MAX_DEPTH} levels deep.")
    return _without_nul(data) if _JSON_NUL in body else data


def _looks_like_base64(body: bytes) -> bool:
    """JSON never does: it starts with a brace or a bracket."""
    return _BASE64_START.fullmatch(body.strip()[:128]) is not None


def _is_too_deep(data: Any) -> bool:
    """Walks level by level, so that depth costs no stack."""
    level = [data] if isinstance(data, dict | list) else []
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return False
        level = [child for value in level for child in _children(value) if isinstance(child, dict | list)]
    return True


def _children(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, list):
        return [_without_nul(element) for element in value]
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(member) for name, member in value.items()}
    return value


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The request is larger than {limit // 1024 // 1024} MiB.")
