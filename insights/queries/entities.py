"""Which events a series means, and whom a query counts: what the kinds of insight have in common. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.actions import Alternative, MeantAction
from events.filtering.conditions import (
    GROUP_TYPES,
    Condition,
    Scope,
    all_of,
    condition_of,
    reads_persons,
    test_account_condition,
)
from events.filtering.errors import Unsupported
from insights.queries.nodes import ActionsNode, Counted, EventsNode, GroupNode, InsightQuery, Series

ALL_EVENTS = "All events"
MAX_ALTERNATIVES = 100
SCOPES: dict[str, Scope] = {
    "event": "event",
    "event_properties": "event",
    "person": "person",
    "person_properties": "person",
}


@dataclass(frozen=True, kw_only=True)
class Property:
    scope: Scope
    key: str


@dataclass(frozen=True)
class Entity:
    """What a series counts: an event that is meant by any of the alternatives."""

    alternatives: tuple[Alternative, ...]

    @property
    def reads_persons(self) -> bool:
        return any(reads_persons(one.condition) for one in self.alternatives)

    def narrowed_to(self, condition: Condition) -> "Entity":
        return Entity(tuple(replace(one, condition=all_of([condition, one.condition])) for one in self.alternatives))

    def without_filters(self) -> "Entity":
        return Entity(tuple(replace(one, condition=one.inherent) for one in self.alternatives))


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whom a query counts: persons, unless it names a type of group."""

    group_type_index: int | None = None

    @property
    def is_person(self) -> bool:
        return self.group_type_index is None


PERSON = Actor()


def entity_of(node: Series, *, place: str, common: Condition) -> Entity:
    """`common` is what every series of the query has to meet."""
    if isinstance(node, GroupNode):
        return _combined(node, place, common)
    if isinstance(node, ActionsNode):
        return entity_of_action(node.meant, all_of([common, _own_condition(node, place)]))
    if not isinstance(node, EventsNode):
        raise Unsupported(f"{place}: {node.kind}")
    condition = all_of([common, _own_condition(node, place)])
    return Entity((Alternative(event=node.event, condition=condition),))


def entity_of_action(action: MeantAction, condition: Condition) -> Entity:
    """The events that are the action and meet a condition besides."""
    return Entity(action.alternatives).narrowed_to(condition)


def _combined(node: GroupNode, place: str, common: Condition) -> Entity:
    """A series of several: an event counts once if it is any of them; with AND, if it is all of them."""
    shared = all_of([common, _own_condition(node, place)])
    parts = [entity_of(one, place=f"{place}.nodes.{index}", common=shared) for index, one in enumerate(node.nodes)]
    if node.operator == "AND":
        return _all_at_once(parts, place)
    return Entity(tuple(alternative for part in parts for alternative in part.alternatives))


def _all_at_once(parts: list[Entity], place: str) -> Entity:
    """Parts of different names have no event in common."""
    if prod(len(part.alternatives) for part in parts) > MAX_ALTERNATIVES:
        raise Refusal(f"{place}: combines more than {MAX_ALTERNATIVES} steps of actions.")
    chosen = product(*(part.alternatives for part in parts))
    return Entity(tuple(both for one in chosen if (both := _common_to(one)) is not None))


def _common_to(alternatives: tuple[Alternative, ...]) -> Alternative | None:
    names = {one.event for one in alternatives if one.event is not None}
    if len(names) > 1:
        return None
    return Alternative(
        event=next(iter(names), None),
        condition=all_of(one.condition for one in alternatives),
        inherent=all_of(one.inherent for one in alternatives),
    )


def _own_condition(node: Counted, place: str) -> Condition:
    own = condition_of(node.properties, place=f"{place}.properties")
    fixed = condition_of(node.fixedProperties, place=f"{place}.fixedProperties")
    return all_of([own, fixed])


def common_condition(query: InsightQuery, team: Team) -> Condition:
    """What every series of the query has to meet."""
    own = condition_of(query.properties, place="properties")
    if not query.filterTestAccounts:
        return own
    return all_of([own, test_account_condition(team.test_account_filters)])


def event_names(entities: Iterable[Entity]) -> list[str] | None:
    """The names of all events that may be meant; None where any may."""
    names = [one.event for entity in entities for one in entity.alternatives]
    return None if None in names else sorted({name for name in names if name is not None})


def group_actor(index: int | None, *, place: str) -> Actor:
    if index is None:
        return PERSON
    if index not in GROUP_TYPES:
        raise Refusal(f"{place}: must be between 0 and {GROUP_TYPES[-1]}.")
    return Actor(group_type_index=index)


def name_of(node: Series) -> str:
    """What results call a series."""
    if isinstance(node, GroupNode):
        return node.name or ", ".join(name_of(one) for one in node.nodes)
    if isinstance(node, ActionsNode):
        return node.meant.name
    event = node.event if isinstance(node, EventsNode) else node.name
    return ALL_EVENTS if event is None else event


def type_of(node: Series) -> str:
    return "actions" if isinstance(node, ActionsNode) else "events"


def id_of(node: Series) -> str | int | None:
    """What results call `id` or `action_id`: the event, or the id of the action, where it is one."""
    if isinstance(node, ActionsNode):
        return node.id
    return node.event if isinstance(node, EventsNode) else None
