"""The SQL against the slow evaluator, over generated events, filters, intervals and time zones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.insights.queries import strategies as ours
from tests.insights.queries.differential import NOW, differential, results_over
from tests.insights.queries.reference.trends import evaluate, evaluate_breakdown


def numbers_of(results):
    return [[one["aggregated_value"]] if "aggregated_value" in one else one["data"] for one in results]


@given(
    query=ours.trends_queries(),
    events=ours.events,
    persons=ours.persons,
    zone=ours.zones,
    monday=st.booleans(),
)
@differential
def test_the_same_numbers(team, months, query, events, persons, zone, monday):
    expected = evaluate(query, events, persons, zone=zone, now=NOW, monday=monday)

    found = results_over(team, query, events, persons, zone, monday)

    assert [pytest.approx(data) for data in expected] == numbers_of(found)


@given(query=ours.breakdown_queries(), events=ours.events, zone=ours.zones)
@differential
def test_the_same_breakdowns(team, months, query, events, zone):
    expected = evaluate_breakdown(query, events, zone=zone, now=NOW)

    found = results_over(team, query, events, {}, zone, False)

    assert [(one["breakdown_value"], one["data"]) for one in found] == expected
