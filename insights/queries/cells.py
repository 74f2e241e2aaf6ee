"""A value of the database as a value of JSON. Pure."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson


def cell(value: Any, *, zone: ZoneInfo, is_object: bool = False) -> Any:
    """Moments in the project's zone; objects that the database wrote as text are read."""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    return orjson.loads(value) if is_object and isinstance(value, str) else value
