"""Who runs jobs, and when: threads, leases, processes that die."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection

from insights.jobs import running, workers
from insights.models import CachedResult, QueryJob
from tests.factories.accounts import ProjectFactory
from tests.factories.insights import TRENDS, QueryJobFactory, trends_of
from tests.process.conftest import eventually

ROOT = Path(__file__).resolve().parents[2]
IN_A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def get(api, url):
    return lambda job: api("query:read").get(url(f"query/{job.query_id}/"))


def complete() -> int:
    return QueryJob.objects.filter(end_time__isnull=False).count()


def job_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("query-job")]


def test_the_one_that_waited_longest_comes_first(team):
    now = datetime.now(UTC)
    for age in (1, 3, 2):
        QueryJobFactory(team=team, query_id=str(age), start_time=now - timedelta(seconds=age))

    claimed = [QueryJob.objects.claim().query_id for _ in range(3)]

    assert claimed == ["3", "2", "1"]
    assert QueryJob.objects.claim() is None


def test_a_lease_keeps_the_others_off_until_it_runs_out(job):
    first = QueryJob.objects.claim()
    assert QueryJob.objects.claim() is None
    QueryJob.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))

    second = QueryJob.objects.claim()

    assert second.pk == first.pk
    assert second.attempts == 2
    assert QueryJob.objects.held(first.lease).finish() == 0
    assert QueryJob.objects.held(second.lease).finish() == 1


def test_a_forgotten_job_is_not_run(job, work):
    QueryJob.objects.update(expiration_time=datetime.now(UTC) - timedelta(seconds=1))

    assert work() == 0
    assert not QueryJob.objects.exists()


def test_what_another_process_stored_meanwhile_is_good_enough(team, work, monkeypatch):
    runs = []
    monkeypatch.setattr("insights.queries.run", lambda query, **kwargs: runs.append(query) or {"results": []})
    QueryJobFactory.create_batch(3, team=team, query=TRENDS, is_forced=True)

    assert work() == 3
    assert len(runs) == 1


def test_a_database_that_was_away_leaves_the_job_for_another_try(job, work, monkeypatch):
    from django.db import OperationalError

    def run(*args, **kwargs):
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("insights.queries.run", run)
    work()

    job.refresh_from_db()
    assert not job.is_complete
    monkeypatch.undo()
    QueryJob.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    work()
    job.refresh_from_db()
    assert (job.is_complete, job.has_failed, job.attempts) == (True, False, 2)


@pytest.mark.django_db(transaction=True)
class TestThreads:
    @pytest.fixture(autouse=True)
    def _leave_none_behind(self):
        yield
        eventually(lambda: not job_threads())

    def test_the_accepting_process_computes_after_its_answer(self, api, url, get):
        answer = api("query:read").post(url("query/"), {"query": TRENDS, "refresh": "async"})
        job = QueryJob.objects.get()

        assert answer.status_code == 202
        eventually(lambda: get(job).status_code == 200)

    def test_there_are_threads_only_while_there_are_jobs(self, team):
        QueryJobFactory(team=team)

        workers.workers.wake()

        eventually(lambda: complete() == 1)
        eventually(lambda: not job_threads())

    def test_many_jobs_are_run_by_few_threads(self, team, monkeypatch):
        most = []

        def run(*args, **kwargs):
            most.append(job_threads().count("query-job"))
            time.sleep(0.02)
            return {"results": []}

        monkeypatch.setattr("insights.queries.run", run)
        for number in range(30):
            QueryJobFactory(team=team, query=trends_of(str(number)))
            workers.workers.wake()

        eventually(lambda: complete() == 30, within=20)
        assert max(most) <= workers.THREADS

    def test_what_is_accepted_while_all_are_busy_is_not_forgotten(self, team, monkeypatch):
        may_end = threading.Event()

        def run(*args, **kwargs):
            may_end.wait(10)
            return {"results": []}

        monkeypatch.setattr("insights.queries.run", run)
        monkeypatch.setattr(workers, "THREADS", 1)
        for event in ("first", "second"):
            QueryJobFactory(team=team, query=trends_of(event))
            workers.workers.wake()
        may_end.set()

        eventually(lambda: complete() == 2)

    def test_whoever_asks_for_a_job_whose_process_died_runs_it(self, get, job):
        QueryJob.objects.claim()
        assert get(job).status_code == 202
        assert not job_threads()
        QueryJob.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))

        assert get(job).status_code == 202
        eventually(lambda: get(job).status_code == 200)

    def test_a_lease_is_renewed_while_the_query_runs(self, job, monkeypatch):
        monkeypatch.setattr(running, "RENEW_EVERY_SECONDS", 0.05)
        monkeypatch.setattr("insights.querysets.query_jobs.LEASE", timedelta(seconds=0.3))
        claims = []

        def run(*args, **kwargs):
            time.sleep(0.8)
            claims.append(QueryJob.objects.claim())
            return {"results": []}

        monkeypatch.setattr("insights.queries.run", run)
        worker = Thread(target=lambda: (running.run_next(), connection.close()))
        worker.start()
        worker.join()

        assert claims == [None]
        assert complete() == 1

    def test_a_forked_child_has_workers_of_its_own(self, team):
        copy = workers.Workers()
        copy._working = workers.THREADS
        copy._reset()
        QueryJobFactory(team=team)

        copy.wake()

        eventually(lambda: complete() == 1)


VICTIM = """
import sys, time
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from insights import queries
from insights.jobs import running
def run(*args, **kwargs):
    print("running", flush=True)
    time.sleep(60)
queries.run = run
running.run_next()
"""


@pytest.mark.django_db(transaction=True)
def test_a_job_survives_the_kill_of_its_process(get, job):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "posthog_lite.settings", "POSTHOG_LITE_CLUSTER": "test"}
    command = [sys.executable, "-c", VICTIM, connection.settings_dict["NAME"]]
    victim = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert victim.stdout.readline() == "running\n"
    job.refresh_from_db()
    assert job.lease_until > datetime.now(UTC) + timedelta(seconds=20)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()

    assert get(job).status_code == 202
    QueryJob.objects.update(lease_until=datetime.now(UTC) - timedelta(seconds=1))  # half a minute later
    get(job)

    eventually(lambda: get(job).status_code == 200)
    assert CachedResult.objects.count() == 1
    eventually(lambda: not job_threads())


def test_projects_do_not_share_jobs(team, work, api, url):
    other = QueryJobFactory(team=ProjectFactory().team, query=TRENDS)

    answer = api().post(url("query/"), {"query": TRENDS, "refresh": "async"}).json()

    assert answer["query_status"]["id"] != other.query_id
