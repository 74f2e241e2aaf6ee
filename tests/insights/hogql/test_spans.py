"""Sessions are made of the events near the span that a SELECT names: three days beyond it and no more."""

import pytest

from tests.insights.hogql.conftest import at
from tests.insights.queries.reference.samples import SampleEvent

DATES = {"dateRange": {"date_from": "2024-01-08", "date_to": "2024-01-09"}}


@pytest.fixture(autouse=True)
def long_session(store):
    """One that nobody has: it goes on for a month. Each of its events has another page."""
    days = ["2023-12-20", "2024-01-05", "2024-01-08", "2024-01-11", "2024-01-20"]
    store(
        [
            SampleEvent("$pageview", at(f"{day} 12:00:00"), 1, {"$session_id": "long", "$current_url": day})
            for day in days
        ],
        [],
    )


def pages(ask, where, **keys):
    rows = ask(f"SELECT DISTINCT session.$num_uniq_urls FROM events WHERE {where}", **keys)
    return [pages for (pages,) in rows]


@pytest.mark.parametrize("where", [
    "timestamp >= '2024-01-08' AND timestamp < '2024-01-09'",
    "event = '$pageview' AND timestamp > toDateTime('2024-01-08 00:00:00') AND (1 = 1 AND timestamp <= '2024-01-09')",
    "'2024-01-08' <= timestamp AND toDate('2024-01-09') > events.timestamp",
    "timestamp BETWEEN '2024-01-08' AND '2024-01-09'",
    "toDate(timestamp) >= '2024-01-08' AND toStartOfDay(timestamp) < '2024-01-09'",
    "timestamp >= now() - INTERVAL 63 HOUR AND timestamp < today() - 1",
])  # fmt: skip
def test_a_span_that_is_said_plainly_leaves_three_days_on_either_side(ask, where):
    assert pages(ask, where) == [3]


def test_the_dates_of_filters_are_a_span(ask):
    assert pages(ask, "{filters}", filters=DATES) == [3]
    assert pages(ask, "{filters}") == [5]


def test_one_side_may_be_open(ask):
    assert pages(ask, "timestamp >= '2024-01-08'") == [4]
    assert pages(ask, "timestamp < '2024-01-09'") == [4]


@pytest.mark.parametrize("where", [
    "1 = 1",
    "timestamp >= '2024-01-08' OR event = 'another'",
    "NOT (timestamp < '2024-01-08')",
    "timestamp NOT BETWEEN '2024-01-08' AND '2024-01-09'",
    "timestamp >= (SELECT max(timestamp) FROM events)",
    "timestamp >= created_at - INTERVAL 90 DAY",
    "toStartOfMonth(timestamp) <= '2024-01-01'",
    "created_at >= '2024-01-08' OR TRUE",
])  # fmt: skip
def test_whatever_is_said_otherwise_sets_no_bound(ask, where):
    assert pages(ask, where) == [5]


def test_the_table_of_sessions_by_their_beginning(ask):
    span = "$start_timestamp >= '2024-01-08' AND $start_timestamp < '2024-01-09'"

    assert ask(f"SELECT count() FROM sessions WHERE {span}") == [[0]]
    assert ask("SELECT $num_uniq_urls FROM sessions WHERE $start_timestamp < '2024-01-03'") == [[2]]
    assert ask("SELECT $num_uniq_urls FROM sessions") == [[5]]


def test_each_query_has_its_own_span(ask):
    inner = "SELECT session.$num_uniq_urls AS pages FROM events WHERE timestamp >= '2024-01-20'"

    rows = ask(f"SELECT DISTINCT pages, session.$num_uniq_urls FROM events JOIN ({inner}) AS recent ON 1 = 1")

    assert rows == [[1, 5]]


def test_each_table_has_its_own_span(ask):
    rows = ask(
        "SELECT a.session.$num_uniq_urls, b.session.$num_uniq_urls FROM events a JOIN events b ON a.event = b.event"
        " WHERE a.timestamp >= '2024-01-20' AND b.timestamp < '2024-01-01'"
    )

    assert rows == [[1, 1]]
