"""A million events of a notes app: 90 days, 20 000 persons, some 15 properties on each event. The same at every run."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

SEED = 20_260_101
EVENTS, PERSONS, DAYS = 1_000_000, 20_000, 90
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
SITE = "https://quillnotes.example"
PAGES = ["/app", "/app/search", "/app/note", "/pricing", "/features", "/blog/inbox-zero", "/docs", "/about"]
PAGE_WEIGHTS = [30, 12, 20, 9, 7, 9, 8, 5]
BROWSERS = ["Chrome", "Safari", "Firefox", "Edge", "Opera"]
SYSTEMS = ["Mac OS X", "Windows", "iOS", "Android", "Linux"]
REFERRERS = ["$direct", "www.google.com", "news.ycombinator.com", "github.com", "www.bing.com"]
# More than a breakdown shows, so that there are others.
COUNTRIES = [
    *("US", "DE", "GB", "FR", "IN", "BR", "CA", "AU", "NL", "ES", "IT", "PL", "SE", "JP", "KR", "MX", "AR", "CH"),
    *("AT", "BE", "DK", "NO", "FI", "PT", "IE", "CZ", "RO", "GR", "HU", "NZ", "ZA", "SG", "IL", "TR", "CL", "UA"),
]
PLANS = ["free", "pro", "team"]
PRICES = {"pro": 8.5, "team": 24.0}
EVENTS_OF_A_SESSION = 12
# How busy each hour of a day is.
HOURS = [2, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 13, 12, 13, 14, 14, 13, 11, 9, 8, 8, 7, 5, 3]


@dataclass
class Person:
    """`number` is the one that events carry. Who has two devices uses either."""

    number: int
    uuid: UUID
    distinct_id: str
    devices: list[dict[str, Any]]
    country: str
    first_seen: datetime | None = None
    is_signed_up: bool = False
    plan: str = "free"


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    uuid: UUID
    name: str
    person: Person
    properties: dict[str, Any]


class Product:
    """Tells what happened session by session, in the order in which sessions begin."""

    def __init__(self, *, events: int = EVENTS, persons: int = PERSONS) -> None:
        self._chance = random.Random(SEED)
        self._count = events
        self.persons = [self._person(number) for number in range(1, persons + 1)]

    def happenings(self) -> Iterator[Happening]:
        """As many as were asked for."""
        told = 0
        for at, person in self._sessions():
            for happening in self._session(person, at):
                yield happening
                told += 1
                if told == self._count:
                    return

    def _sessions(self) -> list[tuple[datetime, Person]]:
        """Few people come often, and who comes seldom came late."""
        chance = self._chance
        sessions = []
        for _ in range(self._count * 10 // 124):  # a few more than are needed
            place = int(len(self.persons) * chance.random() ** 2)
            day = DAYS * max(chance.random(), place / len(self.persons) * chance.random() ** 0.5)
            hour = chance.choices(range(24), HOURS)[0]
            at = FIRST_DAY + timedelta(days=int(day), hours=hour, microseconds=chance.randrange(3_600_000_000))
            sessions.append((at, self.persons[place]))
        return sorted(sessions, key=lambda one: one[0])

    def _session(self, person: Person, at: datetime) -> Iterator[Happening]:
        chance = self._chance
        person.first_seen = person.first_seen or at
        common = {
            **chance.choice(person.devices),
            "$session_id": str(self._uuid()),
            "$referring_domain": chance.choice(REFERRERS),
            "$geoip_country_code": person.country,
            "$lib": "web",
            "$lib_version": "1.300.0",
        }
        for _ in range(1 + int(chance.expovariate(1 / EVENTS_OF_A_SESSION))):
            name, own = self._deed(person)
            page = chance.choices(PAGES, PAGE_WEIGHTS)[0]
            where = {"$current_url": SITE + page, "$pathname": page, "load_ms": chance.randrange(40, 900)}
            yield Happening(at, self._uuid(), name, person, {**common, **where, "plan": person.plan, **own})
            at += timedelta(microseconds=chance.randrange(1_000_000, 240_000_000))

    def _deed(self, person: Person) -> tuple[str, dict[str, Any]]:
        chance = self._chance
        luck = chance.random()
        if luck < 0.62:
            return "$pageview", {}
        if not person.is_signed_up:
            person.is_signed_up = luck < 0.7
            return ("signed_up", {}) if person.is_signed_up else ("$pageleave", {})
        if luck < 0.85:
            return "note_created", {"words": int(chance.lognormvariate(4.4, 0.9))}
        if luck < 0.92:
            return "note_shared", {"with": chance.randint(1, 6)}
        if luck < 0.995:
            return "searched", {"results": chance.randrange(40)}
        person.plan = chance.choice(PLANS[1:])
        return "subscribed", {"price": PRICES[person.plan]}

    def _person(self, number: int) -> Person:
        chance = self._chance
        devices = [self._device() for _ in range(1 + (chance.random() < 0.25))]
        country = chance.choices(COUNTRIES, range(len(COUNTRIES) + 4, 4, -1))[0]
        return Person(number, self._uuid(), f"person-{number:05d}", devices, country)

    def _device(self) -> dict[str, Any]:
        chance = self._chance
        width, height = chance.choice([(1920, 1080), (1440, 900), (390, 844), (2560, 1440)])
        return {
            "$browser": chance.choices(BROWSERS, [58, 24, 11, 5, 2])[0],
            "$os": chance.choices(SYSTEMS, [38, 34, 14, 9, 5])[0],
            "$device_type": "Mobile" if width == 390 else "Desktop",
            "$screen_width": width,
            "$screen_height": height,
        }

    def _uuid(self) -> UUID:
        return UUID(int=self._chance.getrandbits(128), version=4)


def event_rows(happenings: Iterable[Happening], *, team_id: int) -> Iterator[tuple[Any, ...]]:
    """As `Event.objects.copy_in` takes them."""
    for one in happenings:
        properties = orjson.dumps(one.properties).decode()
        person = one.person
        yield team_id, one.at, one.uuid, one.name, person.distinct_id, person.number, properties, "", one.at
