"""The steps of an action: from JSON to the events that they mean. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from events.filtering.conditions import EVERYTHING, Comparison, Condition, all_of, condition_of
from events.filtering.nodes import PropertyFilters

# What a step says of texts, and how the same is said of properties.
OPERATORS = {"exact": "exact", "contains": "icontains", "regex": "regex"}
DEFAULT_MATCHING = {"text": "exact", "href": "exact", "url": "contains"}
_filters: TypeAdapter[PropertyFilters] = TypeAdapter(PropertyFilters)


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Events of one name (None: of any) that meet a condition. `inherent` is what an action itself demands of them."""

    event: str | None
    condition: Condition
    inherent: Condition = EVERYTHING


@dataclass(frozen=True, kw_only=True)
class MeantAction:
    """An action as queries need it."""

    name: str
    alternatives: tuple[Alternative, ...]


def alternatives_of(steps: list[Mapping[str, Any]], *, place: str = "steps") -> tuple[Alternative, ...]:
    """An event is the action if it is any of these. Raises pydantic's ValidationError, and Refusal."""
    return tuple(_alternative(step, f"{place}.{index}") for index, step in enumerate(steps))


def _alternative(step: Mapping[str, Any], place: str) -> Alternative:
    condition = all_of(_conditions(step, place))
    return Alternative(event=step.get("event") or None, condition=condition, inherent=condition)


def _conditions(step: Mapping[str, Any], place: str) -> Iterator[Condition]:
    for name in ("selector", "tag_name"):
        if step.get(name):
            yield Comparison(scope="element", key=name, operator="exact", values=(step[name],), place=f"{place}.{name}")
    for name in ("text", "href", "url"):
        if step.get(name):
            yield _matching(step, name, place)
    if step.get("properties"):
        yield condition_of(_filters.validate_python(step["properties"]), place=f"{place}.properties")


def _matching(step: Mapping[str, Any], name: str, place: str) -> Condition:
    return Comparison(
        scope="event" if name == "url" else "element",
        key="$current_url" if name == "url" else name,
        operator=OPERATORS[step.get(f"{name}_matching") or DEFAULT_MATCHING[name]],
        values=(step[name],),
        place=f"{place}.{name}",
    )
