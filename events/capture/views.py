"""The public door for events: a project token in the payload, no other credentials."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from common.addresses import client_address
from events.capture.answers import public_endpoint, stored
from events.capture.payload import read_payload
from events.capture.requests import read_message
from events.capture.teams import find_team
from events.ingestion import store_events


@public_endpoint
def capture(request: HttpRequest, default_name: str | None = None) -> HttpResponse:
    received_at = timezone.now()
    message = read_message(request)
    payload = read_payload(message.data, hints=message.hints, received_at=received_at, default_name=default_name)
    team = find_team(payload.token)
    if payload.events:
        store_events(team=team, events=payload.events, received_at=received_at, address=client_address(request) or None)
    return stored(request)


@public_endpoint
def session_recording(request: HttpRequest) -> HttpResponse:
    """Recordings are not kept; SDKs that send them should not send them again."""
    return stored(request)
