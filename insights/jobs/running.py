"""One job from the table, claimed, computed and written off."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection

from common.exceptions import Refusal
from insights.models import QueryJob
from insights.queries.freshness import RefreshMode
from insights.results import Answer, answer_all

logger = structlog.get_logger(__name__)

#: A third of the lease, so that one failed attempt to renew it does no harm.
RENEW_EVERY_SECONDS = 10.0
WORN_OUT = Answer(failure=Refusal("The query was given up: it was begun several times, and never ended."))


class NoLongerOurs(Refusal):
    """The job was cancelled, or taken by another process, before it was computed."""

    def __init__(self) -> None:
        super().__init__("The query was cancelled.", code="query_cancelled")


def run_next() -> bool:
    """Runs the job that has waited longest. False if there is none."""
    job = QueryJob.objects.claim()
    if job is None:
        QueryJob.objects.sweep()
        return False

    with _kept(job):
        _finish(job, WORN_OUT if job.is_worn_out else _answer(job))
    return True


def _answer(job: QueryJob) -> Answer:
    refresh = RefreshMode.FORCE_BLOCKING if job.is_forced else RefreshMode.BLOCKING
    # Since it was asked: what another process stored meanwhile is good enough.
    watch = partial(_where_it_runs, job)
    [answer] = answer_all([job.query], team=job.team, refresh=refresh, asked_at=job.start_time, watch=watch)
    return answer


def _finish(job: QueryJob, answer: Answer) -> None:
    if isinstance(answer.failure, OperationalError | InterfaceError):
        return  # The database was away: the lease runs out, and somebody tries again.
    outcome: dict[str, Any] = {}
    if answer.failure is not None:
        is_for_users = isinstance(answer.failure, Refusal)
        error = answer.error or {}
        outcome = {"has_failed": True, "error_code": error["code"]}
        outcome["error_message"] = error["message"] if is_for_users else None
    QueryJob.objects.held(job.lease).finish(**outcome)


@contextmanager
def _where_it_runs(job: QueryJob) -> Iterator[None]:
    """While the statements run, the job says on which connection: that is what a cancellation stops."""
    if not QueryJob.objects.held(job.lease).run_here():
        raise NoLongerOurs()
    try:
        yield
    finally:
        _run_nowhere(job)


def _run_nowhere(job: QueryJob) -> None:
    held = QueryJob.objects.held(job.lease)
    try:
        held.run_nowhere()
    except OperationalError:
        # A cancellation that was meant for the query reached this statement. It comes once.
        held.run_nowhere()


@contextmanager
def _kept(job: QueryJob) -> Iterator[None]:
    """The lease is renewed while this lasts, however long a single statement takes."""
    is_over = Event()
    Thread(target=_renew, args=(job, is_over), name="query-job-lease", daemon=True).start()
    try:
        yield
    finally:
        is_over.set()


def _renew(job: QueryJob, is_over: Event) -> None:
    is_ours = True
    while is_ours and not is_over.wait(RENEW_EVERY_SECONDS):
        try:
            is_ours = QueryJob.objects.held(job.lease).renew() > 0
        except Exception:
            logger.warning("query_job_not_renewed", job=job.pk, exc_info=True)
        finally:
            connection.close()
