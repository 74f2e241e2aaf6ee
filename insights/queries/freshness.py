"""How old an answer may be: refresh modes, thresholds, and when a client may ask again. All pure."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from common.exceptions import Refusal
from events.filtering.moments import Clock
from insights.queries.dates import resolve_range
from insights.queries.nodes import DateRange
from insights.queries.wrapping import INSIGHT_QUERIES, JSON, source_of


class RefreshMode(StrEnum):
    FORCE_CACHE = "force_cache"
    BLOCKING = "blocking"
    ASYNC = "async"
    LAZY_ASYNC = "lazy_async"
    ASYNC_EXCEPT_ON_CACHE_MISS = "async_except_on_cache_miss"
    FORCE_BLOCKING = "force_blocking"
    FORCE_ASYNC = "force_async"


_YES = {"", "1", "true", "yes", "y", "t", "on"}
_NO = {"0", "false", "no", "n", "f", "off"}
_STALE_AFTER = {
    "minute": timedelta(minutes=5),
    "hour": timedelta(hours=1),
    "day": timedelta(hours=6),
    "week": timedelta(days=1),
    "month": timedelta(days=2),
}
_STALE_AFTER_WHEN_LAZY = {
    "minute": timedelta(minutes=15),
    "hour": timedelta(hours=2),
    "day": timedelta(hours=12),
    "week": timedelta(days=1),
    "month": timedelta(days=2),
}
# An answer that ends this long before it was computed will never change by itself.
_SETTLED = timedelta(seconds=10)
_PATIENCE = timedelta(minutes=15)
_SHORT_PATIENCE = timedelta(minutes=3)
_SHORTEST_PATIENCE = timedelta(minutes=1)
_SHORT_RANGE_DAYS = 7


def parse_refresh(value: object) -> RefreshMode:
    """What a client means by `refresh`, in a query string or a body. Unknown words never make the server compute."""
    if value is None or value is False:
        return RefreshMode.FORCE_CACHE
    text = str(value).strip().lower()
    if text in _YES:
        return RefreshMode.FORCE_BLOCKING
    return RefreshMode(text) if text in set(RefreshMode) else RefreshMode.FORCE_CACHE


def is_yes_or_no(value: object) -> bool:
    return isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in _YES | _NO)


def for_query_endpoint(mode: RefreshMode) -> RefreshMode:
    """POST /query is asked for an answer, so it computes where nobody said how."""
    return RefreshMode.BLOCKING if mode is RefreshMode.FORCE_CACHE else mode


def for_shared_access(mode: RefreshMode) -> RefreshMode:
    """Viewers of a shared link may not make the server work as they please."""
    if mode is RefreshMode.FORCE_BLOCKING:
        return RefreshMode.BLOCKING
    return RefreshMode.ASYNC if mode is RefreshMode.ASYNC else RefreshMode.LAZY_ASYNC


def cache_target_age(query: JSON, *, last_refresh: datetime, is_lazy: bool = False) -> datetime:
    """When the answer becomes stale."""
    thresholds = _STALE_AFTER_WHEN_LAZY if is_lazy else _STALE_AFTER
    return last_refresh + thresholds.get(_interval(source_of(query)), thresholds["day"])


def is_stale(
    query: JSON, *, last_refresh: datetime, now: datetime, date_to: datetime | None = None, is_lazy: bool = False
) -> bool:
    """`date_to` is the resolved end of the answer, where it has one."""
    if date_to is not None and date_to < last_refresh - _SETTLED:
        return False
    return now > cache_target_age(query, last_refresh=last_refresh, is_lazy=is_lazy)


def next_allowed_client_refresh(query: JSON, *, last_refresh: datetime, timezone: str = "UTC") -> datetime:
    """Advice to clients, not a rule: `force_blocking` computes all the same."""
    source = source_of(query)
    interval = _interval(source)
    if source.get("kind") not in INSIGHT_QUERIES or interval == "minute":
        return last_refresh + _SHORTEST_PATIENCE
    if interval == "hour" or _days(source, last_refresh, timezone) <= _SHORT_RANGE_DAYS:
        return last_refresh + _SHORT_PATIENCE
    return last_refresh + _PATIENCE


def date_to_of(answer: JSON) -> datetime | None:
    """The end of the range that an answer is about."""
    resolved: Any = answer.get("resolved_date_range") or {}
    text = resolved.get("date_to")
    return datetime.fromisoformat(text) if text else None


def _interval(source: JSON) -> str:
    kind = source.get("kind")
    if kind not in INSIGHT_QUERIES:
        return "minute"
    if kind == "RetentionQuery":
        return str((source.get("retentionFilter") or {}).get("period") or "Day").lower()
    return source.get("interval") or "day"


def _days(source: JSON, last_refresh: datetime, timezone: str) -> float:
    clock = Clock(now=last_refresh.astimezone(ZoneInfo(timezone)), zone=ZoneInfo(timezone))
    try:
        asked = DateRange.model_validate(source.get("dateRange") or {})
        earliest = datetime(2015, 1, 1, tzinfo=UTC)
        span = resolve_range(asked, interval=_interval(source), clock=clock, earliest=earliest)
    except (Refusal, ValidationError):
        return float("inf")
    return ceil((span.date_to - span.date_from) / timedelta(days=1))
