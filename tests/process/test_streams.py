"""Event streams as the real server sends them."""

import hashlib
import json
import socket
import time
from contextlib import ExitStack

import pytest

from accounts.models import Project, Team
from insights.queries import cache_key
from posthog_lite.web_server import BLOCKING_THREADS
from tests.process.conftest import eventually

QUERY = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "slow"}]}


@pytest.fixture
def served(serve, environment):
    environment["QUERY_TIMEOUT_SECONDS"] = "60"
    served = serve()
    served.welcome()
    return served


@pytest.fixture
def dashboard(served):
    """Two texts, and below them an insight."""
    tiles = [{"text": {"body": "a"}}, {"text": {"body": "b"}}, {"insight": {"name": "Slow", "query": QUERY}}]
    return ask(served, "POST", "dashboards/", {"name": "Slow", "tiles": tiles})["id"]


@pytest.fixture
def somebody_computes(served, connect):
    """While this lasts, the insight's answer is waited for."""
    project = served.credentials["project_id"]
    key = cache_key(QUERY, team=Team(project=Project(pk=project)))
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
    with connect() as database:
        database.execute("SELECT pg_advisory_lock(%s)", [number])
        yield lambda: database.execute("SELECT pg_advisory_unlock(%s)", [number])


def test_the_first_tiles_come_before_the_slow_one_is_computed(served, dashboard, somebody_computes):
    with open_stream(served, dashboard) as stream:
        started = time.monotonic()
        head = read_until(stream, b'"type":"metadata"')
        took = time.monotonic() - started
        rest = read_until(stream, b": still computing\n\n")
        somebody_computes()  # no longer
        rest += read_until(stream, b'{"type":"complete"}\n\n')

    assert b"200 OK" in head
    assert b"content-type: text/event-stream" in head.lower()
    assert took < 3
    assert b'"type":"tile","order":2' in rest


def test_clients_that_leave_free_their_workers(served, dashboard, somebody_computes):
    with ExitStack() as clients:
        for _ in range(BLOCKING_THREADS):
            stream = clients.enter_context(open_stream(served, dashboard))
            read_until(stream, b'"type":"metadata"')
        assert not is_live(served)

    assert eventually(lambda: is_live(served), within=20) < 12


def ask(served, method, path, body):
    payload = json.dumps(body).encode()
    with send(served, method, path, payload) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, text = answer.partition(b"\r\n\r\n")
    assert b" 20" in head, answer
    return json.loads(text)


def open_stream(served, dashboard):
    return send(served, "GET", f"dashboards/{dashboard}/stream_tiles/?refresh=blocking", b"")


def send(served, method, path, body):
    kept = served.credentials
    connection = socket.create_connection(("127.0.0.1", int(served.port)), timeout=20)
    connection.sendall(
        f"{method} /api/projects/{kept['project_id']}/{path} HTTP/1.0\r\nHost: localhost\r\n"
        f"Authorization: Bearer {kept['personal_api_key']}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    return connection


def read_until(stream, mark):
    heard = b""
    while mark not in heard:
        piece = stream.recv(65536)
        assert piece, heard
        heard += piece
    return heard


def is_live(served):
    """Whether there is a thread to answer with."""
    with socket.create_connection(("127.0.0.1", int(served.port)), timeout=1) as connection:
        connection.sendall(b"GET /_livez HTTP/1.0\r\nHost: localhost\r\n\r\n")
        try:
            return connection.recv(100).startswith(b"HTTP/1")
        except TimeoutError:
            return False
