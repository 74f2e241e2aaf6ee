"""The threads of this process that run jobs. There is none while there is no job."""

import os
from threading import Lock, Thread

import structlog
from django.db import connection

from insights.jobs.running import run_next

logger = structlog.get_logger(__name__)

#: Few: they wait for the same database, and leave most of the pool's connections to requests.
THREADS = 4


class Workers:
    def __init__(self) -> None:
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def wake(self) -> None:
        """There may be a job. Returns at once; whoever is at work looks for the next when it is done."""
        with self._lock:
            if self._working >= THREADS:
                self._is_called = True
                return
            self._working += 1
        try:
            Thread(target=self._work, name="query-job", daemon=True).start()
        except RuntimeError:  # no thread to be had, or the process is about to end; the job waits in the table
            with self._lock:
                self._working -= 1

    def _work(self) -> None:
        try:
            while run_next() or self._goes_on():
                pass
        except Exception:
            logger.exception("query_jobs_stopped")
            with self._lock:
                self._working -= 1
        finally:
            connection.close()

    def _goes_on(self) -> bool:
        """Whether this thread was called after its last look; else it is no longer counted as working."""
        with self._lock:
            if not self._is_called:
                self._working -= 1
                return False
            self._is_called = False
            return True

    def _reset(self) -> None:
        # A forked child has none of its parent's threads, and maybe a lock that one of them held.
        self._lock, self._working, self._is_called = Lock(), 0, False


workers = Workers()
