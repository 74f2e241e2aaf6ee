"""PostHog's words for a moment: `-7d`, `mStart`, `2024-01-31` → an instant, in the project's time zone.

Pure: whoever calls brings `now`. Days, weeks and months are arithmetic on the wall clock of the project; hours and
shorter are arithmetic on time itself, so that a change of clocks moves neither midnight nor "24 hours ago".
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.actions import MeantAction
from events.filtering.conditions import ConditionTable, Members, MembersOf
from events.filtering.errors import Unsupported
from events.filtering.sql import Sql

_RELATIVE = re.compile(r"-?(?P<number>[0-9]+)?(?P<unit>[hdwmqyMs])(?P<position>Start|End)?")
_ABSOLUTE_LOOK = re.compile(r"\s*[0-9]{4,}-")
_LOOSE_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")
_CLOCK = {"h": timedelta(hours=1), "M": timedelta(minutes=1), "s": timedelta(seconds=1)}
_CALENDAR_DAYS = {"d": 1, "w": 7, "q": 91}
_MONTHS = {"m": 1, "y": 12}


class CompileHogQL(Protocol):
    """An expression → SQL that is true or not true, never null, for each row of `events e` or of `persons p`.

    It stands by itself: what it joins is inside. Raises Refusal, which names the place.
    """

    def __call__(self, text: str, place: str, table: ConditionTable = "events") -> Sql: ...


class SessionMeets(Protocol):
    """Whether an event's session `holds` for what it says under `key`: given its text and its type. Raises Refusal."""

    def __call__(self, key: str, place: str, holds: "Callable[[Sql, str], Sql]") -> Sql: ...


class TypeOf(Protocol):
    """What the project's definitions say of a property: Numeric, Boolean, DateTime …; None for text or unknown."""

    def __call__(self, kind: str, name: str, group_type_index: int | None = None) -> str | None: ...


def no_cohorts(cohort_id: int) -> Members | None:
    return None


def no_actions(action_id: int) -> MeantAction | None:
    return None


def no_hogql(text: str, place: str, table: ConditionTable = "events") -> Sql:
    raise Unsupported(f"{place}: a property filter of type hogql", "is not supported here")


def no_sessions(key: str, place: str, holds: Callable[[Sql, str], Sql]) -> Sql:
    raise Unsupported(f"{place}: a property filter of type session", "is not supported here")


def no_types(kind: str, name: str, group_type_index: int | None = None) -> str | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Where and when the question is asked, and what is known in that place.

    Its cohorts, actions and types of properties; what reads expressions and sessions, which belong to rooms above.
    """

    now: datetime
    zone: ZoneInfo
    week_starts_on_monday: bool = False
    members_of: MembersOf = field(default=no_cohorts, compare=False)
    action_of: Callable[[int], MeantAction | None] = field(default=no_actions, compare=False)
    type_of: TypeOf = field(default=no_types, compare=False)
    compile_hogql: CompileHogQL = field(default=no_hogql, compare=False)
    session_meets: SessionMeets = field(default=no_sessions, compare=False)

    @classmethod
    def of(
        cls, team: Team, now: datetime, *, members_of: MembersOf = no_cohorts, type_of: TypeOf = no_types
    ) -> "Clock":
        zone = ZoneInfo(team.timezone)
        return cls(
            now=now.astimezone(zone),
            zone=zone,
            week_starts_on_monday=team.week_start_day == Team.WeekStartDay.MONDAY,
            members_of=members_of,
            type_of=type_of,
        )


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A parsed date text. `unit` and `number` are None for absolute dates."""

    at: datetime
    is_relative: bool = False
    unit: str | None = None
    number: int = 0


def parse_moment(text: str, clock: Clock) -> Moment:
    """Absolute dates are read in the project's zone; a text that holds no date at all means now, as in PostHog."""
    with readable_dates(text):
        absolute = _parse_absolute(text.strip(), clock.zone)
        if absolute:
            return Moment(at=absolute)
        return _parse_relative(text, clock)


def start_of_day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def end_of_day(at: datetime) -> datetime:
    # fold=1: where midnight comes twice, the day ends at the second.
    return at.replace(hour=23, minute=59, second=59, microsecond=999999, fold=1)


def months_later(at: datetime, months: int) -> datetime:
    """The same day of another month, or its last day."""
    month = at.year * 12 + at.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))


def length_in(text: str) -> tuple[int, str] | None:
    """Of "-1w" the number and the unit. Raises Refusal."""
    match = _RELATIVE.search(text)
    return (_number(match), match["unit"]) if match else None


def shift(at: datetime, number: int, unit: str) -> datetime:
    """So many units back."""
    if unit in _CLOCK:
        return (at.astimezone(UTC) - number * _CLOCK[unit]).astimezone(at.tzinfo)
    if unit in _CALENDAR_DAYS:
        return at - timedelta(days=number * _CALENDAR_DAYS[unit])
    return months_later(at, -number * _MONTHS[unit])


def end_of_hour(at: datetime) -> datetime:
    return at.replace(minute=59, second=59, microsecond=999999)


def _parse_absolute(text: str, zone: ZoneInfo) -> datetime | None:
    parsed = _from_iso(text)
    if parsed is None and _ABSOLUTE_LOOK.match(text):
        raise Refusal(f"Invalid date: {text[:50]!r}.")
    if parsed is None:
        return None
    return parsed.replace(tzinfo=zone) if parsed.tzinfo is None else parsed.astimezone(zone)


def _from_iso(text: str) -> datetime | None:
    loose = _LOOSE_DATE.fullmatch(text)
    try:
        if loose:
            return datetime(int(loose[1]), int(loose[2] or 1), int(loose[3] or 1))
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _parse_relative(text: str, clock: Clock) -> Moment:
    match = _RELATIVE.search(text)
    if not match:
        return Moment(at=clock.now, is_relative=True)
    number, unit = _number(match), match["unit"]
    at = _at_position(shift(clock.now, number, unit), unit, match["position"])
    return Moment(at=at, is_relative=True, unit=unit, number=number)


def _number(match: re.Match[str]) -> int:
    digits = match["number"] or "0"
    if len(digits) > 9:
        raise Refusal(f"Invalid date: {match[0][:50]!r} is too far away.")
    return int(digits)


def _at_position(at: datetime, unit: str, position: str | None) -> datetime:
    if not position:
        return at
    is_start = position == "Start"
    if unit == "h":
        return at.replace(minute=0, second=0, microsecond=0) if is_start else end_of_hour(at)
    if unit == "d":
        return start_of_day(at) if is_start else end_of_day(at)
    if unit == "m":
        return at.replace(day=1 if is_start else monthrange(at.year, at.month)[1])
    if unit == "y":
        return at.replace(month=1, day=1) if is_start else at.replace(month=12, day=31)
    return at


@contextmanager
def readable_dates(text: str) -> Iterator[None]:
    """Dates outside the years 1 to 9999 cannot be written down."""
    try:
        yield
    except (OverflowError, ValueError, OSError):
        # OSError is what unix times give that are too large for the system's calendar.
        raise Refusal(f"Invalid date: {text[:50]!r} is too far away.") from None
