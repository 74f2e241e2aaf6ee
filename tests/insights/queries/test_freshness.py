from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from insights.queries import cache_key
from insights.queries.freshness import (
    RefreshMode,
    cache_target_age,
    for_query_endpoint,
    for_shared_access,
    is_stale,
    next_allowed_client_refresh,
    parse_refresh,
)

THEN = datetime(2024, 5, 15, 12, tzinfo=UTC)
HOGQL = {"kind": "HogQLQuery", "query": "select 1"}


def trends(**keys):
    return {"kind": "TrendsQuery", "series": [], **keys}


def minutes(moment):
    return (moment - THEN) / timedelta(minutes=1)


@pytest.mark.parametrize("value", [True, "true", "1", "yes", "", "TRUE", 1, "force_blocking"])
def test_yes_means_compute_now(value):
    assert parse_refresh(value) is RefreshMode.FORCE_BLOCKING


@pytest.mark.parametrize("value", [None, False, "false", "0", "no", "whatever", 0, [], "force_cache"])
def test_anything_else_never_computes(value):
    assert parse_refresh(value) is RefreshMode.FORCE_CACHE


@pytest.mark.parametrize("mode", list(RefreshMode))
def test_every_mode_has_a_name(mode):
    assert parse_refresh(mode.value) is mode


def test_the_query_endpoint_computes_where_nothing_is_said():
    assert for_query_endpoint(RefreshMode.FORCE_CACHE) is RefreshMode.BLOCKING
    assert for_query_endpoint(RefreshMode.ASYNC) is RefreshMode.ASYNC


def test_viewers_of_a_shared_link_cannot_force():
    modes = [
        for_shared_access(mode).value
        for mode in (RefreshMode.FORCE_BLOCKING, RefreshMode.ASYNC, RefreshMode.FORCE_CACHE)
    ]

    assert modes == ["blocking", "async", "lazy_async"]


@pytest.mark.parametrize(
    ("query", "usual", "lazy"),
    [
        (trends(), 360, 720),
        (trends(interval="minute"), 5, 15),
        (trends(interval="hour"), 60, 120),
        (trends(interval="week"), 1440, 1440),
        ({"kind": "InsightVizNode", "source": trends(interval="month")}, 2880, 2880),
        ({"kind": "PathsQuery", "pathsFilter": {}}, 360, 720),
        ({"kind": "RetentionQuery", "retentionFilter": {"period": "Week"}}, 1440, 1440),
        (HOGQL, 5, 15),
    ],
)
def test_how_long_an_answer_is_fresh(query, usual, lazy):
    assert minutes(cache_target_age(query, last_refresh=THEN)) == usual
    assert minutes(cache_target_age(query, last_refresh=THEN, is_lazy=True)) == lazy
    assert not is_stale(query, last_refresh=THEN, now=THEN + timedelta(minutes=usual))
    assert is_stale(query, last_refresh=THEN, now=THEN + timedelta(minutes=usual, seconds=1))


def test_an_answer_about_the_past_is_never_stale():
    later = THEN + timedelta(days=100)

    assert not is_stale(trends(), last_refresh=THEN, now=later, date_to=THEN - timedelta(seconds=11))
    assert is_stale(trends(), last_refresh=THEN, now=later, date_to=THEN - timedelta(seconds=9))


@pytest.mark.parametrize(
    ("query", "wait"),
    [
        (trends(dateRange={"date_from": "-30d"}), 15),
        (trends(), 15),
        (trends(dateRange={"date_from": "-6d"}), 3),
        (trends(interval="hour", dateRange={"date_from": "-30d"}), 3),
        (trends(interval="minute"), 1),
        (trends(dateRange={"date_from": "300000-01-01"}), 15),
        (HOGQL, 1),
    ],
)
def test_when_a_client_may_ask_again(query, wait):
    assert minutes(next_allowed_client_refresh(query, last_refresh=THEN)) == wait


def team(**keys):
    return SimpleNamespace(**{"pk": 1, "timezone": "UTC", "week_start_day": None, "test_account_filters": [], **keys})


def test_one_question_has_one_key_however_it_is_wrapped_and_ordered():
    plain = trends(interval="day")
    turned = dict(reversed(plain.items()))

    keys = {
        cache_key(query, team=team())
        for query in (plain, turned, {"kind": "InsightVizNode", "source": plain, "full": True})
    }

    assert len(keys) == 1
    assert keys.pop().startswith("cache_1_")


def test_another_question_project_or_clock_has_another_key():
    asked = [
        (trends(), team()),
        (trends(interval="week"), team()),
        (trends(), team(pk=2)),
        (trends(), team(timezone="Asia/Tokyo")),
        (trends(), team(week_start_day=1)),
        (trends(filterTestAccounts=True), team()),
        (trends(filterTestAccounts=True), team(test_account_filters=[{"key": "a"}])),
    ]

    assert len({cache_key(query, team=one) for query, one in asked}) == len(asked)


@pytest.mark.parametrize(
    "asked",
    [
        trends(filterTestAccounts=True),
        {"kind": "HogQLQuery", "query": "SELECT 1", "filters": {"filterTestAccounts": True}},
    ],
)
def test_whom_the_project_takes_for_test_accounts_is_part_of_the_key_where_they_are_left_out(asked):
    others = team(test_account_filters=[{"key": "email", "value": "x"}])

    assert cache_key(asked, team=team()) != cache_key(asked, team=others)


@pytest.mark.parametrize("asked", [trends(), {"kind": "HogQLQuery", "query": "SELECT 1", "filters": []}])
def test_and_of_no_other_key(asked):
    others = team(test_account_filters=[{"key": "email", "value": "x"}])

    assert cache_key(asked, team=team()) == cache_key(asked, team=others)
