"""Retention, lifecycle, stickiness and paths: the SQL against evaluators that go person by person."""

from itertools import groupby

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
    rows = retention.evaluate(query, events, persons, zone=zone, now=NOW, monday=monday)
    asked = query["retentionFilter"]
    expected = {
        (value, period, column): (
            count,
            pytest.approx(total / count if asked.get("aggregationType") == "avg" else total),
        )
        for value, row_of in rows.items()
        for period, row in enumerate(row_of)
        for column, (count, total) in enumerate(row)
        if count
    }

    found = {}
    for value, row_of in groupby(
        results_over(team, query, events, persons, zone, monday), key=lambda row: row.get("breakdown_value")
    ):
        for period, row in enumerate(row_of):
            for column, one in enumerate(row["values"]):
                if one["count"]:
                    found[value, period, column] = (one["count"], one.get("aggregation_value", 0.0))

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
