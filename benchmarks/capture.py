"""How much capture costs beside what Postgres alone could do.

Each round stores the same 10 000 events (100 batches of 100, of 1 000 people) three times: through HTTP, by one COPY of
finished rows, and by a COPY and a commit for each batch.
"""

import gzip
import http.client
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import uuid4

import orjson
from django.db import connection, transaction

from benchmarks.report import Section, ratio
from benchmarks.throwaway import Server, make_project
from events.models import Event

ROUNDS = 5
EVENTS, BATCH, PEOPLE, CLIENTS = 10_000, 100, 1_000, 4
PROPERTIES = {
    "$browser": "Firefox",
    "$os": "Linux",
    "$current_url": "https://hogflix.com/watch/the-great-hedgehog",
    "$session_id": "0192f5a0-0000-7000-8000-00000000000a",
    "plan": "free",
    "amount": 12.5,
}
HTTP, ONE_COPY, COPIES = "through HTTP", "one COPY", f"COPY in batches of {BATCH}"
WORDS = f"""\
{EVENTS:,} events of {PEOPLE:,} persons in gzipped batches of {BATCH} from {CLIENTS} clients; each batch is durable when
it is answered, its persons are looked up and locked, and its uuids are stored once. Beside it Postgres alone: the same
rows, finished, by one COPY, and by a COPY and a commit for each batch, one after the other."""


def run(server: Server) -> Section:
    token = make_project("capture").capture
    copied = make_project("copied").project_id
    send_all(server.port, bodies(token))  # people, definitions and connections are there from now on
    seconds: dict[str, list[float]] = {HTTP: [], ONE_COPY: [], COPIES: []}
    for _ in range(ROUNDS):
        sent = bodies(token)
        seconds[HTTP].append(timed(partial(send_all, server.port, sent)))
        seconds[ONE_COPY].append(timed(partial(copy_all, copied, size=EVENTS)))
        seconds[COPIES].append(timed(partial(copy_all, copied, size=BATCH)))
    check_all_are_there((3 * ROUNDS + 1) * EVENTS)
    section = Section(title="Capture, against COPY", words=WORDS, columns=["way", "events a second", "times one COPY"])
    for way, times in seconds.items():
        against = statistics.median(one / two for one, two in zip(times, seconds[ONE_COPY], strict=True))
        row = way, f"{EVENTS / statistics.median(times):,.0f}", ratio(against)
        print("{:<40}{:>10}{:>8}".format(*row))
        section.rows.append(row)
    return section


def bodies(token: str) -> list[bytes]:
    now = datetime.now(UTC).isoformat()
    return [
        gzip.compress(orjson.dumps({"api_key": token, "sent_at": now, "batch": _batch(start, now)}), 1)
        for start in range(0, EVENTS, BATCH)
    ]


def _batch(start: int, now: str) -> list[dict[str, Any]]:
    return [
        {
            "event": "watched",
            "distinct_id": f"person {number % PEOPLE}",
            "uuid": str(uuid4()),
            "timestamp": now,
            "properties": PROPERTIES,
        }
        for number in range(start, start + BATCH)
    ]


def send_all(port: int, batches: list[bytes]) -> None:
    def send(own: list[bytes]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for body in own:
            connection.request("POST", "/batch/", body, {"Content-Encoding": "gzip"})
            answer = connection.getresponse()
            if (answer.status, answer.read()) != (200, b'{"status":1}'):
                raise SystemExit(f"The server answered {answer.status}.")
        connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(send, [batches[number::CLIENTS] for number in range(CLIENTS)]))


def copy_all(team_id: int, *, size: int) -> None:
    for start in range(0, EVENTS, size):
        with transaction.atomic():
            Event.objects.copy_in(_rows(team_id, range(start, start + size)))
    connection.close()


def _rows(team_id: int, numbers: range) -> Iterator[tuple[Any, ...]]:
    now = datetime.now(UTC)
    properties = orjson.dumps(PROPERTIES).decode()
    for number in numbers:
        person = number % PEOPLE
        yield team_id, now, uuid4(), "watched", f"person {person}", person, properties, "", now


def check_all_are_there(expected: int) -> None:
    stored = Event.objects.count()
    if stored != expected:
        raise SystemExit(f"{stored} events are stored instead of {expected}: these figures mean nothing.")


def timed(deed: Callable[[], None]) -> float:
    start = time.perf_counter()
    deed()
    return time.perf_counter() - start
