"""The groups that events name: each type of a team has one of five columns, given out as the types arrive."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from accounts.models import Team
from events.incoming import IncomingEvent
from events.models import MAX_GROUP_TYPES, GroupType
from events.querysets.groups import GroupName

MAX_LENGTH = 400


def link_groups(team: Team, events: Iterable[IncomingEvent]) -> dict[str, int]:
    """Writes the keys of `$groups` into the properties that have columns, and gives the index of each type.

    Types are claimed in statements of their own, outside of the batch: all batches of a team would wait for them.
    """
    named = [(event, groups) for event in events if (groups := _groups(event))]
    identified = {name for event in events if (name := _identified_type(event))}
    types = sorted({name for _, groups in named for name in groups} | identified)
    if not types:
        return {}
    indexes = _indexes(team, types)
    for event, groups in named:
        for name, key in groups.items():
            if name in indexes:
                event.properties[f"$group_{indexes[name]}"] = key
    return indexes


def identified_groups(
    events: Iterable[IncomingEvent], *, indexes: Mapping[str, int]
) -> dict[GroupName, dict[str, Any]]:
    """What `$groupidentify` says of groups; later events win."""
    groups: dict[GroupName, dict[str, Any]] = {}
    for event in events:
        index = indexes.get(_identified_type(event) or "")
        key = _text(event.properties.get("$group_key"))
        if index is None or key is None:
            continue
        sent = event.properties.get("$group_set")
        groups[index, key] = {**groups.get((index, key), {}), **(sent if isinstance(sent, dict) else {})}
    return groups


def _indexes(team: Team, types: list[str]) -> dict[str, int]:
    """Of those types that have one. A type that finds all columns taken gets none."""
    for _ in range(MAX_GROUP_TYPES + 1):
        known = GroupType.objects.indexes(team_id=team.pk)
        free = [index for index in range(MAX_GROUP_TYPES) if index not in known.values()]
        missing = [name for name in types if name not in known]
        if not free or not missing:
            break
        GroupType.objects.claim(team_id=team.pk, indexes=dict(zip(missing, free, strict=False)))
    return known


def _groups(event: IncomingEvent) -> dict[str, str]:
    sent = event.properties.get("$groups")
    if not isinstance(sent, dict):
        return {}
    return {name: text for name, key in sent.items() if _text(name) == name and (text := _text(key)) is not None}


def _identified_type(event: IncomingEvent) -> str | None:
    return _text(event.properties.get("$group_type")) if event.event == "$groupidentify" else None


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text[:MAX_LENGTH] if text.strip() else None
