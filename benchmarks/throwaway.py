"""A server for the benchmarks alone, with durable writes, thrown away at the end."""

import atexit
import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parents[1]
#: Those of `make run`, in `posthog_lite/web_server.py`.
FLAGS = ["--blocking-threads", "32", "--backpressure", "128", "--log-level", "error"]
TIMEOUT = 600


def make_cluster() -> None:
    """Django in this process over a new, empty and migrated cluster, which goes away when the process does."""
    folder = Path(tempfile.mkdtemp(prefix="phl-", dir="/tmp"))
    folder.chmod(0o755)
    # The cluster stops at exit, too; what was registered first comes last.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update(
        DATA_DIR=str(folder),
        DATABASE_URL="",  # never somebody's own
        RATE_LIMIT_ENABLED="false",
        POSTHOG_LITE_CLUSTER="main",
        LOG_LEVEL="ERROR",
        DJANGO_SETTINGS_MODULE="posthog_lite.settings",
    )

    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


@dataclass(frozen=True)
class Server:
    """A client of one connection: a thread of its own needs one of its own (`another`)."""

    port: int
    key: str = ""

    @cached_property
    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)

    def another(self, *, key: str | None = None) -> "Server":
        return Server(self.port, self.key if key is None else key)

    def get(self, path: str) -> bytes:
        return self._answer("GET", path, None, {})

    def post(self, path: str, body: bytes) -> bytes:
        return self._answer("POST", path, body, {"Content-Type": "application/json"})

    def _answer(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 201):
            raise SystemExit(f"{method} {path} was answered with {answer.status}: {content[:500].decode()}")
        return content


@contextmanager
def serving(application: str = "posthog_lite.wsgi:application", *, ready: str = "/_readyz") -> Iterator[Server]:
    """Granian as `make run` starts it, over the cluster of this process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), *FLAGS, application]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_for(port, ready)
        yield Server(port)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, path: str) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("The server does not answer.")


@dataclass(frozen=True)
class Keys:
    project_id: int
    personal: str
    capture: str


def make_project(name: str) -> Keys:
    """A user of everything, an organization and a project."""
    from accounts.services import bootstrap

    made: dict[str, Any] = dict(bootstrap(email=f"{name}@bench.example", organization_name=name, project_name=name))
    return Keys(made["project_id"], made["personal_api_key"], made["project_api_key"])


def json_of(answer: bytes) -> Any:
    return orjson.loads(answer)
