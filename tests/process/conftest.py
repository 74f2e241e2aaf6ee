"""Real servers in a temporary DATA_DIR on a free port: nothing here touches the cluster of the other tests."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from posthog_lite.postgres.postmaster import Postmaster

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Below /tmp and short, as a socket's path must be; open to others, as a project's folder mostly is."""
    folder = Path(tempfile.mkdtemp(prefix="phl-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    stop_postgres(folder)
    shutil.rmtree(folder)


def stop_postgres(folder: Path) -> None:
    for cluster in folder.rglob("cluster"):
        if running := Postmaster.of(cluster):
            running.stop(within=20)


@pytest.fixture
def environment(data_dir: Path) -> dict[str, str]:
    """What a server of its own is started with: the settings of `make run`, whatever those of the tests are."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTEST_VERSION")}
    return kept | {"DATA_DIR": str(data_dir), "PORT": port, "HOST": "127.0.0.1", "POSTHOG_LITE_CLUSTER": "main"}


@pytest.fixture
def manage(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)

    return run


USER = """
import sys
from pathlib import Path
from posthog_lite.postgres.cluster import Character
from posthog_lite.postgres.server import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]) / "postgres", Character())
server.ensure_running()
server.ensure_database("posthog")
print("joined", flush=True)
sys.stdin.read()
"""


class User:
    """A process that uses the embedded server until it is told to leave."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(data_dir)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def has_joined(self) -> bool:
        assert self.process.stdout
        return self.process.stdout.readline() == "joined\n"

    def leave(self) -> None:
        self.process.communicate(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def join(data_dir: Path) -> Iterator[Callable[[], User]]:
    users: list[User] = []

    def start() -> User:
        users.append(User(data_dir))
        return users[-1]

    yield start
    for user in users:
        if user.process.poll() is None:
            user.kill()


@pytest.fixture
def connect(data_dir: Path) -> Callable[[], psycopg.Connection]:
    address = {"host": str(data_dir / "postgres" / "socket"), "port": 5432, "user": "posthog", "dbname": "posthog"}
    return lambda: psycopg.connect(**address, autocommit=True)  # type: ignore[arg-type]


@pytest.fixture
def postmaster(data_dir: Path) -> Callable[[], Postmaster | None]:
    return lambda: Postmaster.of(data_dir / "postgres" / "cluster")


@dataclass
class Served:
    """A running `manage.py serve`."""

    process: subprocess.Popen[str]
    port: str
    data_dir: Path

    @property
    def credentials(self) -> dict:
        return json.loads((self.data_dir / "credentials.json").read_text())

    def get(self, path: str, **headers: str) -> int:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            return refusal.code

    def get_with_key(self, path: str) -> int:
        return self.get(path, Authorization=f"Bearer {self.credentials['personal_api_key']}")

    def workers(self) -> list[int]:
        """The processes that answer; their parent is the web server, and its parent the launcher."""
        (web,) = children(self.process.pid)
        return children(web)

    def welcome(self) -> str:
        """What it prints once it is ready."""
        assert self.process.stdout
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                return "".join(lines)
        raise AssertionError("".join(lines) + self.errors())

    def errors(self) -> str:
        return (self.data_dir / "stderr").read_text()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def serve(environment: dict[str, str], data_dir: Path) -> Iterator[Callable[[], Served]]:
    started: list[Served] = []

    def start() -> Served:
        with (data_dir / "stderr").open("a") as errors:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        started.append(Served(process, environment["PORT"], data_dir))
        return started[-1]

    yield start
    for served in started:
        if served.process.poll() is None:
            served.stop()
        assert served.process.stdout
        served.process.stdout.close()


def children(pid: int) -> list[int]:
    told = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in told.splitlines()]
    return [int(child) for child, parent, state in rows if int(parent) == pid and not state.startswith("Z")]


def eventually(holds: Callable[[], object], *, within: float = 5) -> float:
    """How long it took until it held; fails after `within` seconds."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < within, "did not come true in time"
        time.sleep(0.02)
    return time.monotonic() - start
