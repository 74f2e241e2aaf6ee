"""The SQL over events, persons and groups. What takes many rows takes arrays: one statement, however many."""

from events.querysets.events import EventQuerySet, EventUuidQuerySet
from events.querysets.groups import GroupQuerySet, GroupTypeQuerySet
from events.querysets.persons import LockStrength, PersonCounterQuerySet, PersonDistinctIdQuerySet, PersonQuerySet

__all__ = [
    "EventQuerySet",
    "EventUuidQuerySet",
    "GroupQuerySet",
    "GroupTypeQuerySet",
    "LockStrength",
    "PersonCounterQuerySet",
    "PersonDistinctIdQuerySet",
    "PersonQuerySet",
]
