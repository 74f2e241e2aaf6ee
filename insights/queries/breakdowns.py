"""What events are broken down by: properties of events, persons, groups and sessions, and expressions of HogQL."""

from dataclasses import dataclass

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.conditions import GROUP_TYPES
from events.filtering.errors import Unsupported, at_place
from events.filtering.moments import Clock
from events.filtering.readings import number_of
from events.filtering.sql import Sql, compose
from insights.queries.entities import SCOPES, Property
from insights.queries.event_tables import session_property
from insights.queries.hogql import compile_expression
from insights.queries.hogql.conversions import convert
from insights.queries.hogql.types import FLOAT, NUMERIC, TEXT
from insights.queries.hogql.values import Value
from insights.queries.nodes import Breakdown, BreakdownFilter
from insights.queries.sources import property_sql

DEFAULT_LIMIT = 25
MAX_LIMIT = 1000
MAX_BREAKDOWNS = 3
MAX_BINS = 1000
OTHER_NAME = "Other"
EXPRESSIONS = ("hogql", "event_metadata")


@dataclass(frozen=True, kw_only=True)
class Computed:
    """A value of `events e` and of the tables that `events_with` joins: as a text, and for bins as a number."""

    text: Sql
    number: Sql | None = None


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """`bins` is how many bins its numbers are put into; `is_url` cleans addresses."""

    of: Property | Computed
    bins: int | None = None
    is_url: bool = False

    @property
    def reads_persons(self) -> bool:
        return isinstance(self.of, Property) and self.of.scope == "person"


@dataclass(frozen=True, kw_only=True)
class BreakdownPlan:
    """`is_list`: asked for as `breakdowns`, and so the values of the answer are lists."""

    dimensions: tuple[Dimension, ...]
    limit: int
    hides_other: bool
    is_list: bool

    @property
    def reads_persons(self) -> bool:
        return any(one.reads_persons for one in self.dimensions)


def breakdown_of(
    asked: BreakdownFilter | None, *, team: Team, clock: Clock, default_limit: int = DEFAULT_LIMIT
) -> BreakdownPlan | None:
    """None without a breakdown. Cohorts are none of its kinds. Compiling expressions reads the property definitions.

    `breakdown_path_cleaning` asks for the project's rules, of which no project has any.
    """
    if asked is None or not (asked.breakdowns or asked.breakdown):
        return None
    return BreakdownPlan(
        dimensions=tuple(_dimension(one, place, team, clock) for place, one in _each(asked)),
        limit=limit_of(asked, default=default_limit),
        hides_other=bool(asked.breakdown_hide_other_aggregation),
        is_list=bool(asked.breakdowns) or isinstance(asked.breakdown, list) and len(asked.breakdown) > 1,
    )


def text_sql(dimension: Dimension) -> Sql:
    """The value of an event, as it is; NULL where there is none."""
    return dimension.of.text if isinstance(dimension.of, Computed) else property_sql(dimension.of)


def number_sql(dimension: Dimension) -> Sql:
    if isinstance(dimension.of, Computed) and dimension.of.number is not None:
        return dimension.of.number
    return number_of(text_sql(dimension))


def cleaned_url(text: Sql) -> Sql:
    """Without what ends it: `/a/`, `/a?` and `/a#` are `/a`."""
    return compose("CASE WHEN {text} ~ '^[/?#]*$' THEN '/' ELSE regexp_replace({text}, '[/?#]*$', '') END", text=text)


def limit_of(asked: BreakdownFilter, *, default: int = DEFAULT_LIMIT) -> int:
    limit = default if asked.breakdown_limit is None else asked.breakdown_limit
    if not 1 <= limit <= MAX_LIMIT:
        raise Refusal(f"breakdownFilter.breakdown_limit: must be between 1 and {MAX_LIMIT}.")
    return limit


def property_of(key: str | int, kind: str | None, place: str) -> Property:
    scope = SCOPES.get(kind or "event")
    if not scope:
        raise Unsupported(f"{place}: a breakdown of type {kind}")
    return Property(scope=scope, key=_name(key, place))


def _each(asked: BreakdownFilter) -> list[tuple[str, Breakdown]]:
    """What is asked for, each with its place; the older way to say it is told in the words of the newer."""
    if asked.breakdowns:
        found = [(f"breakdownFilter.breakdowns.{index}", one) for index, one in enumerate(asked.breakdowns)]
    else:
        keys = asked.breakdown if isinstance(asked.breakdown, list) else [asked.breakdown or ""]
        found = [("breakdownFilter.breakdown", _in_new_words(key, asked)) for key in keys]
    if len(found) > MAX_BREAKDOWNS:
        raise Refusal(f"breakdownFilter.breakdowns: at most {MAX_BREAKDOWNS}.")
    return found


def _in_new_words(key: str | int, asked: BreakdownFilter) -> Breakdown:
    return Breakdown(
        property=key,
        type=asked.breakdown_type,
        group_type_index=asked.breakdown_group_type_index,
        histogram_bin_count=asked.breakdown_histogram_bin_count,
        normalize_url=asked.breakdown_normalize_url,
    )


def _dimension(one: Breakdown, place: str, team: Team, clock: Clock) -> Dimension:
    if one.histogram_bin_count is not None and not 1 <= one.histogram_bin_count <= MAX_BINS:
        raise Refusal(f"{_part(place, 'histogram_bin_count')}: must be between 1 and {MAX_BINS}.")
    return Dimension(of=_source(one, place, team, clock), bins=one.histogram_bin_count, is_url=bool(one.normalize_url))


def _source(one: Breakdown, place: str, team: Team, clock: Clock) -> Property | Computed:
    if one.type == "group":
        return _of_group(one, place)
    if one.type == "session":
        return _computed(session_property(_name(one.property, place), place=place), clock)
    if one.type in EXPRESSIONS:
        return _computed(_compiled(_name(one.property, place), place, team, clock), clock)
    return property_of(one.property, one.type, place)


def _of_group(one: Breakdown, place: str) -> Computed:
    if one.group_type_index is None or one.group_type_index not in GROUP_TYPES:
        raise Refusal(f"{_part(place, 'group_type_index')}: must be between 0 and {GROUP_TYPES[-1]}.")
    table = Sql(f"g{one.group_type_index}")
    text = compose("({table}.group_properties ->> {key}::text)", table=table, key=_name(one.property, place))
    return Computed(text=text)


def _compiled(text: str, place: str, team: Team, clock: Clock) -> Value:
    with at_place(place):
        found = compile_expression(text, team=team, clock=clock)
    if found.is_aggregate:
        raise Refusal(f"{place}: an aggregate cannot break down events.")
    return Value(sql=found.sql, type=found.type, is_nullable=found.is_nullable)


def _computed(value: Value, clock: Clock) -> Computed:
    """Numbers that are numbers already need not be read from their texts."""
    number = convert(value, FLOAT, clock).sql if value.type.kind in NUMERIC else None
    return Computed(text=convert(value, TEXT, clock).sql, number=number)


def _part(place: str, name: str) -> str:
    """The older way has it beside the breakdown, the newer inside."""
    return f"{place}_{name}" if place.endswith("breakdown") else f"{place}.{name}"


def _name(key: str | int, place: str) -> str:
    if not isinstance(key, str):
        raise Unsupported(f"{place}: anything but the name of a property")
    return key
