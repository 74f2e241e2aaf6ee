"""What things in a result are called. Pure."""

from collections.abc import Mapping
from typing import Any

from insights.queries.trends.breakdowns import READABLE

JSON = dict[str, Any]


def title_of(one: JSON) -> str:
    """The name that a person gave, else the event's; the breakdown's value and the period beside it."""
    action = one.get("action")
    name = one.get("custom_name") or (action.get("custom_name") if isinstance(action, Mapping) else None)
    parts = [name or _readable(one.get("label") or one.get("name"))]
    if name and one.get("breakdown_value") is not None:
        parts.append(value_name(one["breakdown_value"]))
    if one.get("compare_label"):
        parts.append(one["compare_label"])
    return " - ".join(str(part) for part in parts if part)


def value_name(value: Any) -> str:
    """A breakdown's value, or the values of several."""
    return "::".join(map(_one_value, value)) if isinstance(value, list) else _one_value(value)


def group_name(row: JSON) -> str:
    """The breakdown's value, empty for rows of none."""
    return value_name(row["breakdown_value"]) if row.get("breakdown_value") is not None else ""


def _one_value(value: Any) -> str:
    return "" if value is None else _readable(str(value)) or "(none)"


def _readable(text: Any) -> str:
    shown = str(text or "")
    for token, words in READABLE.items():
        shown = shown.replace(token, words)
    return shown
