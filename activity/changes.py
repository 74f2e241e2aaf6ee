"""What became different between two states of a row. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

Change = dict[str, Any]


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any], fields: Iterable[str]) -> list[Change]:
    """`{action, field, before, after}` of each field that differs, in the order of `fields`."""
    return [
        {
            "action": _action(before.get(field), after.get(field)),
            "field": field,
            "before": before.get(field),
            "after": after.get(field),
        }
        for field in fields
        if before.get(field) != after.get(field)
    ]


def activity_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What was done to a row that is deleted by its field `deleted`."""
    if before["deleted"] == after["deleted"]:
        return "updated"
    return "deleted" if after["deleted"] else "restored"


def _action(before: Any, after: Any) -> str:
    if before is None:
        return "created"
    return "deleted" if after is None else "changed"
