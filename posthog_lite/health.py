"""`/_livez`: the process answers. `/_readyz`, and its alias `/_health`: the database answers and is migrated.

A middleware, and the first: probes come with an address as their Host, which later ones refuse, and must cost little.
"""

import contextlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from functools import cache
from threading import Lock

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

PATIENCE = 1  # seconds; what asks us waits not much longer


class AnswerHealthProbes:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        _migrations_on_disk()  # read now, so that the first probe is as quick as the others

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info.removesuffix("/"))
        if probe is None:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return probe()


def live() -> HttpResponse:
    return JsonResponse({"live": True})


def ready() -> HttpResponse:
    state = readiness.state()
    is_ready = state == {"database": "ok", "migrations": "ok"}
    headers = {"Cache-Control": "no-store"} | ({} if is_ready else {"Retry-After": "1"})
    return JsonResponse({"ready": is_ready, **state}, status=200 if is_ready else 503, headers=headers)


class Readiness:
    """Asks the database on a connection of its own, so that a full pool is no reason to be taken out of service."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asking: Future[dict[str, str]] | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._was_migrated = False

    def state(self) -> dict[str, str]:
        """However many probes ask at once, the database is asked by one."""
        with self._lock:
            if self._asking is None or self._asking.done():
                # Made on first use: a thread would not survive the fork of a worker.
                self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="readiness")
                self._asking = self._thread.submit(self._ask)
            asking = self._asking
        with contextlib.suppress(psycopg.Error, TooSlow):
            return asking.result(timeout=PATIENCE)
        return {"database": "unreachable", "migrations": "unknown"}

    def _ask(self) -> dict[str, str]:
        address = connection.get_connection_params()
        for ours in ("connection_class", "cursor_factory", "context", "prepare_threshold"):
            address.pop(ours, None)
        address |= {"connect_timeout": 2, "options": f"-c statement_timeout={PATIENCE * 1000}"}
        with psycopg.connect(**address) as database:
            database.execute("SELECT 1")
            # What is migrated stays so: the next version of the program is another process.
            self._was_migrated = self._was_migrated or _is_migrated(database)
        return {"database": "ok", "migrations": "ok" if self._was_migrated else "pending"}


def _is_migrated(database: psycopg.Connection) -> bool:
    try:
        applied = set(database.execute("SELECT app, name FROM django_migrations").fetchall())
    except psycopg.errors.UndefinedTable:
        return False
    return _migrations_on_disk() <= applied


@cache
def _migrations_on_disk() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).disk_migrations)


readiness = Readiness()
# The last two are the names that PostHog's capture service has for them.
PROBES = {"/_livez": live, "/_readyz": ready, "/_health": ready, "/_liveness": live, "/_readiness": ready}
