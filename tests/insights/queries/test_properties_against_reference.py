"""Every operator over every kind of stored value: the SQL finds just the rows that the contract names."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from common.exceptions import Refusal
from events.filtering.compiler import condition_sql
from events.filtering.conditions import condition_of, reads_persons
from events.filtering.moments import Clock
from events.filtering.sql import compose
from insights.queries.database import fetch_rows
from insights.queries.hogql.conditions import compiling
from insights.queries.nodes import PropertyFilterList
from tests.insights.queries import strategies as ours
from tests.insights.queries.conftest import put_events, put_persons
from tests.insights.queries.reference.filters import meets
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 4, 3, 9, 41, tzinfo=UTC)
VALUES = [None, True, False, *ours.NUMBERS, *ours.TEXTS, *ours.DATES]
FILTERS = TypeAdapter(PropertyFilterList)


@pytest.fixture
def stored(team):
    """One event and one person for each value, under every key; the event's name is the value's place."""
    bags = [dict.fromkeys(ours.KEYS, value) for value in VALUES] + [{}]
    events = [SampleEvent(str(place), NOW, person=place, properties=bag) for place, bag in enumerate(bags)]
    put_persons(team, events, [SamplePerson(place, bag) for place, bag in enumerate(bags)])
    put_events(team, events)
    return bags


@given(filters=ours.group_or_list, zone=ours.zones, types=ours.types)
@settings(max_examples=300)
def test_the_same_rows(team, stored, filters, zone, types):
    found = rows_found(team, filters, zone, types)

    assert found == {str(n) for n, bag in enumerate(stored) if meets(filters, bag, bag, zone, types)}


@given(leaf=ours.leaves, zone=st.just(ZoneInfo("America/New_York")), defined=ours.defined)
@settings(max_examples=600)
def test_the_same_rows_for_one_filter(team, stored, leaf, zone, defined):
    types = {(kind, key): defined for kind in ("event", "person") for key in ours.KEYS}

    found = rows_found(team, [leaf], zone, types)

    assert found == {str(n) for n, bag in enumerate(stored) if meets(leaf, bag, bag, zone, types)}


@given(expression=ours.expressions, leaf=ours.leaves, is_any=st.booleans(), other=ours.expressions)
@settings(max_examples=150)
def test_expressions_find_the_same_rows(team, stored, expression, leaf, is_any, other):
    (text, same), (other_text, other_same) = expression, other
    word = "OR" if is_any else "AND"

    def group(*said):
        return {"type": word, "values": [*said, leaf]}

    found = rows_found(team, group(hogql(text), {"type": "AND", "values": [hogql(other_text)]}), ours.UTC_ZONE, {})

    expected = group(same, other_same)
    assert found == {str(n) for n, bag in enumerate(stored) if meets(expected, bag, bag, ours.UTC_ZONE)}


def hogql(text):
    return {"type": "hogql", "key": text}


def rows_found(team, filters, zone, types):
    condition = condition_of(FILTERS.validate_python(filters), place="properties")
    plain = Clock(now=NOW.astimezone(zone), zone=zone, type_of=lambda kind, key, index: types.get((kind, key)))
    try:
        with compiling(plain, team=team) as clock:
            holds = condition_sql(condition, clock=clock)
    except Refusal as refusal:
        # Of times that no calendar has, and of texts that are no time, where a property is one.
        if "DateTime" in types.values() and re.search("too far away|needs a date", refusal.detail):
            reject()
        raise
    persons = compose("JOIN persons p ON p.team_id = e.team_id AND p.number = e.person_id")
    rows = fetch_rows(
        compose(
            "SELECT e.event FROM events e {persons} WHERE e.team_id = {team_id} AND {condition}",
            persons=persons if reads_persons(condition) else compose(""),
            team_id=team.pk,
            condition=holds,
        )
    )
    return {name for (name,) in rows}
