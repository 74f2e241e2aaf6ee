"""What a batch of events says about the names in it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from definitions.property_types import PropertyType, property_type

MAX_NAME_BYTES = 200
#: An event with more of them has data for names.
MAX_PROPERTIES = 10_000
NO_GROUP = -1
SKIPPED_EVENTS = frozenset({"$$plugin_metrics"})
SKIPPED_PROPERTIES = frozenset(
    {"$set", "$set_once", "$unset", "$groups", "$group_0", "$group_1", "$group_2", "$group_3", "$group_4"}
)
#: They come with every event, so that it says nothing to have seen them together.
UNPAIRED = ("$feature/", "$feature_enrollment/")


class PropertyKey(NamedTuple):
    """Which property: of events, of persons, or of the groups of one type."""

    kind: str
    group_type_index: int
    name: str


@dataclass
class Sightings:
    names: set[str] = field(default_factory=set)
    properties: dict[PropertyKey, PropertyType | None] = field(default_factory=dict)
    #: Of an event and a property that it carried.
    pairs: set[tuple[str, str]] = field(default_factory=set)
    #: Events, each with the names of its properties, of which another has nothing new to say.
    _settled: set[tuple[str, ...]] = field(default_factory=set, repr=False, compare=False)

    @classmethod
    def of(
        cls, events: Iterable[tuple[str, Mapping[str, Any]]], *, group_types: Mapping[str, int] | None = None
    ) -> "Sightings":
        """Of names of events with their properties. `group_types`: the index of each known type of group."""
        sightings = cls()
        for name, properties in events:
            sightings._add(_storable(name), properties, group_types or {})
        return sightings

    def _add(self, event: str, properties: Mapping[str, Any], group_types: Mapping[str, int]) -> None:
        shape = (event, *properties)
        if shape in self._settled or event in SKIPPED_EVENTS or not _fits(event):
            return
        self.names.add(event)
        if len(properties) > MAX_PROPERTIES:
            return
        if event == "$groupidentify":
            index = group_types.get(str(properties.get("$group_type")))
            if index is not None:
                self._note("group", index, properties.get("$group_set"))
            return
        self._note("person", NO_GROUP, properties.get("$set"))
        self._note("person", NO_GROUP, properties.get("$set_once"))
        noted = self._note("event", NO_GROUP, properties, skipped=SKIPPED_PROPERTIES)
        self.pairs.update((event, name) for name in noted if not name.startswith(UNPAIRED))
        says_more = "$set" in properties or "$set_once" in properties
        if not says_more and all(self.properties[PropertyKey("event", NO_GROUP, name)] for name in noted):
            self._settled.add(shape)

    def _note(
        self, kind: str, group_type_index: int, properties: Any, *, skipped: frozenset[str] = frozenset()
    ) -> list[str]:
        """The names that were noted. The first value that has a type gives the property its type."""
        if not isinstance(properties, Mapping) or len(properties) > MAX_PROPERTIES:
            return []
        noted = []
        for raw, value in properties.items():
            name = _storable(raw)
            if name in skipped or not _fits(name):
                continue
            key = PropertyKey(kind, group_type_index, name)
            if self.properties.get(key) is None:
                self.properties[key] = property_type(name, value)
            noted.append(name)
        return noted


def _storable(name: str) -> str:
    return name.replace("\x00", "\ufffd")


def _fits(name: str) -> bool:
    # Most names are short: do not encode those.
    return 0 < len(name) <= MAX_NAME_BYTES and (
        len(name) <= MAX_NAME_BYTES // 4 or len(name.encode(errors="replace")) <= MAX_NAME_BYTES
    )
