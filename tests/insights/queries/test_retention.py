from datetime import UTC, datetime, timedelta

import pytest

from common.exceptions import Refusal
from insights.queries import run
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)


def visits(person, *days, event="$pageview", **properties):
    """Days before today, at noon; noon of today is past."""
    moments = [datetime(2024, 1, 10, 12, tzinfo=UTC) - timedelta(days=day) for day in days]
    return [SampleEvent(event, moment, person=person, properties=properties) for moment in moments]


def retention(**asked):
    outer = {key: asked.pop(key) for key in ("breakdownFilter", "dateRange", "properties") if key in asked}
    return {"kind": "RetentionQuery", "retentionFilter": {"totalIntervals": 4, **asked}, **outer}


@pytest.fixture
def ask(team):
    return lambda query: run(query, team=team, now=NOW)["results"]


def rows(results):
    return [[value["count"] for value in row["values"]] for row in results]


def test_recurring_counts_everybody_who_came_in_a_period(ask, store):
    store(visits(1, 3, 2, 0) + visits(2, 3, 1) + visits(3, 40, 0))

    results = ask(retention())

    assert rows(results) == [[2, 1, 1, 1], [1, 0, 1, 0], [1, 0, 0, 0], [2, 0, 0, 0]]
    assert [(row["label"], row["date"]) for row in results[:2]] == [
        ("Day 0", "2024-01-07T00:00:00+00:00"),
        ("Day 1", "2024-01-08T00:00:00+00:00"),
    ]
    assert [value["label"] for value in results[0]["values"]] == ["Day 0", "Day 1", "Day 2", "Day 3"]


def test_first_time_counts_a_person_in_the_first_period_ever_only(ask, store):
    store(visits(1, 3, 2, 0) + visits(2, 2, 1) + visits(3, 40, 0))

    assert rows(ask(retention(retentionType="retention_first_time"))) == [
        [1, 1, 0, 1],
        [1, 1, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
    ]


def test_first_ever_occurrence_has_to_meet_the_filters(ask, store):
    store(visits(1, 3, plan="free") + visits(1, 2, plan="paid") + visits(2, 2, plan="paid"))
    target = {"id": "$pageview", "properties": [{"key": "plan", "value": "paid"}]}

    def first_day(kind):
        return [row[0] for row in rows(ask(retention(retentionType=kind, targetEntity=target)))]

    assert first_day("retention_first_time") == [0, 2, 0, 0]
    assert first_day("retention_first_ever_occurrence") == [0, 1, 0, 0]


def test_target_and_returning_event_may_differ(ask, store):
    store(visits(1, 3, event="signed up") + visits(1, 3, 1) + visits(2, 2))

    asked = {"targetEntity": {"id": "signed up", "type": "events"}, "returningEntity": {"id": None}}

    assert rows(ask(retention(**asked)))[0] == [1, 0, 1, 0]


def test_cumulative_counts_who_is_seen_then_or_later(ask, store):
    store(visits(1, 3, 0) + visits(2, 3, 2))

    assert rows(ask(retention(cumulative=True)))[0] == [2, 2, 1, 1]


def test_minimum_occurrences_concern_the_returning(ask, store):
    store(visits(1, 3, 2, 2, 1))

    assert rows(ask(retention(minimumOccurrences=2)))[0] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("Hour", "2024-01-10T12:00:00+00:00", "2024-01-10T15:00:00+00:00"),
        ("Week", "2023-12-17T00:00:00+00:00", "2024-01-07T00:00:00+00:00"),
        ("Month", "2023-10-01T00:00:00+00:00", "2024-01-01T00:00:00+00:00"),
    ],
)
def test_the_present_period_is_the_last_row(ask, period, first, last):
    results = ask(retention(period=period))

    assert (results[0]["date"], results[-1]["date"], len(results)) == (first, last, 4)


def test_the_last_period_counts_wholly_even_beyond_date_to(ask, store):
    store(visits(1, 0))

    assert rows(ask(retention(dateRange={"date_to": "2024-01-10T08:00:00"})))[-1][0] == 1


def test_a_property_of_the_person_breaks_down(ask, store):
    persons = [SamplePerson(1, {"plan": "paid"}), SamplePerson(2, {"plan": "paid"}), SamplePerson(3, {"plan": "free"})]
    store(visits(1, 0) + visits(2, 0) + visits(3, 0) + visits(4, 0), persons)

    asked = {"breakdown": "plan", "breakdown_type": "person", "breakdown_limit": 2}
    results = ask(retention(totalIntervals=1, breakdownFilter=asked))

    assert [(row["breakdown_value"], row["values"][0]["count"]) for row in results] == [
        ("paid", 2),
        ("", 1),
        ("Other", 1),
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (retention(totalIntervals=0), "totalIntervals"),
        (retention(totalIntervals=63), "totalIntervals"),
        (retention(minimumOccurrences=0), "minimumOccurrences"),
        (retention(timeWindowMode="24_hour_windows"), "24_hour_windows"),
        (retention(retentionCustomBrackets=[1, 3]), "retentionCustomBrackets"),
        (retention(aggregationType="sum"), "aggregationType: sum"),
        (retention(targetEntity={"id": 3, "type": "actions"}), "Action ID 3 does not exist!"),
        (retention(returningEntity={"id": 3}), "retentionFilter.returningEntity.id"),
        (retention(breakdownFilter={"breakdown": "x"}), "breakdownFilter"),
        (retention(dateRange={"date_to": "0001-01-01"}), "too far away"),
        (retention(period="Month", dateRange={"date_to": "9999-12-31"}), "too far away"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(ask, query, words):
    with pytest.raises(Refusal, match=words):
        ask(query)
