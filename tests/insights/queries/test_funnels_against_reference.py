"""Funnels of every order, with exclusions and breakdowns: the SQL against the evaluator that tries every attempt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.insights.queries import strategies as ours
from tests.insights.queries.differential import NOW, differential, results_over
from tests.insights.queries.reference import funnels as reference


def shown(steps):
    return [
        (one["count"], pytest.approx(one["average_conversion_time"]), pytest.approx(one["median_conversion_time"]))
        for one in steps
    ]


@given(query=ours.funnels(), events=ours.journeys, zone=ours.zones)
@differential
def test_the_same_steps(team, months, query, events, zone):
    expected = reference.counts(query, events, {}, zone=zone, now=NOW)

    found = results_over(team, query, events, {}, zone, False)

    if "breakdownFilter" in query:
        assert {one[0]["breakdown_value"][0]: shown(one) for one in found} == expected
    else:
        assert shown(found) == expected.get(None, shown(found) if not expected else None)
        assert bool(found[0]["count"]) == bool(expected)


@given(query=ours.funnels_with_options(), events=ours.journeys)
@differential
def test_the_same_optional_steps(team, months, query, events):
    expected = reference.counts_with_options(query, events, {}, zone=ours.UTC_ZONE, now=NOW)

    assert shown(results_over(team, query, events, {}, ours.UTC_ZONE, False)) == expected


@given(query=ours.funnels(), events=ours.journeys)
@differential
def test_the_same_for_whatever_is_counted(team, months, query, events):
    query["funnelsFilter"]["funnelAggregateByHogQL"] = "properties.$browser"
    query.pop("breakdownFilter", None)
    expected = reference.counts(query, events, {}, zone=ours.UTC_ZONE, now=NOW)

    found = results_over(team, query, events, {}, ours.UTC_ZONE, False)

    assert shown(found) == expected.get(None, [(0, None, None)] * len(query["series"]))


@given(query=ours.funnels(), events=ours.journeys)
@differential
def test_the_same_comparison(team, months, query, events):
    query.pop("breakdownFilter", None)
    current = {**query, "dateRange": {"date_from": "2024-03-21", "date_to": "2024-03-22"}}
    previous = {**query, "dateRange": {"date_from": "2024-03-20", "date_to": "2024-03-21"}}
    nobody = [(0, None, None)] * len(query["series"])
    expected = [
        reference.counts(one, events, {}, zone=ours.UTC_ZONE, now=NOW).get(None, nobody) for one in (current, previous)
    ]

    compared = {**current, "compareFilter": {"compare": True, "compare_to": "-1d"}}
    found = results_over(team, compared, events, {}, ours.UTC_ZONE, False)

    assert shown(found) == expected[0] + expected[1]


@given(query=ours.funnels(), events=ours.journeys, zone=ours.zones, interval=st.sampled_from(["day", "week", "month"]))
@differential
def test_the_same_trend(team, months, query, events, zone, interval):
    query["interval"] = interval
    query["funnelsFilter"]["funnelVizType"] = "trends"
    query.pop("breakdownFilter", None)
    expected = reference.trend(query, events, {}, zone=zone, now=NOW)

    [found] = results_over(team, query, events, {}, zone, False)

    assert found["data"] == expected


@given(query=ours.funnels(), events=ours.journeys, bins=st.sampled_from([None, 1, 3, 90]))
@differential
def test_the_same_times_to_convert(team, months, query, events, bins):
    query["funnelsFilter"] |= {"funnelVizType": "time_to_convert", "binCount": bins}
    query.pop("breakdownFilter", None)
    expected = reference.times_to_convert(query, events, {}, zone=ours.UTC_ZONE, now=NOW)

    found = results_over(team, query, events, {}, ours.UTC_ZONE, False)

    assert (found["bins"], pytest.approx(found["average_conversion_time"])) == expected
