"""The SQL over what this app keeps. What takes many rows takes arrays: one statement, however many."""

from events.querysets.actions import ActionManager, ActionQuerySet
from events.querysets.cohorts import CohortManager, CohortPersonQuerySet, CohortQuerySet
from events.querysets.events import EventQuerySet, EventUuidQuerySet
from events.querysets.groups import GroupQuerySet, GroupTypeQuerySet
from events.querysets.persons import LockStrength, PersonCounterQuerySet, PersonDistinctIdQuerySet, PersonQuerySet

__all__ = [
    "ActionManager",
    "ActionQuerySet",
    "CohortManager",
    "CohortPersonQuerySet",
    "CohortQuerySet",
    "EventQuerySet",
    "EventUuidQuerySet",
    "GroupQuerySet",
    "GroupTypeQuerySet",
    "LockStrength",
    "PersonCounterQuerySet",
    "PersonDistinctIdQuerySet",
    "PersonQuerySet",
]
