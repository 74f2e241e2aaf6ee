"""Dates beyond the calendar, numbers beyond all use, answers beyond all memory: each is refused by name."""

from datetime import UTC, datetime

import pytest

from common.exceptions import Refusal
from insights.queries import run
from tests.factories.definitions import PropertyDefinitionFactory

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
HALF_AN_HOUR_INTO_THE_HOUR_THAT_COMES_TWICE = datetime(2024, 10, 27, 0, 30, tzinfo=UTC)


def trends(*, math="total", **query):
    return {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "a", "math": math}], **query}


def comparing(operator, value):
    return trends(properties=[{"key": "when", "operator": operator, "value": value}])


def retention(period="Day", intervals=3, **query):
    return {"kind": "RetentionQuery", "retentionFilter": {"period": period, "totalIntervals": intervals}, **query}


@pytest.fixture
def refusal(team):
    def asked(query) -> str:
        with pytest.raises(Refusal) as refused:
            run(query, team=team, now=NOW)
        return refused.value.detail

    return asked


@pytest.mark.parametrize("operator", ["is_date_exact", "is_date_before", "is_date_after"])
def test_the_last_of_all_days_has_no_end(refusal, operator):
    assert refusal(comparing(operator, "9999-12-31")) == "properties.0: Invalid date: '9999-12-31' is too far away."


@pytest.mark.parametrize("value", [1e15, 1e20, -1e20, 1e300, "1e20"])
def test_unix_times_beyond_the_calendar(team, refusal, value):
    PropertyDefinitionFactory(team=team, name="when", property_type="DateTime")

    assert refusal(comparing("gt", value)).endswith("is too far away.")


@pytest.mark.parametrize("operator", ["gt", "is_date_after"])
def test_what_is_written_out_for_each_value_takes_few(team, refusal, operator):
    values = ["2024-01-05"] * 101

    assert refusal(comparing(operator, values)) == f"properties.0: the operator {operator} takes at most 100 values."
    assert run(comparing(operator, values[1:]), team=team, now=NOW)["results"]


def test_more_values_than_a_statement_can_have(refusal):
    filters = [{"key": "x", "operator": "lt", "value": list(range(100))}] * 250

    assert refusal(trends(properties=filters)) == "The filters hold too many values."


@pytest.mark.parametrize(
    ("display", "interval"), [("ActionsLineGraph", "day"), ("ActionsLineGraph", "week"), ("BoldNumber", "day")]
)
def test_windows_that_look_back_before_the_calendar(refusal, display, interval):
    dates = {"date_from": "0001-01-08", "date_to": "0001-01-20"}
    query = trends(math="monthly_active", dateRange=dates, interval=interval, trendsFilter={"display": display})

    assert refusal(query).endswith("is too far away.")


def test_a_cohort_whose_id_nobody_would_write(refusal):
    asked = {"breakdown_type": "cohort", "breakdown": ["9" * 5000]}

    assert "must be the id of a cohort" in refusal(trends(breakdownFilter=asked))


def test_a_week_that_begins_before_the_calendar(refusal):
    dates = {"date_from": "0001-01-01", "date_to": "0001-01-02"}

    assert refusal(retention("Week", dateRange=dates)) == "dateRange: Invalid date: '0001-01-01' is too far away."


def test_retention_of_more_numbers_than_fit(refusal, team):
    dates = {"date_from": "2021-06-01"}
    broken_down = {"breakdown": "plan", "breakdown_limit": 100}

    assert "more than 500000" in refusal(retention(intervals=100, dateRange=dates, breakdownFilter=broken_down))
    assert run(retention(intervals=100, dateRange=dates), team=team, now=NOW)["results"]


def test_hours_of_retention_end_in_the_first_of_two_that_look_alike(team):
    team.timezone = "Europe/Berlin"

    asked = retention("Hour", dateRange={"date_from": "2024-10-27T01:00:00"})
    answer = run(asked, team=team, now=HALF_AN_HOUR_INTO_THE_HOUR_THAT_COMES_TWICE)

    assert [row["date"] for row in answer["results"]] == ["2024-10-27T01:00:00+02:00", "2024-10-27T02:00:00+02:00"]


def test_funnel_trends_of_more_numbers_than_fit(refusal, team):
    query = {
        "kind": "FunnelsQuery",
        "series": [{"kind": "EventsNode", "event": "a"}, {"kind": "EventsNode", "event": "b"}],
        "dateRange": {"date_from": "-200d"},
        "interval": "hour",
        "funnelsFilter": {"funnelVizType": "trends"},
    }
    broken_down = {"breakdown": "plan", "breakdown_limit": 1000}

    assert "more than 500000" in refusal({**query, "breakdownFilter": broken_down})
    assert run({**query, "breakdownFilter": {**broken_down, "breakdown_limit": 5}}, team=team, now=NOW)["results"] == []
