"""How much capture costs beside what Postgres alone could do: `python benchmarks/capture.py [rounds]`.

Each round stores the same 10 000 events (100 batches of 100, of 1 000 people) twice: through HTTP into a server of its
own, and by one COPY of finished rows. Rounds alternate, and what counts is the ratio: machines differ, and their moods.
The cluster is made for the run, with durable writes, and thrown away.
"""

import atexit
import gzip
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
EVENTS, BATCH, PEOPLE, CLIENTS = 10_000, 100, 1_000, 4
PROPERTIES = {
    "$browser": "Firefox",
    "$os": "Linux",
    "$current_url": "https://hogflix.com/watch/the-great-hedgehog",
    "$session_id": "0192f5a0-0000-7000-8000-00000000000a",
    "plan": "free",
    "amount": 12.5,
}


def main(rounds: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="phl-", dir="/tmp"))
    folder.chmod(0o755)
    # The cluster stops at exit, too; what was registered first comes last.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    os.environ.update(DATA_DIR=str(folder), PORT=str(port), POSTHOG_LITE_CLUSTER="main", LOG_LEVEL="ERROR")
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "posthog_lite.settings"

    import django

    django.setup()
    _measure(rounds, port)


def _measure(rounds: int, port: int) -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    team, rows_team = _team("http"), _team("copy")
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--log-level", "error"]
    command += ["--blocking-threads", "32", "--backpressure", "128", "posthog_lite.wsgi:application"]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait_for(port)
        _send_all(port, team.api_token)  # people, definitions and connections are there from now on
        by_http: list[float] = []
        by_copy: list[float] = []
        for number in range(rounds):
            by_http.append(_seconds(lambda: _send_all(port, team.api_token)))
            by_copy.append(_seconds(lambda: _copy_all(rows_team)))
            ratio = by_http[-1] / by_copy[-1]
            print(f"round {number + 1}: HTTP {by_http[-1]:.2f} s, COPY {by_copy[-1]:.2f} s, ratio {ratio:.2f}")
        _check_all_are_there((2 * rounds + 1) * EVENTS)
        rate = EVENTS / statistics.median(by_http)
        ratios = [http / copy for http, copy in zip(by_http, by_copy, strict=True)]
        print(f"median: {rate:.0f} events/s through HTTP, {statistics.median(ratios):.2f} times the time of COPY")
    finally:
        server.terminate()
        server.wait(20)


def _team(name: str):
    from accounts.models import Organization, Project, Team

    organization = Organization.objects.create(name=name)
    return Team.objects.create(project=Project.objects.create(organization=organization, name=name))


def _send_all(port: int, token: str) -> None:
    import orjson

    now = datetime.now(UTC).isoformat()

    def body(start: int) -> bytes:
        batch = [
            {
                "event": "watched",
                "distinct_id": f"person {number % PEOPLE}",
                "uuid": str(uuid4()),
                "timestamp": now,
                "properties": PROPERTIES,
            }
            for number in range(start, start + BATCH)
        ]
        return gzip.compress(orjson.dumps({"api_key": token, "sent_at": now, "batch": batch}), 1)

    def send(starts: range) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for start in starts:
            connection.request("POST", "/batch/", body(start), {"Content-Encoding": "gzip"})
            answer = connection.getresponse()
            if (answer.status, answer.read()) != (200, b'{"status":1}'):
                raise SystemExit(f"The server answered {answer.status}.")
        connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(send, [range(n * BATCH, EVENTS, CLIENTS * BATCH) for n in range(CLIENTS)]))


def _copy_all(team) -> None:
    import orjson
    from django.db import transaction

    from events.models import Event

    now = datetime.now(UTC)
    with transaction.atomic():
        Event.objects.copy_in(
            (
                team.pk,
                now,
                uuid4(),
                "watched",
                f"person {number % PEOPLE}",
                number % PEOPLE,
                orjson.dumps(PROPERTIES).decode(),
                "",
                now,
            )
            for number in range(EVENTS)
        )


def _check_all_are_there(expected: int) -> None:
    from events.models import Event

    stored = Event.objects.count()
    if stored != expected:
        raise SystemExit(f"{stored} events are stored instead of {expected}: these figures mean nothing.")


def _seconds(deed: Callable[[], None]) -> float:
    start = time.perf_counter()
    deed()
    return time.perf_counter() - start


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/_readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("The server does not answer.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
