"""DELETE /query/:id/ and POST /insights/cancel/."""

import time
from threading import Event, Thread

import pytest
from django.db import connection

from insights.models import CachedResult, QueryJob
from insights.querysets import QueryJobQuerySet
from tests.factories.accounts import ProjectFactory
from tests.factories.insights import QueryJobFactory
from tests.process.conftest import eventually


@pytest.fixture
def delete(api, url, job):
    return lambda query_id=None: api("query:read").delete(url(f"query/{query_id or job.query_id}/"))


def test_a_query_that_waits_is_not_run_any_more(api, url, delete, job, work):
    response = delete()

    assert (response.status_code, response.json()) == (200, {"message": "Query was cancelled."})
    assert work() == 0
    status = api().get(url(f"query/{job.query_id}/"))
    assert (status.status_code, status.json()["code"]) == (400, "query_cancelled")


def test_one_that_is_complete_stays_so(api, url, delete, job, work):
    work()

    assert delete().json() == {"message": "Query was complete already."}
    assert api().get(url(f"query/{job.query_id}/")).status_code == 200


def test_an_unknown_or_foreign_one_is_missing(delete):
    foreign = QueryJobFactory(team=ProjectFactory().team)

    assert [delete(query_id).status_code for query_id in ("nosuch", foreign.query_id)] == [404, 404]
    foreign.refresh_from_db()
    assert not foreign.is_complete


def test_another_scope_cancels_nothing(api, url, job):
    assert api("insight:write").delete(url(f"query/{job.query_id}/")).status_code == 403


def test_insights_have_a_cancellation_of_their_own(api, url, job, work):
    response = api("insight:read").post(url("insights/cancel/"), {"client_query_id": job.query_id})

    assert (response.status_code, response.content) == (201, b"")
    assert work() == 0


def test_there_an_unknown_one_is_passed_over(api, url):
    foreign = QueryJobFactory(team=ProjectFactory().team)

    for query_id in ("nosuch", foreign.query_id):
        assert api().post(url("insights/cancel"), {"client_query_id": query_id}).status_code == 201
    foreign.refresh_from_db()
    assert not foreign.is_complete


@pytest.mark.parametrize("body", [{}, {"client_query_id": None}, {"client_query_id": ""}])
def test_there_the_name_is_required(api, url, body):
    response = api().post(url("insights/cancel/"), body)

    assert response.status_code == 400
    assert (response.json()["attr"], response.json()["detail"]) == ("client_query_id", "Field is required.")


@pytest.mark.django_db(transaction=True)
class TestWhileItRuns:
    @pytest.fixture
    def sleep(self, monkeypatch):
        """Every query sleeps for ten seconds, in the database."""

        def run(*args, **kwargs):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(10)")

        monkeypatch.setattr("insights.queries.run", run)

    def test_its_statement_is_stopped_and_its_connection_is_as_good_as_before(self, delete, job, work, sleep):
        began = time.monotonic()
        worker = Thread(target=lambda: (work(), connection.close()))
        worker.start()
        eventually(lambda: QueryJob.objects.filter(backend_pid__isnull=False).exists())

        assert delete().status_code == 200
        worker.join(5)

        assert not worker.is_alive()
        assert time.monotonic() - began < 5
        job.refresh_from_db()
        assert (job.error_code, job.backend_pid, job.lease) == ("query_cancelled", None, None)
        assert not CachedResult.objects.exists()

    def test_a_cancellation_that_comes_too_late_hits_nothing_else(self, delete, job, work, monkeypatch):
        """The query is over before its statement is stopped: the connection is kept until then, and does no harm."""
        stop = QueryJobQuerySet.stop_backends
        is_over, went_on = Event(), Event()

        def stop_late(jobs):
            is_over.set()
            time.sleep(0.3)
            stop(jobs)

        def run(*args, **kwargs):
            assert is_over.wait(5)
            return {"results": []}

        def work_and_go_on():
            work()
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.3)")
            connection.close()
            went_on.set()

        monkeypatch.setattr(QueryJobQuerySet, "stop_backends", stop_late)
        monkeypatch.setattr("insights.queries.run", run)
        worker = Thread(target=work_and_go_on)
        worker.start()
        eventually(lambda: QueryJob.objects.filter(backend_pid__isnull=False).exists())

        assert delete().status_code == 200
        worker.join(5)

        assert went_on.is_set()
        job.refresh_from_db()
        assert job.error_code == "query_cancelled"
