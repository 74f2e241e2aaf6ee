"""The SQL against the slow evaluator, over generated events, filters, intervals and time zones."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insights.queries import run
from tests.insights.queries import strategies as ours
from tests.insights.queries.conftest import put_events, put_persons
from tests.insights.queries.reference.samples import SampleEvent
from tests.insights.queries.reference.trends import evaluate, evaluate_breakdown

NOW = datetime(2024, 4, 3, 9, 41, tzinfo=UTC)
differential = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class _Undo(Exception):
    pass


def results_over(team, query, events, persons, zone, monday):
    """The answer of the program over just these events, which are gone afterwards."""
    team.timezone, team.week_start_day = zone.key, 1 if monday else None
    try:
        with transaction.atomic():
            put_persons(team, events, ours.as_persons(persons))
            put_events(team, events)
            results = run(query, team=team, now=NOW)["results"]
            raise _Undo
    except _Undo:
        return results


def numbers_of(results):
    return [[one["aggregated_value"]] if "aggregated_value" in one else one["data"] for one in results]


@pytest.fixture
def months(team):
    """The partitions that all samples lie in, made once."""
    put_events(team, [SampleEvent("none of ours", datetime(2024, month, 1, tzinfo=UTC)) for month in (2, 3, 4)])
    team.events.all().delete()


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
