"""Ninety days in the life of a small notes app, as its SDK would have told them. Pure, and the same for one seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

DAYS = 90
SEED = 20_260_101
SITE = "https://quillnotes.example"

BROWSERS = {"Chrome": 58, "Safari": 24, "Firefox": 11, "Edge": 7}
SYSTEMS = {"Mac OS X": 38, "Windows": 34, "iOS": 14, "Android": 9, "Linux": 5}
REFERRERS = {"$direct": 40, "www.google.com": 34, "news.ycombinator.com": 9, "twitter.com": 9, "github.com": 8}
COUNTRIES = {"US": 42, "DE": 17, "GB": 14, "FR": 9, "IN": 9, "BR": 9}
PAGES = {"/": 30, "/pricing": 14, "/features": 12, "/blog/inbox-zero": 18, "/docs": 16, "/about": 10}
FIRST_NAMES = [
    "Ada",
    "Ben",
    "Cleo",
    "Dan",
    "Eva",
    "Finn",
    "Gia",
    "Hugo",
    "Ida",
    "Jon",
    "Kim",
    "Leo",
    "Mia",
    "Ned",
    "Ola",
    "Pia",
    "Rui",
    "Sam",
    "Tom",
    "Una",
    "Vic",
    "Wes",
    "Zoe",
]
# Mondays are busy, weekends are not.
WEEKDAYS = (1.15, 1.2, 1.15, 1.1, 0.95, 0.5, 0.55)


@dataclass
class Visitor:
    """Somebody with a browser. `email` once they have signed up."""

    number: int
    distinct_id: str
    properties: dict[str, Any]
    habit: float
    email: str | None = None
    is_paying: bool = False


class Diary:
    """Tells the days one by one; each visitor's events in the order they happened."""

    def __init__(self, *, until: datetime, seed: int = SEED) -> None:
        self.chance = random.Random(seed)
        self.until = until
        self.visitors: list[Visitor] = []

    def days(self) -> Iterator[list[dict[str, Any]]]:
        first = self.until.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
        for number in range(DAYS):
            day = first + timedelta(days=number)
            yield [event for event in self._day(day, number) if event["timestamp"] <= self.until.isoformat()]

    def _day(self, day: datetime, number: int) -> Iterator[dict[str, Any]]:
        rate = WEEKDAYS[day.weekday()] * (1 + number / DAYS)
        newcomers = [self._newcomer() for _ in range(self._about(14 * rate))]
        for visitor in newcomers:
            yield from self._first_visit(visitor, self._moment(day))
        for visitor in self.visitors[: -len(newcomers) or None]:
            if visitor.email and self.chance.random() < visitor.habit * min(rate, 1.0):
                yield from self._working_session(visitor, self._moment(day))

    def _newcomer(self) -> Visitor:
        number = len(self.visitors)
        visitor = Visitor(
            number=number,
            distinct_id=f"anon-{number:05d}",
            properties={
                "$browser": self._pick(BROWSERS),
                "$os": self._pick(SYSTEMS),
                "$referring_domain": self._pick(REFERRERS),
                "$geoip_country_code": self._pick(COUNTRIES),
            },
            habit=self.chance.betavariate(1.2, 2.6),
        )
        self.visitors.append(visitor)
        return visitor

    def _first_visit(self, visitor: Visitor, at: datetime) -> Iterator[dict[str, Any]]:
        session = self._uuid()
        for _ in range(self.chance.randint(1, 4)):
            yield self._event("$pageview", visitor, at, session, {"$current_url": SITE + self._pick(PAGES)})
            at += timedelta(seconds=self.chance.randint(8, 180))
        if self.chance.random() < 0.34:
            yield from self._sign_up(visitor, at, session)

    def _sign_up(self, visitor: Visitor, at: datetime, session: str) -> Iterator[dict[str, Any]]:
        anonymous = visitor.distinct_id
        name = self.chance.choice(FIRST_NAMES)
        visitor.email = f"{name.lower()}{visitor.number}@mail.example"
        visitor.distinct_id = visitor.email
        person = {"email": visitor.email, "name": name, "plan": "free", "signed_up_at": at.isoformat()}
        yield self._event("$identify", visitor, at, session, {"$anon_distinct_id": anonymous, "$set": person})
        at += timedelta(seconds=2)
        yield self._event("signed_up", visitor, at, session, {"plan": "free"})
        if self.chance.random() < 0.8:
            at += timedelta(seconds=self.chance.randint(20, 400))
            yield self._event("note_created", visitor, at, session, {"words": self._words(), "template": "welcome"})

    def _working_session(self, visitor: Visitor, at: datetime) -> Iterator[dict[str, Any]]:
        session = self._uuid()
        yield self._event("$pageview", visitor, at, session, {"$current_url": f"{SITE}/app"})
        for _ in range(self._about(2.2)):
            at += timedelta(seconds=self.chance.randint(30, 600))
            yield self._event("note_created", visitor, at, session, {"words": self._words(), "template": "blank"})
        if self.chance.random() < 0.25:
            at += timedelta(seconds=self.chance.randint(30, 300))
            yield self._event("note_shared", visitor, at, session, {"with": self.chance.randint(1, 6)})
        if not visitor.is_paying and self.chance.random() < 0.02:
            visitor.is_paying = True
            plan, price = self.chance.choice([("pro", 8), ("pro", 8), ("team", 24)])
            at += timedelta(seconds=90)
            properties = {"plan": plan, "price": price, "$set": {"plan": plan}}
            yield self._event("subscribed", visitor, at, session, properties)

    def _event(
        self, name: str, visitor: Visitor, at: datetime, session: str, properties: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "event": name,
            "uuid": self._uuid(),
            "distinct_id": visitor.distinct_id,
            "timestamp": at.isoformat(),
            "properties": {**visitor.properties, "$session_id": session, "$lib": "web", **properties},
        }

    def _moment(self, day: datetime) -> datetime:
        return day + timedelta(seconds=min(max(self.chance.gauss(14, 4), 0), 23.9) * 3600)

    def _about(self, mean: float) -> int:
        return max(0, round(self.chance.gauss(mean, mean**0.5)))

    def _words(self) -> int:
        return round(self.chance.lognormvariate(4.4, 0.9))

    def _pick(self, weights: dict[str, int]) -> str:
        return self.chance.choices(list(weights), list(weights.values()))[0]

    def _uuid(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))
