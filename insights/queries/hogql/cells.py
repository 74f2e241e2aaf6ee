"""What stands in the cells of an answer: JSON, times as ISO text. Pure."""

import math
from datetime import date, datetime
from typing import Any
from uuid import UUID as PythonUUID
from zoneinfo import ZoneInfo

import orjson

from insights.queries.hogql.types import Kind, Type


def cell(value: Any, type_: Type, zone: ZoneInfo) -> Any:
    if value is None:
        return None
    if type_.kind is Kind.ARRAY:
        return [cell(one, type_.item, zone) for one in value]
    if type_.kind is Kind.JSON:
        return _compact(value)
    if type_.kind is Kind.TUPLE:
        return _parsed(value)
    return _scalar(value, ZoneInfo(type_.zone) if type_.zone else zone)


def _scalar(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, PythonUUID) else value


def _parsed(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str | bytes) else value


def _compact(value: Any) -> str:
    return orjson.dumps(_parsed(value)).decode()
