"""What a caller wants to see of the events, free of HTTP and of SQL."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from events.filtering.actions import Alternative
from events.filtering.conditions import EVERYTHING, Condition

Column = Literal["event", "distinct_id", "person_id"]
# Further than this into the past pages lead by their `next`, not by counting.
MAX_OFFSET = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class EventsAsked:
    """A page of events. `before` and `after` are not among them."""

    before: datetime
    after: datetime | None = None
    event: str | None = None
    distinct_id: str | None = None
    person: UUID | int | None = None
    condition: Condition = EVERYTHING
    action: tuple[Alternative, ...] | None = None
    is_descending: bool = True
    limit: int = 100
    offset: int = 0

    def with_one_more(self) -> Self:
        return replace(self, limit=self.limit + 1)


@dataclass(frozen=True, kw_only=True)
class ValuesAsked:
    """The commonest values of a property, or of a column."""

    key: str
    after: datetime
    before: datetime
    column: Column | None = None
    containing: str | None = None
    events: tuple[str, ...] = ()
    others: tuple[tuple[str, tuple[str, ...]], ...] = ()
    limit: int = 10


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """An event as it is stored. `person` is null where there is no profile to show."""

    uuid: UUID
    event: str
    distinct_id: str
    timestamp: datetime
    properties: dict[str, Any]
    elements_chain: str
    person_number: int
    person: dict[str, Any] | None = None
