from events.models.action import Action
from events.models.cohort import Cohort, CohortPerson
from events.models.event import Event, EventUuid
from events.models.group import MAX_GROUP_TYPES, Group, GroupType
from events.models.person import Person, PersonCounter, PersonDistinctId
from events.promoted import PROMOTED_PROPERTIES

__all__ = [
    "MAX_GROUP_TYPES",
    "PROMOTED_PROPERTIES",
    "Action",
    "Cohort",
    "CohortPerson",
    "Event",
    "EventUuid",
    "Group",
    "GroupType",
    "Person",
    "PersonCounter",
    "PersonDistinctId",
]
