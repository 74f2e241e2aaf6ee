"""Reads and writes of the API beside a bare Django view that answers the same bytes."""

import os
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import orjson

from benchmarks.report import Section, ratio
from benchmarks.throwaway import Keys, Server, json_of, make_project, serving

ROUNDS, SECONDS, CLIENTS = 5, 1.0, 4
TILES, DASHBOARDS = 20, 100
WORDS = f"""\
Requests a second, {CLIENTS} clients with a connection each, one worker. *Bare* is a Django without middleware and
database, behind the same web server, whose one view answers the bytes that ours does. *Plain* is the tutorial of Django
REST framework over the same tables (`benchmarks/plain.py`): model serializers and generic views, with no
authentication, no rights, no answers of insights, no activity log. Ours does all of that; every answer is a 2xx, every
write is durable."""
READY = "ready"


@dataclass(frozen=True)
class Operation:
    """`body` gives a new body for each request; None for a read."""

    name: str
    path: str
    key: str = ""
    plain_path: str = ""
    body: Callable[[], bytes] | None = None

    def request(self, path: str) -> bytes:
        body = self.body() if self.body else b""
        head = [
            f"{'POST' if self.body else 'GET'} {path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Content-Length: {len(body)}",
            "Content-Type: application/json",
        ]
        head += [f"Authorization: Bearer {self.key}"] if self.key else []
        return "\r\n".join([*head, "", ""]).encode() + body


def run(server: Server) -> Section:
    keys = make_project("api")
    operations = prepare(server.another(key=keys.personal), keys)
    section = Section(
        title="Reads and writes of the API, against a bare view and plain serializers",
        words=WORDS,
        columns=["operation", "KB", "ours, 1/s", "bare, 1/s", "plain, 1/s", "ours to bare", "ours to plain"],
    )
    with tempfile.TemporaryDirectory() as folder:
        sizes = [put_aside(operation, server.port, Path(folder) / str(n)) for n, operation in enumerate(operations)]
        (Path(folder) / READY).write_text("{}")
        os.environ["BARE_ANSWERS"] = folder
        with (
            serving("benchmarks.bare:application", ready=f"/{READY}") as bare,
            serving("benchmarks.plain:application", ready="/insights/?limit=1") as plain,
        ):
            for number, (operation, size) in enumerate(zip(operations, sizes, strict=True)):
                places = {server.port: operation.path, bare.port: f"/{number}"}
                if operation.plain_path:
                    places[plain.port] = operation.plain_path
                rates = measure(operation, places)
                ours, others = rates[server.port], [rates[bare.port], rates.get(plain.port, [])]
                row = [
                    operation.name,
                    f"{size / 1000:.1f}",
                    f"{statistics.median(ours):.0f}",
                    *(f"{statistics.median(theirs):.0f}" if theirs else "" for theirs in others),
                    *(ratio(_times(ours, theirs)) if theirs else "" for theirs in others),
                ]
                print("{:<40}{:>8}{:>8}{:>8}{:>8}{:>8}{:>8}".format(*row))
                section.rows.append(row)
    return section


def _times(ours: list[float], theirs: list[float]) -> float:
    return statistics.median(one / two for one, two in zip(ours, theirs, strict=True))


def prepare(server: Server, keys: Keys) -> list[Operation]:
    """A dashboard of 20 answered tiles, 99 more, and some events to answer from."""
    root, key = f"/api/projects/{keys.project_id}", keys.personal
    server.post("/batch/", orjson.dumps({"api_key": keys.capture, "batch": [capture_of(n) for n in range(500)]}))
    made = [json_of(server.post(f"{root}/dashboards/", dashboard(n)))["id"] for n in range(DASHBOARDS)]
    for number in range(TILES):
        server.post(f"{root}/insights/", insight(number, dashboards=[made[0]]))
    server.get(f"{root}/dashboards/{made[0]}/run_insights/?refresh=blocking&output_format=json")

    numbers = count(DASHBOARDS)

    def event() -> bytes:
        return orjson.dumps({"api_key": keys.capture, **capture_of(next(numbers))})

    one, page = f"dashboards/{made[0]}/", f"dashboards/?limit={DASHBOARDS}"
    return [
        Operation(f"retrieve a dashboard of {TILES} tiles", f"{root}/{one}", key, f"/{one}"),
        Operation(f"list {DASHBOARDS} dashboards", f"{root}/{page}", key, f"/{page}"),
        Operation("create a dashboard", f"{root}/dashboards/", key, "/dashboards/", lambda: dashboard(next(numbers))),
        Operation("create an insight", f"{root}/insights/", key, "/insights/", lambda: insight(next(numbers))),
        Operation("capture one event", "/i/v0/e/", body=event),
    ]


def dashboard(number: int) -> bytes:
    return orjson.dumps({"name": f"Dashboard {number}", "description": "What we look at on Mondays."})


def insight(number: int, dashboards: list[int] | None = None) -> bytes:
    series = {"kind": "EventsNode", "event": "watched", "name": "watched", "math": "total"}
    dates = {"date_from": f"-{30 + number % 10}d"}
    source = {"kind": "TrendsQuery", "series": [series], "dateRange": dates}
    query = {"kind": "InsightVizNode", "source": source}
    placed = {"dashboards": dashboards} if dashboards else {}
    return orjson.dumps({"name": f"Insight {number}", "query": query, **placed})


def capture_of(number: int) -> dict[str, object]:
    properties = {"$browser": "Firefox", "$os": "Linux", "plan": "free", "amount": 12.5}
    return {"event": "watched", "distinct_id": f"person {number % 50}", "properties": properties}


def put_aside(operation: Operation, port: int, file: Path) -> int:
    """For the bare view; the size of it."""
    with Client(port) as client:
        content = client.ask(operation.request(operation.path))
    file.write_bytes(content)
    return len(content)


def measure(operation: Operation, places: Mapping[int, str]) -> dict[int, list[float]]:
    """Requests a second by port, round by round. `places`: the path on each port."""
    rates: dict[int, list[float]] = {port: [] for port in places}
    for _ in range(ROUNDS):
        for port, path in places.items():
            rates[port].append(rate(operation, port, path))
    return rates


def rate(operation: Operation, port: int, path: str) -> float:
    def ask_until(end: float) -> int:
        asked = 0
        with Client(port) as client:
            while time.perf_counter() < end:
                client.ask(operation.request(path))
                asked += 1
        return asked

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        asked = sum(pool.map(ask_until, [start + SECONDS] * CLIENTS))
    return asked / (time.perf_counter() - start)


class Client:
    """One kept connection. It does as little as it can: its work is part of what is measured."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> bytes:
        """The body of the answer. Both servers say how long it is."""
        self._socket.sendall(request)
        answer = self._socket.recv(1 << 18)
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 2"):
            raise SystemExit(f"Answered with {head.decode()} {body[:500].decode()}")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        parts, got = [body], len(body)
        while got < length:
            parts.append(self._more())
            got += len(parts[-1])
        return b"".join(parts)

    def _more(self) -> bytes:
        block = self._socket.recv(1 << 18)
        if not block:
            raise SystemExit("The server closed the connection.")
        return block
