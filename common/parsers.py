"""Bodies of requests: read within the limits, and only what Postgres can store and give back unchanged."""

import json
import re
from collections.abc import Iterable
from typing import Any

import orjson
from django.conf import settings
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from common.exceptions import Refusal, TooLarge

MAX_DEPTH = 64
MAX_INTEGER = 2**63 - 1
# orjson turns integers beyond 64 bits into floats without a word; only a run of digits this long can be one.
_LONG_NUMBER = re.compile(rb"\d{19}")


def read_limited(stream: Any, limit: int) -> bytes:
    """The whole body. Raises TooLarge, before reading more than `limit` bytes of it."""
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(f"Request body is larger than {limit // 1024 // 1024} MiB.")
    return body


def parse_json(body: bytes) -> Any:
    """JSON as data. Raises ParseError for text that is no JSON, Refusal for JSON that cannot be kept.

    Refused are NUL characters, nesting beyond 64 levels, and numbers beyond 64 bits: Postgres has no place for the
    first, Python none for the second, and the third come back as integers that most programs cannot read.
    """
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise ParseError(f"JSON parse error - {_standard_message(body, exc)}") from exc
    if _LONG_NUMBER.search(body):
        _refuse_wide_integers(body)
    _refuse_unstorable(data)
    return data


def _standard_message(body: bytes, exc: orjson.JSONDecodeError) -> str:
    """The words of Python's own parser, which clients of DRF know; orjson's where it is the stricter one."""
    try:
        json.loads(body)
    except (ValueError, RecursionError) as standard:
        return str(standard)
    return str(exc)


def _refuse_wide_integers(body: bytes) -> None:
    def parse_int(digits: str) -> int:
        if len(digits) > 20 or abs(int(digits)) > MAX_INTEGER:
            raise Refusal("A number is too large. Send it as a string.")
        return int(digits)

    json.loads(body, parse_int=parse_int)


def _refuse_unstorable(data: Any) -> None:
    """Walks level by level, so that depth costs no stack."""
    level: list[Any] = [data]
    for _ in range(MAX_DEPTH + 1):
        level = [child for value in level for child in _children(value)]
        if not level:
            return
    raise Refusal(f"JSON is nested more than {MAX_DEPTH} levels deep.")


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, str):
        _refuse_nul(value)
        return ()
    if isinstance(value, float) and abs(value) >= MAX_INTEGER:
        raise Refusal("A number is too large. Send it as a string.")
    if isinstance(value, dict):
        for key in value:
            _refuse_nul(key)
        return value.values()
    return value if isinstance(value, list) else ()


def _refuse_nul(text: str) -> None:
    if "\x00" in text:
        raise Refusal("Null characters are not allowed.", code="null_characters_not_allowed")


class JSONParser(parsers.JSONParser):
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = read_limited(stream, settings.API_BODY_LIMIT)
        return parse_json(body)


class _LimitedFormMixin:
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        length = parser_context["request"].META.get("CONTENT_LENGTH") or "0"
        if int(length) > settings.API_BODY_LIMIT:
            raise TooLarge(f"Request body is larger than {settings.API_BODY_LIMIT // 1024 // 1024} MiB.")
        return super().parse(stream, media_type, parser_context)  # type: ignore[misc]


class FormParser(_LimitedFormMixin, parsers.FormParser):
    pass


class MultiPartParser(_LimitedFormMixin, parsers.MultiPartParser):
    pass
