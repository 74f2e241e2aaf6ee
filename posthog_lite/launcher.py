"""`manage.py serve`: starts everything, watches it, and stops it in the right order."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import PersonalAPIKey
from accounts.services import bootstrap
from posthog_lite import credentials
from posthog_lite.postgres.base import embedded_server
from posthog_lite.postgres.refusal import CannotRunPostgres
from posthog_lite.web_server import KILL_TIMEOUT
from sharing.models import SharingConfiguration

OWNER_EMAIL = "admin@posthog-lite.local"
ORGANIZATION = "My organization"
PROJECT = "Default project"
# How long a port may still belong to a server that is just ending.
PORT_PATIENCE = 3
READY_TIMEOUT = 60
WATCH_INTERVAL = 0.2
MIGRATION_LOCK = 7_415_001

WELCOME = """
posthog-lite is ready:   {url}
  project id             {project_id}
  project API key        {project_api_key}   (to send events)
  personal API key       {personal_api_key}   (to read and write)
  sign in                {email}{password}{shared}

Try it:
  curl -H 'Authorization: Bearer {personal_api_key}' {url}/api/projects/{project_id}/dashboards/

All of this is kept in {kept_in}. Ctrl-C stops everything.
"""


def run(*, demo: bool) -> None:
    """Serve until a signal comes; raises CommandError where there is no serving."""
    _refuse_busy_port()
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # which whitenoise would miss aloud
    _take_signals(signal.default_int_handler)
    try:
        with _web_server() as web:
            _ensure_postgres()
            _migrate()
            owner = _owner()
            if demo:
                call_command("demo", project=owner["project_id"])
            _await_readiness(web)
            _welcome(owner, shared=_shared_link(owner) if demo else None)
            _watch(web)
    except KeyboardInterrupt:
        return  # what was asked for
    except (CannotRunPostgres, OperationalError) as error:
        raise CommandError(f"The database is not to be had: {error}") from error
    finally:
        if server := embedded_server():
            server.leave(patience=1)


def _take_signals(handler: Callable[[int, FrameType | None], Any] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Under nohup the end of the terminal is to be outlived.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)


def _refuse_busy_port() -> None:
    # Asked beforehand: granian shares its port with every other granian, and would answer by turns with it.
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    deadline = time.monotonic() + PORT_PATIENCE
    while True:
        try:
            socket.create_server((settings.HOST, settings.PORT), family=family).close()
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise CommandError(
                    f"Cannot listen on {settings.HOST}:{settings.PORT} ({error.strerror}). "
                    f"Stop the program that does, or choose another port: PORT={settings.PORT + 1} make run"
                ) from error
            time.sleep(0.1)


@contextmanager
def _web_server() -> Iterator[subprocess.Popen[bytes]]:
    """The running web server. In a session of its own: a Ctrl-C reaches this process alone, which then stops it."""
    lifeline, held = os.pipe()
    web = subprocess.Popen(
        [sys.executable, "-m", "posthog_lite.web_server", str(lifeline)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"POSTHOG_LITE_SUPERVISED": "1"},
        pass_fds=[lifeline],
        start_new_session=True,
    )
    os.close(lifeline)
    try:
        yield web
    finally:
        _take_signals(signal.SIG_IGN)
        _stop(web)
        os.close(held)


def _stop(web: subprocess.Popen[bytes]) -> None:
    web.terminate()
    try:
        web.wait(KILL_TIMEOUT + 3)
    except subprocess.TimeoutExpired:
        web.kill()
    with suppress(ProcessLookupError):
        os.killpg(web.pid, signal.SIGKILL)  # workers that outlived a server that was killed
    web.wait()


def _ensure_postgres() -> None:
    if server := embedded_server():
        server.ensure_running()


def _migrate() -> None:
    """Apply what is missing. Nearly always that is nothing, and finding that out costs a fraction of `migrate`."""
    if not _has_unapplied():
        return
    with connection.cursor() as cursor:
        # Of several servers that start at once, one migrates.
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def _has_unapplied() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _owner() -> dict[str, Any]:
    """The user, project and keys of whoever runs this: the same as last time, as far as they still work."""
    path = settings.DATA_DIR / "credentials.json"
    kept = credentials.read(path)
    key = kept.get("personal_api_key")
    owner = bootstrap(
        email=OWNER_EMAIL,
        organization_name=ORGANIZATION,
        project_name=PROJECT,
        is_staff=True,
        # One that was deleted or rolled must not come back to life.
        personal_api_key=key if key and PersonalAPIKey.objects.for_value(key) else None,
    )
    owner["password"] = owner["password"] or kept.get("password")
    credentials.write(path, owner)
    return owner


def _await_readiness(web: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_TIMEOUT
    while time.monotonic() < deadline:
        _refuse_end_of(web)
        if _is_ready():
            return
        time.sleep(0.02)
    raise CommandError(f"The web server did not become ready within {READY_TIMEOUT} seconds.")


def _is_ready() -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)
    address = f"[{host}]" if ":" in host else host
    try:
        with urllib.request.urlopen(f"http://{address}:{settings.PORT}/_readyz", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def _shared_link(owner: dict[str, Any]) -> str | None:
    """The way in for those without a key, if the demo's is still open."""
    share = SharingConfiguration.objects.filter(team=owner["project_id"], enabled=True).first()
    return f"{settings.SITE_URL}/shared/{share.access_token}" if share else None


def _welcome(owner: dict[str, Any], *, shared: str | None) -> None:
    password = f" / {owner['password']}" if owner["password"] else ""
    print(
        WELCOME.format(
            url=settings.SITE_URL,
            project_id=owner["project_id"],
            project_api_key=owner["project_api_key"],
            personal_api_key=owner["personal_api_key"],
            email=owner["user"]["email"],
            password=password,
            shared=f"\n  a shared dashboard     {shared}" if shared else "",
            kept_in=settings.DATA_DIR,
        ),
        flush=True,
    )


def _watch(web: subprocess.Popen[bytes]) -> None:
    """Bring Postgres back whenever it dies; the web server stays, and answers 503 meanwhile."""
    while True:
        _refuse_end_of(web)
        try:
            _ensure_postgres()
        except CannotRunPostgres as error:
            print(f"Postgres has died, and does not come back: {error}", file=sys.stderr, flush=True)
            time.sleep(1)
        time.sleep(WATCH_INTERVAL)


def _refuse_end_of(web: subprocess.Popen[bytes]) -> None:
    if web.poll() is not None:
        raise CommandError("The web server has ended by itself; its last words stand above.")
