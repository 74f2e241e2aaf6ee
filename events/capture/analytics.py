"""Capture v1, `POST /i/v1/analytics/events`: the token in a header, and an answer for each event.

SDKs speak it when they are told to. Its errors have three keys of their own beside the four that all ours have.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import http_date

from common.addresses import client_address
from common.exceptions import TooLarge
from events.capture.answers import answer, public_endpoint
from events.capture.decoding import DEFLATE_HINT, GZIP_HINTS, decode
from events.capture.payload import DROPPED_NAMES, MAX_EVENTS, EventUnusable, check_token, read_event
from events.capture.refusals import KeyMissing, Malformed, NotUnderstood
from events.capture.requests import body_of
from events.capture.teams import find_team
from events.capture.timestamps import parse_sent_at
from events.incoming import IncomingEvent
from events.ingestion import store_events

JSON = "application/json"
ENCODINGS = ("", "identity", DEFLATE_HINT, *GZIP_HINTS)
ERRORS = {
    400: "request_parsing_error",
    401: "missing_authorization",
    405: "request_parsing_error",
    413: "payload_too_large",
    415: "unsupported_content_type",
    503: "service_unavailable",
}
# What an event says of itself in `options`, and the property that the rest of the program reads.
OPTIONS = {
    "process_person_profile": "$process_person_profile",
    "cookieless_mode": "$cookieless_mode",
    "product_tour_id": "$product_tour_id",
}
CONTEXT = {"session_id": "$session_id", "window_id": "$window_id"}


def analytics_endpoint(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    public_view = public_endpoint(view)

    @wraps(public_view)
    def analytics_view(request: HttpRequest) -> HttpResponse:
        response = public_view(request)
        if response.status_code >= 400:
            response.content = _with_own_keys(response)
        response["Date"] = http_date()
        request_id = request.headers.get("PostHog-Request-Id")
        if request_id and request_id.isascii() and request_id.isprintable():
            response["PostHog-Request-Id"] = request_id
        return response

    return analytics_view


@analytics_endpoint
def capture_events(request: HttpRequest) -> HttpResponse:
    received_at = timezone.now()
    team = find_team(_token(request))
    sent = _sent(request)
    sent_at = parse_sent_at(request.headers.get("PostHog-Request-Timestamp"))
    events: list[IncomingEvent] = []
    results: dict[str, dict[str, str]] = {}
    for one in sent:
        uuid = _uuid(one)
        try:
            event = _read(one, request=request, received_at=received_at, sent_at=sent_at)
        except EventUnusable as refusal:
            results[uuid] = {"result": "drop", "details": refusal.detail}
            continue
        results[uuid] = {"result": "ok"}
        if event.event not in DROPPED_NAMES:
            events.append(event)
    if events:
        store_events(team=team, events=events, received_at=received_at, address=client_address(request) or None)
    return answer({"results": results})


def _token(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise KeyMissing
    return check_token(token)


def _sent(request: HttpRequest) -> list[Any]:
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if request.content_type != JSON or encoding not in ENCODINGS:
        raise NotUnderstood(f"Send {JSON}, plain or with the encoding gzip or deflate.")
    body = body_of(request)
    if not body:
        raise Malformed("The request has no data.")
    data = decode(body, compression="" if encoding == "identity" else encoding, limit=settings.CAPTURE_BODY_LIMIT)
    batch = data.get("batch") if isinstance(data, dict) else None
    if not isinstance(batch, list) or not batch:
        raise Malformed("The request holds no event.")
    if len(batch) > MAX_EVENTS:
        raise TooLarge(f"The request holds more than {MAX_EVENTS} events.")
    return batch


def _uuid(event: Any) -> str:
    """Under which the answer tells what became of the event."""
    uuid = event.get("uuid") if isinstance(event, dict) else None
    try:
        return str(UUID(uuid)) if isinstance(uuid, str) else _refuse_uuid()
    except ValueError:
        return _refuse_uuid()


def _refuse_uuid() -> str:
    raise Malformed("An event has no `uuid` that is a UUID.")


def _read(
    sent: dict[str, Any], *, request: HttpRequest, received_at: datetime, sent_at: datetime | None
) -> IncomingEvent:
    options = sent.get("options")
    options = options if isinstance(options, dict) else {}
    unskewed = options.get("disable_skew_correction") is True
    event = read_event(sent, received_at=received_at, sent_at=None if unskewed else sent_at)
    library, _, version = request.headers.get("PostHog-Sdk-Info", "").partition("/")
    said = {
        **{name: options.get(option) for option, name in OPTIONS.items()},
        **{name: sent.get(key) for key, name in CONTEXT.items()},
        "$lib": library,
        "$lib_version": version,
    }
    for name, value in said.items():
        if value not in (None, ""):
            event.properties.setdefault(name, value)
    return event


def _with_own_keys(response: HttpResponse) -> bytes:
    body = orjson.loads(response.content)
    tag = ERRORS.get(response.status_code, "internal_error")
    return orjson.dumps({**body, "error": tag, "error_description": body["detail"], "error_uri": None})
