"""When an event happened, by the server's clock. Pure.

Clients' clocks are wrong; what they say of the time *between* two moments is right. So an event is placed as long
before the moment of arrival as the client says it was before the moment of sending.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

MAX_FUTURE = timedelta(hours=23)
# Smaller numbers are no moments of sending: they are the client's own counters, or seconds.
_FIRST_SENT_AT = datetime(2020, 1, 1, tzinfo=UTC)


def event_timestamp(event: dict[str, Any], *, received_at: datetime, sent_at: datetime | None) -> datetime:
    properties = event.get("properties") or {}
    if properties.get("$ignore_sent_at"):
        sent_at = None
    try:
        happened_at = _happened_at(event, received_at=received_at, sent_at=sent_at)
    except (OverflowError, ValueError):
        return received_at
    return received_at if happened_at > received_at + MAX_FUTURE else happened_at


def parse_moment(value: Any) -> datetime | None:
    """ISO 8601, or the manner of e-mail; without a zone it is UTC."""
    if not isinstance(value, str):
        return None
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(value.strip())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def parse_sent_at(value: Any) -> datetime | None:
    """ISO 8601 in a body; milliseconds (old clients: seconds) since 1970 in a query or a form."""
    number = _number(value)
    if number is None:
        return parse_moment(value)
    for seconds in (number / 1000, number):
        try:
            moment = datetime.fromtimestamp(seconds, tz=UTC)
        except (OverflowError, ValueError, OSError):
            continue
        if moment >= _FIRST_SENT_AT:
            return moment
    return None


def _happened_at(event: dict[str, Any], *, received_at: datetime, sent_at: datetime | None) -> datetime:
    said = event.get("timestamp")
    offset = _number(event.get("offset"))
    if said and not sent_at:
        return parse_moment(said) or received_at
    if offset is not None:
        return received_at - timedelta(milliseconds=offset)
    happened_at = parse_moment(said)
    if happened_at and sent_at:
        return received_at + (happened_at - sent_at)
    return received_at


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and not value.strip().replace(".", "", 1).isdigit():
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None
