"""What kind of value a property holds, guessed from its name and one value. Pure."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.db.models import TextChoices


class PropertyType(TextChoices):
    DATETIME = "DateTime", "DateTime"
    STRING = "String", "String"
    NUMERIC = "Numeric", "Numeric"
    BOOLEAN = "Boolean", "Boolean"
    DURATION = "Duration", "Duration"


# Values that look like numbers or dates now and then, and are text all the same.
_TEXTUAL = re.compile(r"utm_|\$initial_utm_|\$feature/|\$feature_flag_response$|\$survey_response")
_NAMES_A_MOMENT = re.compile(r"time|date|_at|-at|createdat|updatedat")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_MOMENT = re.compile(
    _DATE.pattern + r"[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?$",
    re.ASCII | re.IGNORECASE,
)
_MAIL_DATE = re.compile(r"([A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}", re.ASCII)
_LONGEST_DATE = 40
_RECENT = timedelta(days=183)


def property_type(name: str, value: Any, *, now: datetime | None = None) -> PropertyType | None:
    """None for a value that has no kind: null, an object, an array."""
    if _TEXTUAL.match(name):
        return PropertyType.STRING
    if isinstance(value, bool):
        return PropertyType.BOOLEAN
    if isinstance(value, int | float):
        return PropertyType.DATETIME if _is_stamp(name, value, now) else PropertyType.NUMERIC
    if isinstance(value, str):
        return _type_of_text(name, value)
    return None


def _type_of_text(name: str, text: str) -> PropertyType:
    trimmed = text.strip()
    if trimmed.lower() in {"true", "false"}:
        return PropertyType.BOOLEAN
    if len(trimmed) <= _LONGEST_DATE and (
        _MOMENT.match(trimmed) or _is_mail_date(trimmed) or (_names_a_moment(name) and _DATE.match(trimmed))
    ):
        return PropertyType.DATETIME
    return PropertyType.STRING


def _names_a_moment(name: str) -> bool:
    return _NAMES_A_MOMENT.search(name.lower()) is not None


def _is_stamp(name: str, value: float, now: datetime | None) -> bool:
    """A count of seconds or milliseconds that means a moment of the last half year, or of the next."""
    if not _names_a_moment(name):
        return False
    middle = now or datetime.now(UTC)
    first, last = (middle - _RECENT).timestamp(), (middle + _RECENT).timestamp()
    return first <= value <= last or first <= value / 1000 <= last


def _is_mail_date(text: str) -> bool:
    if not _MAIL_DATE.match(text):
        return False
    try:
        parsedate_to_datetime(text)
    except ValueError:
        return False
    return True
