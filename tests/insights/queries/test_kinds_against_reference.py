"""Retention, lifecycle, stickiness and paths: the SQL against evaluators that go person by person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.insights.queries import strategies as ours
from tests.insights.queries.differential import NOW, differential, results_over
from tests.insights.queries.reference import lifecycle, paths, retention
from tests.insights.queries.reference.ranges import resolved


@given(query=ours.retentions(), events=ours.events, persons=ours.persons, zone=ours.zones, monday=st.booleans())
@differential
def test_the_same_retention(team, months, query, events, persons, zone, monday):
    expected = retention.evaluate(query, events, persons, zone=zone, now=NOW, monday=monday)

    found = {}
    for row in results_over(team, query, events, persons, zone, monday):
        found.setdefault(row.get("breakdown_value"), []).append([one["count"] for one in row["values"]])

    if not expected and "breakdownFilter" not in query:
        expected = {None: [[0] * len(found[None])] * len(found[None])}
    assert found == expected


@given(
    query=ours.lifecycles(),
    events=ours.events,
    persons=ours.persons,
    zone=ours.zones,
    monday=st.booleans(),
    created=st.dictionaries(st.integers(1, 5), ours.instants),
)
@differential
def test_the_same_lifecycle(team, months, query, events, persons, zone, monday, created):
    expected = lifecycle.lifecycle(query, events, persons, created, zone=zone, now=NOW, monday=monday)

    found = results_over(team, query, events, persons, zone, monday, created=created)

    assert {one["status"]: one["data"] for one in found} == expected


@given(query=ours.stickinesses(), events=ours.events, persons=ours.persons, zone=ours.zones, monday=st.booleans())
@differential
def test_the_same_stickiness(team, months, query, events, persons, zone, monday):
    expected = lifecycle.stickiness(query, events, persons, zone=zone, now=NOW, monday=monday)

    found = results_over(team, query, events, persons, zone, monday)

    assert [one["data"] for one in found] == expected


@given(query=ours.paths(), events=ours.walks, zone=ours.zones)
@differential
def test_the_same_paths(team, months, query, events, zone):
    span = resolved(query["dateRange"], "day", zone, NOW)
    expected = paths.evaluate(query, events, span=span)

    found = results_over(team, query, events, {}, zone, False)

    assert {(one["source"], one["target"], one["value"]): one["average_conversion_time"] for one in found} == {
        edge: pytest.approx(mean) for edge, mean in expected.items()
    }
