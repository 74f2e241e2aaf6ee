"""An event as a client meant it, before it is stored. Pure."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from events.distinct_ids import clean_distinct_id, may_be_merged

# The event that says "this other id is the same person", and the property that holds the other id.
MERGE_PROPERTIES = {
    "$identify": "$anon_distinct_id",
    "$create_alias": "alias",
    "$merge_dangerously": "alias",
}


@dataclass
class IncomingEvent:
    uuid: UUID
    event: str
    distinct_id: str
    timestamp: datetime
    properties: dict[str, Any]
    elements_chain: str = ""

    @property
    def wants_profile(self) -> bool:
        return self.properties.get("$process_person_profile") is not False

    @cached_property
    def merged_distinct_id(self) -> str | None:
        """The other id that this event declares to be the same person, if it may."""
        merge_property = MERGE_PROPERTIES.get(self.event)
        if merge_property is None or not self.wants_profile:
            return None
        other = clean_distinct_id(self.properties.get(merge_property))
        if other is None or other == self.distinct_id:
            return None
        return other if may_be_merged(other) and may_be_merged(self.distinct_id) else None

    @property
    def may_merge_identified(self) -> bool:
        return self.event == "$merge_dangerously"

    @cached_property
    def changes_person(self) -> bool:
        return self.wants_profile and any(self.properties.get(key) for key in ("$set", "$set_once", "$unset"))

    @property
    def distinct_ids(self) -> list[str]:
        """Everybody whom this event speaks of."""
        return [self.distinct_id, self.merged_distinct_id] if self.merged_distinct_id else [self.distinct_id]
