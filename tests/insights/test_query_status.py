"""GET /query/:id/."""

from datetime import UTC, datetime, timedelta

import pytest

from common.exceptions import Refusal
from insights.models import QueryJob
from insights.queries import QueryTimeout
from tests.factories.accounts import ProjectFactory
from tests.factories.insights import CachedResultFactory, QueryJobFactory


@pytest.fixture
def get(api, url, job):
    return lambda query_id=None: api("query:read").get(url(f"query/{query_id or job.query_id}/"))


def test_a_complete_query_brings_its_whole_answer(get, job, work):
    work()

    response = get()

    assert response.status_code == 200
    status = response.json()["query_status"]
    assert (status["complete"], status["error"], status["error_message"]) == (True, False, None)
    assert status["start_time"] <= status["pickup_time"] <= status["end_time"] < status["expiration_time"]
    assert status["results"]["results"][0]["label"] == "$pageview"
    assert (status["results"]["is_cached"], status["results"]["query_status"]) == (True, None)


def test_one_that_waits_is_202(get, job):
    response = get()

    assert (response.status_code, response.json()["query_status"]["complete"]) == (202, False)


def test_one_that_runs_is_202(get, job):
    QueryJob.objects.claim()

    response = get()

    assert response.status_code == 202
    assert response.json()["query_status"]["pickup_time"] is not None


@pytest.mark.parametrize(
    ("failure", "code", "detail"),
    [
        (Refusal("This makes no sense."), "invalid_input", "This makes no sense."),
        (QueryTimeout(), "query_timeout", "Query has timed out. Try a shorter date range or fewer filters."),
    ],
)
def test_one_that_was_refused_is_400_and_says_why(get, job, work, monkeypatch, failure, code, detail):
    def run(*args, **kwargs):
        raise failure

    monkeypatch.setattr("insights.queries.run", run)
    work()

    response = get()

    assert response.status_code == 400
    answer = response.json()
    assert {key: answer[key] for key in ("type", "code", "detail", "attr")} == {
        "type": "validation_error",
        "code": code,
        "detail": detail,
        "attr": None,
    }
    status = answer["query_status"]
    assert (status["complete"], status["error"], status["error_message"]) == (True, True, detail)


def test_one_that_crashed_is_500_without_its_text(get, job, work, monkeypatch):
    monkeypatch.setattr("insights.queries.run", lambda *args, **kwargs: {}["secret"])
    work()

    response = get()

    assert response.status_code == 500
    assert (response.json()["type"], response.json()["detail"]) == ("server_error", "A server error occurred.")
    assert response.json()["query_status"]["error_message"] is None
    assert b"secret" not in response.content


def test_one_that_brought_several_processes_down_is_given_up(get, job, work):
    QueryJob.objects.update(attempts=QueryJob.MOST_ATTEMPTS)

    work()

    assert get().status_code == 400
    assert get().json()["detail"].startswith("The query was given up")


def test_it_may_be_asked_for_during_an_hour(get, job, work):
    work()
    finished = QueryJob.objects.get()
    assert finished.expiration_time - finished.end_time == timedelta(hours=1)
    QueryJob.objects.update(expiration_time=datetime.now(UTC) - timedelta(seconds=1))

    assert get().status_code == 404
    work()
    assert not QueryJob.objects.exists()


def test_an_answer_that_is_stored_no_more_is_null(get, team):
    finished = QueryJobFactory(team=team, finished=True)

    response = get(finished.query_id)

    assert (response.status_code, response.json()["query_status"]["results"]) == (200, None)
    CachedResultFactory(team=team, query=finished.query)
    assert get(finished.query_id).json()["query_status"]["results"]["results"] == [{"label": "stored"}]


@pytest.mark.parametrize("query_id", ["nosuch", "1", "9" * 30, "a b", "TrendsQuery"])
def test_an_unknown_one_is_missing(get, query_id):
    response = get(query_id)

    assert (response.status_code, response.json()["detail"]) == (404, "Not found.")


def test_one_of_another_project_is_missing(get):
    foreign = QueryJobFactory(team=ProjectFactory().team)

    assert get(foreign.query_id).status_code == 404


def test_everybody_in_the_project_may_ask(api, url, job, bob):
    assert api(user=bob).get(url(f"query/{job.query_id}")).status_code == 202


@pytest.mark.parametrize("scope", ["insight:write", "dashboard:write"])
def test_the_scope_is_query_read(api, url, job, scope):
    assert api(scope).get(url(f"query/{job.query_id}/")).status_code == 403


@pytest.mark.parametrize("is_complete", [True, False])
def test_costs_few_statements(api, url, team, is_complete, django_assert_num_queries):
    job = QueryJobFactory(team=team, finished=is_complete)
    client = api("query:read")
    client.get(url("query/nosuch/"))

    # key and user, project and membership, the job, and its answer or whether its process died
    with django_assert_num_queries(4):
        client.get(url(f"query/{job.query_id}/"))
