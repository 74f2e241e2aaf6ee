"""What a batch of events does to persons: computed here on drafts, in the order of the events, then written at once.

Pure: it knows no database, so that a batch costs the same number of statements however many persons it touches.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from events.incoming import IncomingEvent


@dataclass(eq=False, slots=True)
class PersonDraft:
    """A person as it was read, or a new one, and as it is to be written.

    Without a profile it is only a number to count by; for `$set`, merges and the persons API it is not there yet.
    """

    id: int
    number: int
    uuid: UUID
    created_at: datetime
    properties: dict[str, Any]
    is_identified: bool = False
    has_profile: bool = False
    is_new: bool = False
    is_changed: bool = False
    absorbed_by: "PersonDraft | None" = None

    def show_profile(self, *, created_at: datetime, event_uuid: UUID) -> None:
        """The first event that wants a profile makes the person visible."""
        if self.has_profile:
            return
        self.has_profile = self.is_changed = True
        self.created_at = created_at
        self.properties.setdefault("$creator_event_uuid", str(event_uuid))

    def identify(self) -> None:
        self.is_changed |= not self.is_identified
        self.is_identified = True

    def update_properties(self, sent: dict[str, Any]) -> None:
        """`$set_once` fills gaps, `$set` overwrites, `$unset` takes away, in this order."""
        for name, value in _mapping(sent.get("$set_once")).items():
            if name not in self.properties:
                self._set(name, value)
        for name, value in _mapping(sent.get("$set")).items():
            self._set(name, value)
        for name in _names(sent.get("$unset")):
            if name in self.properties:
                del self.properties[name]
                self.is_changed = True

    def absorb(self, other: "PersonDraft") -> None:
        """`other` ends; what it had goes to this person, whose own properties win."""
        if other.has_profile:
            self.properties = {**other.properties, **self.properties}
            self.created_at = min(self.created_at, other.created_at)
        self.is_changed = True
        other.absorbed_by = self

    def survivor(self) -> "PersonDraft":
        """Who this person is by now. It leaves a short cut, or a long chain of merges would be walked each time."""
        survivor, passed = self, []
        while survivor.absorbed_by:
            passed.append(survivor)
            survivor = survivor.absorbed_by
        for person in passed:
            person.absorbed_by = survivor
        return survivor

    def _set(self, name: str, value: Any) -> None:
        if name in self.properties and _is_same_json(self.properties[name], value):
            return
        self.properties[name] = value
        self.is_changed = True


class People:
    """The persons that a batch speaks of, by distinct id."""

    def __init__(self, by_distinct_id: dict[str, PersonDraft]) -> None:
        self._by_distinct_id = by_distinct_id
        self._drafts = list(dict.fromkeys(by_distinct_id.values()))

    def of(self, distinct_id: str) -> PersonDraft:
        return self._by_distinct_id[distinct_id].survivor()

    def follow(self, events: Iterable[IncomingEvent]) -> None:
        for event in events:
            if event.wants_profile:
                self._follow(event)

    @property
    def added(self) -> list[PersonDraft]:
        return [person for person in self._drafts if person.is_new and not person.absorbed_by]

    @property
    def changed(self) -> list[PersonDraft]:
        return [person for person in self._drafts if person.is_changed and not person.is_new and not person.absorbed_by]

    @property
    def absorbed(self) -> dict[PersonDraft, PersonDraft]:
        """Who ends, and in whom."""
        return {person: person.survivor() for person in self._drafts if person.absorbed_by}

    def _follow(self, event: IncomingEvent) -> None:
        if event.merged_distinct_id:
            self._merge(event, into=self.of(event.distinct_id), other=self.of(event.merged_distinct_id))
        person = self.of(event.distinct_id)
        person.show_profile(created_at=event.timestamp, event_uuid=event.uuid)
        if event.merged_distinct_id:
            person.identify()
        if event.changes_person:
            person.update_properties(event.properties)

    def _merge(self, event: IncomingEvent, *, into: PersonDraft, other: PersonDraft) -> None:
        if into is other:
            return
        if other.has_profile and not into.has_profile:
            # Only the other one exists so far: it stays and gets the new id.
            other.absorb(into)
        elif not other.is_identified or event.may_merge_identified:
            into.absorb(other)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _names(value: Any) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list | dict) else []


def _is_same_json(one: Any, other: Any) -> bool:
    """Unlike `==`, tells true from 1 and 1 from 1.0."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)
