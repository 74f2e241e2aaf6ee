"""From JSON values to events: the shapes that clients send, and who sends them. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from common.exceptions import TooLarge
from events.capture.elements import take_elements_chain
from events.capture.refusals import KeyInvalid, KeyMissing, Malformed
from events.capture.timestamps import event_timestamp, parse_sent_at
from events.distinct_ids import clean_distinct_id
from events.incoming import IncomingEvent

# What fits into a few hundred MiB of memory; the limit in bytes alone would let in half a million empty ones.
MAX_EVENTS = 100_000
MAX_NAME_LENGTH = 200
MAX_TOKEN_LENGTH = 64
PERSONAL_KEY_PREFIX = "phx_"
TOKEN_NAMES = ("token", "$token", "api_key")
# Measurements of an old browser recorder, of no use as events.
DROPPED_NAMES = frozenset(["$performance_event"])


@dataclass(frozen=True)
class Hints:
    """What a query or a form says beside the payload."""

    token: str | None = None
    sent_at: str | None = None


@dataclass(frozen=True)
class Payload:
    token: str
    events: list[IncomingEvent]


class EventUnusable(Malformed):
    """One event cannot be stored. In a batch it is left out; alone it is the whole request."""


def read_payload(data: Any, *, hints: Hints, received_at: datetime, default_name: str | None = None) -> Payload:
    """`default_name` is given to events without a name. Raises Malformed, TooLarge and KeyRefused."""
    sent = _sent_events(data)
    if not sent:
        raise Malformed("The request holds no event.")
    if len(sent) > MAX_EVENTS:
        raise TooLarge(f"The request holds more than {MAX_EVENTS} events.")

    outer = data if isinstance(data, dict) else {}
    sent_at = parse_sent_at(outer.get("sent_at")) or parse_sent_at(hints.sent_at)
    events = []
    for event in sent:
        try:
            events.append(read_event(event, received_at=received_at, sent_at=sent_at, default_name=default_name))
        except EventUnusable:
            if event is data:
                raise
    return Payload(
        token=_token(outer, sent, hints),
        events=[event for event in events if event.event not in DROPPED_NAMES],
    )


def check_token(token: Any) -> str:
    """The token, if it could be one."""
    if not isinstance(token, str):
        raise KeyInvalid
    token = token.strip()
    is_possible = 0 < len(token) <= MAX_TOKEN_LENGTH and token.isascii()
    if not is_possible or token.startswith(PERSONAL_KEY_PREFIX):
        raise KeyInvalid
    return token


def find_token(holder: dict[str, Any]) -> Any:
    return next((holder[name] for name in TOKEN_NAMES if holder.get(name) is not None), None)


def _sent_events(data: Any) -> list[Any]:
    if isinstance(data, dict) and "batch" in data:
        data = data["batch"]
        if not isinstance(data, list):
            raise Malformed("`batch` is not a list.")
    if isinstance(data, list):
        return data
    if isinstance(data, dict):
        return [data]
    raise Malformed("Neither an event nor a list of events.")


def _token(outer: dict[str, Any], sent: list[Any], hints: Hints) -> str:
    """The outer token wins; events that stand alone must agree."""
    token = find_token(outer)
    if token is None:
        tokens = {check_token(token) for event in sent if (token := _event_token(event)) is not None}
        if len(tokens) > 1:
            raise KeyInvalid
        token = next(iter(tokens), hints.token)
    if token is None:
        raise KeyMissing
    return check_token(token)


def _event_token(event: Any) -> Any:
    if not isinstance(event, dict):
        return None
    token = find_token(event)
    properties = event.get("properties")
    return properties.get("token") if token is None and isinstance(properties, dict) else token


def read_event(
    event: Any, *, received_at: datetime, sent_at: datetime | None, default_name: str | None = None
) -> IncomingEvent:
    """Raises EventUnusable, and Malformed for a uuid that is none."""
    if not isinstance(event, dict):
        raise EventUnusable("An event is not an object.")
    uuid = _uuid(event.get("uuid"))
    properties = _properties(event)
    return IncomingEvent(
        uuid=uuid,
        event=_name(event, default_name),
        distinct_id=_distinct_id(event, properties),
        timestamp=event_timestamp(event, received_at=received_at, sent_at=sent_at),
        elements_chain=take_elements_chain(properties),
        properties=properties,
    )


def _uuid(value: Any) -> UUID:
    if value is None or value == "":
        return uuid7()
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        # Not the event's own trouble: a client that breaks its uuids would store every retry again.
        raise Malformed("`uuid` is not a UUID.") from None


def _name(event: dict[str, Any], default_name: str | None) -> str:
    name = event.get("event", default_name)
    if not isinstance(name, str) or not name:
        raise EventUnusable("An event was sent without a name.")
    return name[:MAX_NAME_LENGTH]


def _distinct_id(event: dict[str, Any], properties: dict[str, Any]) -> str:
    places = (event.get("distinct_id"), event.get("$distinct_id"), properties.get("distinct_id"))
    distinct_id = next(filter(None, map(clean_distinct_id, places)), None)
    if distinct_id is None:
        raise EventUnusable("An event was sent without a distinct_id.")
    return distinct_id


def _properties(event: dict[str, Any]) -> dict[str, Any]:
    properties = event.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise EventUnusable("The properties of an event are not an object.")
    for name in ("$set", "$set_once"):
        sent = event.get(name)
        if isinstance(sent, dict):
            within = properties.get(name)
            properties[name] = {**within, **sent} if isinstance(within, dict) else sent
    return properties
