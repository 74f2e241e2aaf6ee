"""Whatever is asked: an answer or a refusal in words, never an error of the database."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from common.exceptions import Refusal
from events.filtering.sql import Sql
from insights.queries import QueryTimeout, run
from insights.queries.database import fetch_rows, reading
from tests.insights.queries.reference.samples import SampleEvent

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
STRANGE = [
    "'; DROP TABLE events; --",
    "%s",
    "%(x)s",
    "{}",
    "{0}",
    "$1",
    "\\",
    "%",
    "_",
    "a" * 5000,
    "\u202e",
    "😀",
    "\n",
]


def trends(**query):
    return {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview"}], **query}


@pytest.mark.parametrize("text", STRANGE)
def test_strange_texts_are_only_texts(team, store, text):
    store([SampleEvent(text, NOW, properties={text: text}), SampleEvent("x", NOW)])
    series = {
        "kind": "EventsNode",
        "event": text,
        "math_property": text,
        "properties": [
            {"key": text, "value": text},
            {"key": text, "value": text, "operator": "icontains"},
            {"key": text, "value": text, "type": "person", "operator": "is_not"},
        ],
    }

    answer = run(trends(series=[series], breakdownFilter={"breakdown": text}), team=team, now=NOW)

    assert [(one["breakdown_value"], one["count"]) for one in answer["results"]] == [(text, 1)]


@pytest.mark.parametrize("value", [10**30, -(10**30), 1e308, 2**63, 0.1, True, "1e999", "NaN", "Infinity", ""])
@pytest.mark.parametrize("operator", ["gt", "lte", "exact", "icontains"])
def test_any_number_may_be_compared_with_anything(team, store, value, operator):
    stored = ["10" * 300, "1e-400", "-1e99", "", "NaN", {"a": [1]}, [1], None, 10**400, 1.5, False]
    store([SampleEvent("$pageview", NOW, properties={"price": price}) for price in stored])

    filters = [{"key": "price", "operator": operator, "value": value}]

    assert run(trends(properties=filters), team=team, now=NOW)["results"][0]["count"] >= 0


@pytest.mark.parametrize("operator", ["is_date_before", "is_date_after", "is_date_exact"])
def test_dates_that_are_none_do_not_stop_a_query(team, store, operator):
    stored = [
        "0000-00-00",
        "2024-02-31",
        "2024-02-31T24:00",
        "300000-01-01",
        "9999-12-31T23:59:59-14:00",
        "1" * 50,
        "x",
        None,
    ]
    stored += ["2024-01-01T10:00:00+99:99", "9999999999", "9999999999999", "0001-01-01T00:00:00+14:00"]
    store([SampleEvent("$pageview", NOW, properties={"at": at}) for at in stored])

    filters = [{"key": "at", "operator": operator, "value": "2024-01-05"}]

    assert run(trends(properties=filters), team=team, now=NOW)["results"][0]["count"] >= 0


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (trends(properties=[{"key": "x", "operator": "regex", "value": "("}]), "properties.0: Invalid regular"),
        (trends(properties=[{"key": "x", "operator": "regex", "value": "a{1,500}"}]), "Invalid regular expression"),
        (trends(properties=[{"key": "x", "operator": "regex", "value": "^*"}]), "Invalid regular expression"),
        (trends(properties=[{"key": "x", "operator": "between", "value": [1]}]), "properties.0"),
        (trends(properties=[{"key": "x", "operator": "is_date_before", "value": 5}]), "properties.0"),
        (trends(dateRange={"date_from": "300000-01-01"}), "dateRange: Invalid date: '300000-01-01'"),
        (trends(dateRange={"date_from": "2024-02-30"}), "dateRange: Invalid date: '2024-02-30'"),
        (trends(dateRange={"date_from": "-99999999999999999d"}), "dateRange: Invalid date"),
        (trends(dateRange={"date_from": "-9999y"}), "too far away"),
        (trends(dateRange={"date_from": "-100y"}, interval="minute"), "10000"),
        (trends(breakdownFilter={"breakdown": "x", "breakdown_limit": 10**9}), "breakdown_limit"),
        (trends(compareFilter={"compare": True, "compare_to": "-9999y"}), "compareFilter.compare_to: Invalid date"),
        (trends(series=[{"kind": "EventsNode"}] * 60), "at most"),
        (
            trends(
                dateRange={"date_from": "-300d"},
                interval="hour",
                breakdownFilter={"breakdown": "x", "breakdown_limit": 999},
            ),
            "numbers",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(team, store, query, words):
    store([SampleEvent("$pageview", NOW, properties={"x": "1"})])

    with pytest.raises(Refusal, match=words):
        run(query, team=team, now=NOW)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (trends(series=[{"kind": "ActionsNode", "id": 1}]), "Action ID 1 does not exist!"),
        (trends(series=[{"kind": "EventsNode", "math": "hogql"}]), "series.0.math_hogql: required"),
        (trends(conversionGoal={"customEventName": "x"}), "conversionGoal is not supported yet"),
        (trends(interval="second"), "interval: second"),
        (trends(properties=[{"type": "cohort", "key": "id", "value": 1}]), "properties.0: Cohort 1 does not exist."),
        (trends(properties=[{"key": "x", "operator": "semver_gt", "value": "1.2"}]), "semver_gt"),
        (
            trends(breakdownFilter={"breakdown": [1], "breakdown_type": "cohort"}),
            "breakdownFilter.breakdown: Cohort 1 does not exist.",
        ),
        (trends(breakdownFilter={"breakdowns": [{"property": "x"}] * 4}), "breakdownFilter.breakdowns: at most 3"),
        (
            trends(breakdownFilter={"breakdowns": [{"property": "x"}, {"property": "y", "type": "session"}]}),
            "breakdownFilter.breakdowns.1: sessions have no property 'y'",
        ),
        (
            trends(breakdownFilter={"breakdown": "x", "breakdown_histogram_bin_count": 0}),
            "breakdown_histogram_bin_count",
        ),
        (trends(aggregation_group_type_index=5), "aggregation_group_type_index"),
        (trends(breakdownFilter={"breakdown": "x", "breakdown_type": "data_warehouse"}), "of type data_warehouse"),
        (trends(trendsFilter={"display": "TwoDimensionalHeatmap"}), "display: TwoDimensionalHeatmap"),
        (trends(trendsFilter={"display": "BoxPlot"}), "series.0.math_property: required with the display BoxPlot"),
        ({"kind": "SessionsQuery", "select": []}, "Unsupported query kind: SessionsQuery"),
    ],
)
def test_what_is_not_supported_yet_is_said_and_never_guessed(team, query, words):
    with pytest.raises(Refusal, match=words) as refusal:
        run(query, team=team, now=NOW)
    assert refusal.value.code == "invalid_input"


def test_a_slow_query_is_stopped(team, settings):
    settings.QUERY_TIMEOUT_SECONDS = 1

    with pytest.raises(QueryTimeout) as refusal, reading():
        fetch_rows(Sql("SELECT pg_sleep(5)"))
    assert refusal.value.code == "query_timeout"


def test_an_outer_transaction_gets_its_own_limit_back(team):
    def limit():
        return fetch_rows(Sql("SELECT current_setting('statement_timeout')"))[0][0]

    before = limit()
    with reading():
        assert limit() == "10s"

    assert limit() == before


@pytest.mark.django_db(transaction=True)
def test_a_query_of_its_own_may_not_write():
    with pytest.raises(Exception, match="read-only"), reading(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE written (x int)")
