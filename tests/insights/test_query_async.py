"""POST /query/ in the asynchronous modes."""

from datetime import UTC, datetime, timedelta

import pytest

from insights.models import CachedResult, QueryJob
from tests.factories.events import EventFactory, PersonFactory
from tests.factories.insights import TRENDS, CachedResultFactory, QueryJobFactory, trends_of

STATUS_KEYS = {
    "id",
    "query_async",
    "team_id",
    "insight_id",
    "dashboard_id",
    "complete",
    "error",
    "error_code",
    "error_message",
    "results",
    "start_time",
    "pickup_time",
    "end_time",
    "expiration_time",
    "task_id",
    "query_progress",
    "bytes_read",
    "budget_remaining_bytes",
    "query_scan",
    "labels",
    "cache_key",
}
LATER = ["async", "lazy_async", "force_async"]


@pytest.fixture
def ask(api, url):
    """`ask(refresh="async")` asks about page views as Alice."""
    return lambda **body: api("query:read").post(url("query/"), {"query": TRENDS, **body})


@pytest.fixture
def status(api, url):
    return lambda query_id: api("query:read").get(url(f"query/{query_id}/"))


@pytest.fixture
def visit(team):
    EventFactory(person=PersonFactory(team=team))


@pytest.fixture
def stale(team):
    return CachedResultFactory(team=team, query=TRENDS, last_refresh=datetime.now(UTC) - timedelta(days=3))


@pytest.mark.parametrize("refresh", LATER)
def test_what_is_missing_is_accepted_and_computed_after_the_answer(ask, status, work, visit, team, refresh):
    response = ask(refresh=refresh)

    assert response.status_code == 202
    accepted = response.json()["query_status"]
    assert set(accepted) == STATUS_KEYS
    assert (accepted["complete"], accepted["error"], accepted["results"]) == (False, False, None)
    assert (accepted["query_async"], accepted["team_id"], accepted["pickup_time"]) == (True, team.pk, None)
    assert not CachedResult.objects.exists()

    assert work() == 1
    answered = status(accepted["id"]).json()["query_status"]
    assert (answered["complete"], answered["results"]["results"][0]["count"]) == (True, 1)


def test_what_is_missing_is_answered_with_its_cache_key(ask):
    answer = ask(refresh="async").json()

    assert set(answer) == {"cache_key", "query_status"}
    assert answer["cache_key"] == answer["query_status"]["cache_key"]


def test_the_old_flag_means_the_same(ask):
    assert ask(**{"async": True}).status_code == 202


@pytest.mark.parametrize("refresh", ["async", "lazy_async", "async_except_on_cache_miss"])
def test_what_is_stale_is_shown_meanwhile(ask, work, stale, refresh):
    response = ask(refresh=refresh)

    assert response.status_code == 202
    answer = response.json()
    assert (answer["results"], answer["is_cached"]) == ([{"label": "stored"}], True)
    assert answer["query_status"]["complete"] is False
    assert work() == 1
    assert ask(refresh=refresh).json()["results"][0]["label"] == "$pageview"


@pytest.mark.parametrize("refresh", ["async", "lazy_async", "async_except_on_cache_miss"])
def test_what_is_fresh_is_answered_at_once(ask, team, refresh):
    CachedResultFactory(team=team, query=TRENDS)

    response = ask(refresh=refresh)

    assert (response.status_code, response.json()["query_status"]) == (200, None)
    assert not QueryJob.objects.exists()


def test_the_lazy_mode_is_content_with_older_ones(ask, team):
    CachedResultFactory(team=team, query=TRENDS, last_refresh=datetime.now(UTC) - timedelta(hours=7))

    assert ask(refresh="lazy_async").status_code == 200
    assert ask(refresh="async").status_code == 202


def test_one_mode_computes_at_once_what_is_missing(ask, visit):
    response = ask(refresh="async_except_on_cache_miss")

    assert (response.status_code, response.json()["results"][0]["count"]) == (200, 1)


def test_who_forces_is_shown_nothing_old_and_gets_a_new_one(ask, status, work, team, visit):
    CachedResultFactory(team=team, query=TRENDS)

    answer = ask(refresh="force_async").json()
    work()

    assert set(answer) == {"query_status"}
    assert status(answer["query_status"]["id"]).json()["query_status"]["results"]["results"][0]["count"] == 1


def test_who_forces_twice_waits_for_two(ask):
    first, second = (ask(refresh="force_async").json()["query_status"]["id"] for _ in range(2))

    assert first != second


def test_the_same_question_waits_once(ask, work):
    first, second = (ask(refresh="async").json()["query_status"]["id"] for _ in range(2))

    assert first == second
    assert work() == 1


def test_the_client_may_name_its_query(ask, status, work):
    named = ask(refresh="async", client_query_id="my query/1").json()["query_status"]
    again = ask(refresh="async", client_query_id="my query/1").json()["query_status"]

    assert named == again
    assert named["id"] == "my query/1"
    assert work() == 1


def test_a_name_may_be_used_again_when_its_query_is_over(ask, work, status):
    for _ in range(2):
        assert ask(refresh="force_async", client_query_id="mine").status_code == 202
        assert work() == 1

    assert status("mine").status_code == 200
    assert QueryJob.objects.count() == 1


def test_a_name_in_use_is_refused_for_another_query(ask):
    ask(refresh="async", client_query_id="mine")

    response = ask(query=trends_of("other"), refresh="async", client_query_id="mine")

    assert (response.status_code, response.json()["attr"]) == (409, "client_query_id")


def test_a_project_may_not_have_more_than_a_hundred_waiting(ask, team):
    QueryJobFactory.create_batch(99, team=team, cache_key="another")
    QueryJobFactory.create_batch(5, cache_key="of another project")

    assert ask(refresh="async").status_code == 202
    refused = ask(query=trends_of("other"), refresh="async")

    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (429, "throttled", "5")
    assert refused.json()["detail"].startswith("concurrency_limit_exceeded")
    # What waits already costs nothing more.
    assert ask(refresh="async").status_code == 202


def test_a_bad_query_is_refused_before_it_waits(ask):
    assert ask(query={"kind": "NoSuchQuery"}, refresh="async").status_code == 400
    assert not QueryJob.objects.exists()


def test_costs_no_more_statements_than_it_must(api, url, django_assert_num_queries):
    client = api("query:read")
    body = {"query": TRENDS, "refresh": "async"}
    client.post(url("query/check_auth_for_async/"))

    # key and user, project and membership, stored answer, jobs that wait, the new one between two savepoints
    with django_assert_num_queries(7):
        client.post(url("query/"), body)
