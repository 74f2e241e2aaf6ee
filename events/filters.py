"""What query strings ask of events, persons and groups."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.http import QueryDict
from django_filters import rest_framework as filters
from rest_framework.exceptions import ParseError

from common.exceptions import Refusal
from common.parsers import parse_json
from events.asking import MAX_OFFSET, Column, EventsAsked, ValuesAsked
from events.clock import clock_of
from events.filtering.compiler import condition_sql
from events.filtering.conditions import EVERYTHING, Condition, Expressed, InCohort, all_of
from events.filtering.errors import fault_of
from events.filtering.moments import Clock
from events.filtering.query_strings import condition_from, moment_of
from events.models import Cohort, Group, Person
from events.querysets import ActionQuerySet, CohortQuerySet, GroupQuerySet, PersonQuerySet

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100
# Events of clocks that go ahead a little are shown too.
GRACE = timedelta(seconds=5)
DAYS_OF_VALUES = timedelta(days=7)
MAX_VALUES = 10
NEWEST_FIRST = ["-timestamp"]
COLUMNS: tuple[Column, ...] = ("event", "distinct_id", "person_id")


def events_asked(
    query: QueryDict, *, actions: ActionQuerySet, clock: Clock, default_limit: int = DEFAULT_LIMIT
) -> EventsAsked | None:
    """None where nothing can be meant: a person id of a strange form, no such action. Raises Refusal."""
    person = query.get("person_id")
    if person and person_id(person) is None:
        return None
    wanted = query.get("action_id")
    action = actions.with_id(wanted) if wanted else None
    if wanted and (action is None or not action.steps):
        return None
    return EventsAsked(
        before=_moment(query, "before", clock) or clock.now + GRACE,
        after=_moment(query, "after", clock),
        event=query.get("event") or None,
        distinct_id=query.get("distinct_id") or None,
        person=person_id(person) if person else None,
        condition=all_of([_condition(query.get("properties"), clock), *_expressions(query.getlist("where"), clock)]),
        action=action.alternatives if action else None,
        is_descending="orderBy" not in query or _json(query.get("orderBy"), None) == NEWEST_FIRST,
        limit=min(_positive(query.get("limit")) or default_limit, MAX_LIMIT),
        offset=min(_positive(query.get("offset")), MAX_OFFSET),
    )


def values_asked(query: QueryDict, *, clock: Clock) -> ValuesAsked:
    """Raises Refusal."""
    key = query.get("key")
    if not key:
        raise Refusal("You must provide a key", attr="key")
    column = next((column for column in COLUMNS if column == key), None)
    by_column = query.get("is_column") == "true"
    if by_column and column is None:
        raise Refusal(f"The columns are {', '.join(COLUMNS)}.", attr="key")
    return ValuesAsked(
        key=key,
        column=column if by_column else None,
        after=clock.now - DAYS_OF_VALUES,
        before=clock.now + GRACE,
        containing=query.get("value") or None,
        events=tuple(query.getlist("event_name")),
        others=tuple(_other_properties(query)),
        limit=MAX_VALUES,
    )


def person_id(text: str) -> UUID | int | None:
    """As a path or a query names a person; None for what can be neither."""
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    try:
        return UUID(text)
    except ValueError:
        return None


def group_named(query: QueryDict) -> tuple[int, str]:
    """Raises Refusal."""
    index, key = query.get("group_type_index", ""), query.get("group_key")
    if not (index.isascii() and index.isdigit() and len(index) == 1):
        raise Refusal("A valid integer is required.", attr="group_type_index")
    if not key:
        raise Refusal("This field is required.", code="required", attr="group_key")
    return int(index), key


class PersonFilter(filters.FilterSet):
    search = filters.CharFilter(
        method="filter_search", help_text="Part of the e-mail address or the name, a whole distinct id, or the uuid."
    )
    email = filters.CharFilter(method="filter_email", help_text="Persons with exactly this e-mail address.")
    distinct_id = filters.CharFilter(method="filter_distinct_id", help_text="The person with this distinct id.")
    cohort = filters.NumberFilter(
        method="filter_cohort", min_value=1, max_value=2**63 - 1, help_text="Persons in the cohort with this id."
    )
    properties = filters.CharFilter(method="filter_properties", help_text="A JSON list of filters by person property.")

    class Meta:
        model = Person
        fields: list[str] = []

    def filter_search(self, persons: PersonQuerySet, name: str, value: str) -> PersonQuerySet:
        return persons.search(value)

    def filter_email(self, persons: PersonQuerySet, name: str, value: str) -> PersonQuerySet:
        return persons.with_email(value)

    def filter_distinct_id(self, persons: PersonQuerySet, name: str, value: str) -> PersonQuerySet:
        return persons.with_distinct_id(value)

    def filter_cohort(self, persons: PersonQuerySet, name: str, value: Decimal) -> PersonQuerySet:
        team = self.request.parser_context["view"].team
        with fault_of("cohort"):
            belongs = InCohort(cohort_id=int(value), place="cohort")
            return persons.meeting(belongs, team_id=team.pk, clock=clock_of(team))

    def filter_properties(self, persons: PersonQuerySet, name: str, value: str) -> PersonQuerySet:
        team = self.request.parser_context["view"].team
        clock = clock_of(team)
        condition = condition_from(_properties(value), clock=clock, default_type="person", only=["person"])
        return persons.meeting(condition, team_id=team.pk, clock=clock)


class CohortFilter(filters.FilterSet):
    search = filters.CharFilter(method="filter_search", help_text="Part of the name.")
    is_static = filters.BooleanFilter(method="filter_is_static", help_text="Listed persons, or those of criteria.")
    created_by_id = filters.NumberFilter(method="filter_created_by", help_text="Id of the user who made it.")

    class Meta:
        model = Cohort
        fields: list[str] = []

    def filter_search(self, cohorts: CohortQuerySet, name: str, value: str) -> CohortQuerySet:
        return cohorts.search(value)

    def filter_is_static(self, cohorts: CohortQuerySet, name: str, value: bool) -> CohortQuerySet:
        return cohorts.static(value)

    def filter_created_by(self, cohorts: CohortQuerySet, name: str, value: Decimal) -> CohortQuerySet:
        return cohorts.made_by(value)


class GroupFilter(filters.FilterSet):
    group_type_index = filters.NumberFilter(min_value=0, max_value=4, help_text="Only groups of this type.")
    search = filters.CharFilter(method="filter_search", help_text="Part of the key or of the name.")

    class Meta:
        model = Group
        fields: list[str] = []

    def filter_search(self, groups: GroupQuerySet, name: str, value: str) -> GroupQuerySet:
        return groups.search(value)


def _moment(query: Mapping[str, Any], name: str, clock: Clock) -> datetime | None:
    text = query.get(name)
    return moment_of(text, name=name, clock=clock) if text and text != "all" else None


def _condition(text: str | None, clock: Clock) -> Condition:
    return condition_from(_properties(text), clock=clock) if text else EVERYTHING


def _expressions(texts: list[str], clock: Clock) -> Iterator[Condition]:
    """`where=["event = 'x'"]`, or each expression under a `where` of its own."""
    listed = [one for text in texts if text for one in _listed(text)]
    with fault_of("where"):
        for index, text in enumerate(listed):
            condition = Expressed(text=text, place=f"where.{index}")
            # Read once here, where it is known which parameter it stands in.
            condition_sql(condition, clock=clock)
            yield condition


def _listed(text: str) -> list[str]:
    members = _json(text, None)
    if not isinstance(members, list):
        return [text]
    if not all(isinstance(member, str) for member in members):
        raise Refusal("Must be a list of expressions.", attr="where")
    return members


def _properties(text: str) -> Any:
    try:
        return parse_json(text.encode(errors="replace"))
    except ParseError:
        raise Refusal("Properties are unparsable!", attr="properties") from None
    except Refusal as refusal:
        raise Refusal(refusal.detail, code=refusal.code, attr="properties") from None


def _json(text: str | None, default: Any) -> Any:
    try:
        return orjson.loads(text or "")
    except orjson.JSONDecodeError:
        return default


def _other_properties(query: QueryDict) -> list[tuple[str, tuple[str, ...]]]:
    """`properties_plan=free`, or a JSON list of values."""
    prefix = "properties_"
    return [
        (name.removeprefix(prefix), _texts(value))
        for name in query
        if name.startswith(prefix)
        for value in query.getlist(name)
    ]


def _texts(value: str) -> tuple[str, ...]:
    members = _json(value, None)
    if not isinstance(members, list):
        return (value,)
    return tuple(member if isinstance(member, str) else orjson.dumps(member).decode() for member in members)


def _positive(text: str | None) -> int:
    """0 for whatever is no such number."""
    if not text or not text.isascii() or not text.isdigit():
        return 0
    return int(text) if len(text) <= 18 else MAX_OFFSET
