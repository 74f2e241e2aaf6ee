"""Property filters and moments as they stand in a query string. Knows no requests."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from common.exceptions import Refusal
from events.filtering.compiler import condition_sql
from events.filtering.conditions import Condition, read_condition, scopes
from events.filtering.errors import fault_of
from events.filtering.moments import Clock, parse_moment

_RELATIVE = re.compile(r"-?[0-9]{1,9}[hdwmqyMs](?:Start|End)?")
# In a query string a plus that nobody escaped has become a space.
_LOST_PLUS = re.compile(r"(?<=[0-9]) (?=[0-9]{2}:?[0-9]{2}$)")


def moment_of(text: str, *, name: str, clock: Clock) -> datetime:
    """`2026-01-31T12:00` in the project's zone, or back from now: `2h`, `-7d`. Raises Refusal."""
    text = text.strip()
    if "T" in text:
        text = _LOST_PLUS.sub("+", text)
    if not text[:4].isdigit() and not _RELATIVE.fullmatch(text):
        raise Refusal(f"Invalid date: {text[:50]!r}.", attr=name)
    try:
        return parse_moment(text, clock).at
    except Refusal as refusal:
        raise Refusal(refusal.detail, attr=name) from None


def condition_from(
    filters: Any, *, clock: Clock, default_type: str = "event", only: Iterable[str] | None = None
) -> Condition:
    """From a list of filters or a group of them; `only` of these types. Raises Refusal."""
    with fault_of("properties"):
        condition = read_condition(_completed(filters, default_type))
        # Values that an operator cannot use are found out here, where it is known which parameter they stand in.
        condition_sql(condition, clock=clock)
    foreign = [] if only is None else sorted(scopes(condition) - set(only))
    if foreign:
        raise Refusal(f"A property filter of type {foreign[0]} is not supported here.", attr="properties")
    return condition


def _completed(filters: Any, default_type: str) -> Any:
    """Without what says nothing: filters that name no property, keys that are null."""
    if isinstance(filters, dict):
        if "values" not in filters:
            return [] if not filters else _completed([filters], default_type)
        return {**filters, "values": _completed(filters["values"], default_type)}
    if not isinstance(filters, list):
        return filters
    return [_one(one, default_type) for one in filters if not _is_empty(one)]


def _one(one: Any, default_type: str) -> Any:
    if not isinstance(one, dict):
        return one
    if "values" in one:
        return _completed(one, default_type)
    return {"type": default_type, **{name: value for name, value in one.items() if value is not None}}


def _is_empty(one: Any) -> bool:
    return isinstance(one, dict) and "values" not in one and not one.get("key")
