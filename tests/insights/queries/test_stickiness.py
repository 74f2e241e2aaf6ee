from datetime import UTC, datetime

import pytest

from common.exceptions import Refusal
from insights.queries import run
from tests.insights.queries.reference.samples import SampleEvent

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
DAYS = {"date_from": "2024-01-07", "date_to": "2024-01-10"}


def visits(person, *days, **properties):
    return [
        SampleEvent("$pageview", datetime(2024, 1, day, 12, tzinfo=UTC), person=person, properties=properties)
        for day in days
    ]


def stickiness(*series, **query):
    series = series or ({"kind": "EventsNode", "event": "$pageview"},)
    return {"kind": "StickinessQuery", "series": list(series), "dateRange": DAYS} | query


@pytest.fixture
def ask(team):
    return lambda query: run(query, team=team, now=NOW)["results"]


def test_counts_persons_by_the_number_of_their_days(ask, store):
    store(visits(1, 7, 8, 8, 10) + visits(2, 7) + visits(3, 10, 10) + visits(4, 6))

    [result] = ask(stickiness())

    assert result["data"] == [2, 0, 1, 0]
    assert result["days"] == [1, 2, 3, 4]
    assert result["labels"] == ["1 day", "2 days", "3 days", "4 days"]
    assert (result["count"], result["label"]) == (3, "$pageview")


def test_cumulative_counts_so_many_days_or_more(ask, store):
    store(visits(1, 7, 8, 10) + visits(2, 7))

    [result] = ask(stickiness(stickinessFilter={"computedAs": "cumulative"}))

    assert result["data"] == [2, 1, 1, 0]
    assert result["labels"][:2] == ["1 day or more", "2 days or more"]
    assert result["count"] == 2


@pytest.mark.parametrize(("operator", "data"), [("gte", [2, 0, 0, 0]), ("lte", [0, 1, 0, 0]), ("exact", [2, 0, 0, 0])])
def test_a_day_counts_if_it_meets_the_criteria(ask, store, operator, data):
    store(visits(1, 7, 7, 8, 9) + visits(2, 7, 7))

    criteria = {"operator": operator, "value": 1 if operator == "lte" else 2}
    [result] = ask(stickiness(stickinessFilter={"stickinessCriteria": criteria}))

    assert result["data"] == data


def test_several_days_may_be_one_interval(ask, store):
    store(visits(1, 7, 8) + visits(2, 8, 9))

    [result] = ask(stickiness(intervalCount=2))

    assert result["data"] == [1, 1]


def test_a_day_of_hours_with_a_date_alone_has_25(ask):
    dates = {"date_from": "2024-01-07", "date_to": "2024-01-08"}

    [result] = ask(stickiness(interval="hour", dateRange=dates))

    assert len(result["data"]) == 25
    assert result["labels"][:2] == ["1 hour", "2 hours"]


def test_compare_adds_the_period_before(ask, store):
    store(visits(1, 7, 8) + visits(2, 4))

    current, previous = ask(stickiness(compareFilter={"compare": True}))

    assert (current["compare_label"], current["data"]) == ("current", [0, 1, 0, 0])
    assert (previous["compare_label"], previous["data"]) == ("previous", [1, 0, 0, 0])


def test_each_series_is_counted_by_itself_and_each_period_too(ask, store):
    store(visits(1, 7, 8) + visits(2, 4))
    node = {"kind": "EventsNode", "event": "$pageview", "custom_name": "Visits"}

    results = ask(stickiness(node, {"kind": "EventsNode", "event": "left"}, compareFilter={"compare": True}))

    assert [(one["compare_label"], one["label"], one["order"], one["count"]) for one in results] == [
        ("current", "$pageview", 0, 1),
        ("current", "left", 1, 0),
        ("previous", "$pageview", 0, 1),
        ("previous", "left", 1, 0),
    ]
    assert results[0]["action"]["custom_name"] == "Visits"


def test_the_period_to_compare_with_may_be_named(ask, store):
    store(visits(1, 1))

    asked = {"compareFilter": {"compare": True, "compare_to": "-1w"}, "dateRange": {"date_from": "2024-01-08"}}
    _, previous = ask(stickiness(**asked))

    assert previous["data"][0] == 1


def test_cumulative_meets_the_criteria_in_several_days(ask, store):
    store(visits(1, 7, 7, 8, 9, 9) + visits(2, 7, 7))

    asked = {"computedAs": "cumulative", "stickinessCriteria": {"operator": "gte", "value": 2}}
    [result] = ask(stickiness(stickinessFilter=asked, intervalCount=1))

    assert result["data"] == [2, 1, 0, 0]


def test_the_last_interval_may_be_shorter_than_the_others(ask, store):
    store(visits(1, 7, 10))

    [result] = ask(stickiness(intervalCount=3))

    assert (result["data"], result["labels"]) == ([0, 1], ["1 day", "2 days"])


def test_groups_may_be_counted(ask, store):
    store(visits(1, 7, **{"$group_0": "acme"}) + visits(2, 8, **{"$group_0": "acme"}) + visits(3, 8))

    series = {"kind": "EventsNode", "event": "$pageview", "math": "unique_group", "math_group_type_index": 0}
    [result] = ask(stickiness(series))

    assert result["data"] == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (stickiness(intervalCount=0), "intervalCount"),
        (stickiness(intervalCount=10**30), "intervalCount"),
        (stickiness({"kind": "EventsNode", "math": "sum"}), "series.0.math: sum"),
        (stickiness({"kind": "EventsNode", "math": "unique_group"}), "math_group_type_index"),
        (stickiness(stickinessFilter={"stickinessCriteria": {"operator": "gte", "value": 0}}), "stickinessCriteria"),
        (stickiness(*[{"kind": "EventsNode"}] * 51), "at most"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(ask, query, words):
    with pytest.raises(Refusal, match=words):
        ask(query)
