"""What an SDK's request carries, wherever it put it: query, form or body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest

from common.exceptions import TooLarge
from events.capture.decoding import decode
from events.capture.payload import Hints
from events.capture.refusals import Malformed

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
MAX_FORM_FIELDS = 100


@dataclass(frozen=True)
class Message:
    data: Any
    hints: Hints


def read_message(request: HttpRequest) -> Message:
    """Raises Malformed and TooLarge."""
    query = request.GET
    body = body_of(request)
    form = _form(request, body)
    raw = query.get("data") or form.get("data") or body
    if not raw:
        raise Malformed("The request has no data.")

    compression = query.get("compression") or form.get("compression") or request.headers.get("Content-Encoding") or ""
    return Message(
        data=decode(
            raw.encode() if isinstance(raw, str) else raw, compression=compression, limit=settings.CAPTURE_BODY_LIMIT
        ),
        hints=Hints(
            token=_first(form, query, names=("token", "api_key")), sent_at=_first(form, query, names=("sent_at", "_"))
        ),
    )


def body_of(request: HttpRequest) -> bytes:
    """Raises TooLarge."""
    limit = settings.CAPTURE_BODY_LIMIT
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > limit:
        raise TooLarge(f"The request is larger than {limit // 1024 // 1024} MiB.")
    return request.body


def _form(request: HttpRequest, body: bytes) -> Mapping[str, str]:
    """The fields, also where a form was sent as plain text (sendBeacon); empty where the body is something else."""
    if request.content_type == MULTIPART:
        return request.POST
    if request.content_type != URLENCODED and not body.startswith(b"data="):
        return {}
    try:
        return dict(parse_qsl(body.decode("latin-1"), max_num_fields=MAX_FORM_FIELDS))
    except ValueError:
        raise Malformed(f"The form has more than {MAX_FORM_FIELDS} fields.") from None


def _first(*sources: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((source[name] for source in sources for name in names if source.get(name)), None)
