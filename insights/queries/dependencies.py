"""What an answer depends on besides events: definitions that people edit. Pure, over queries as stored.

Three things can make a stored answer wrong. What is part of the question is part of its cache key: the query with the
dashboard's filters and the variables' values, the project's zone, the first day of its weeks, the filters of test
accounts. What people edit elsewhere, actions and cohorts (and the cohorts and actions that those name) and the types of
properties, has moments of its last edit: an older answer is stale, however settled, and shown only to those who do not
want anything computed. All the rest is data: events that come late, persons that are merged or deleted, persons that
come to meet a cohort's criteria. An answer is as old as its threshold allows with those.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from accounts.models import Team
from insights.queries.wrapping import JSON, source_of


class Reach(IntEnum):
    """How much of what people define a query may read. Whoever names an action or a cohort reads types, too."""

    NOTHING = 0
    PROPERTY_TYPES = 1
    ACTIONS_AND_COHORTS = 2


# SQL and tables may name anything in their texts.
_NAMING_KINDS = {
    "ActionsNode",
    "HogQLQuery",
    "EventsQuery",
    "ActorsQuery",
    "PersonsNode",
    "GroupsQuery",
    "SessionsQuery",
}
# Breakdowns of the type event_metadata are expressions, too.
_NAMING_TYPES = {"actions", "cohort", "hogql", "event_metadata"}


def reach_of(query: JSON, *, team: Team) -> Reach:
    source = source_of(query)
    filters = team.test_account_filters if source.get("filterTestAccounts") else None
    return max(map(_reach, _objects([source, filters])), default=Reach.NOTHING)


def _reach(node: JSON) -> Reach:
    if node.get("kind") in _NAMING_KINDS or _NAMING_TYPES & {_text(node, "type"), _text(node, "breakdown_type")}:
        return Reach.ACTIONS_AND_COHORTS
    if any(node.get(name) for name in ("math_hogql", "funnelAggregateByHogQL", "pathsHogQLExpression")):
        return Reach.ACTIONS_AND_COHORTS
    return Reach.PROPERTY_TYPES if "key" in node or "math_property" in node else Reach.NOTHING


def _text(node: JSON, name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""


def _objects(value: Any) -> Iterator[JSON]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from _objects(member)
