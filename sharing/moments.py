"""Whether the last period of an answer was over when it was computed. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LENGTHS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}


def is_unfinished(start: Any, interval: str, *, as_of: Any, timezone: Any) -> bool:
    """`start` is that of the period, on the project's clock if it tells no offset."""
    begun, asked = moment_of(start, timezone), moment_of(as_of, "UTC")
    if begun is None or asked is None or (interval not in LENGTHS and interval != "month"):
        return False
    ends = _next_month(begun) if interval == "month" else begun + LENGTHS[interval]
    return asked < ends


def moment_of(text: Any, timezone: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(str(timezone or "UTC")))
    except (ValueError, ZoneInfoNotFoundError):
        return None


def _next_month(moment: datetime) -> datetime:
    return (moment.replace(day=1) + timedelta(days=32)).replace(day=1)


def day_name(moment: datetime, *, with_year: bool = True) -> str:
    return f"{moment.day} {moment:%b %Y}" if with_year else f"{moment.day} {moment:%b}"


def span_name(start: Any, end: Any) -> str:
    """`24 Oct – 22 Nov 2026`, or nothing if it cannot be told."""
    first, last = moment_of(start, "UTC"), moment_of(end, "UTC")
    if first is None or last is None:
        return ""
    if first.date() == last.date():
        return day_name(last)
    return f"{day_name(first, with_year=first.year != last.year)} – {day_name(last)}"


def minute_name(moment: str) -> str:
    """In UTC, for everybody alike."""
    found = moment_of(moment, "UTC")
    return f"{found.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if found else ""
