"""What a killed server leaves behind, and that nothing acknowledged is lost."""

import os
import signal
import subprocess
import threading
from contextlib import suppress

import psycopg
import pytest

from posthog_lite.postgres.cluster import Character
from posthog_lite.postgres.server import EmbeddedServer
from tests.process.conftest import eventually


@pytest.fixture
def server(data_dir):
    server = EmbeddedServer(data_dir / "postgres", Character())
    server.ensure_running()
    server.ensure_database("posthog")
    yield server
    server.leave()


def kill_postmaster(server):
    running = server.ensure_running()
    os.kill(running.pid, signal.SIGKILL)
    running.wait_until_gone(within=5)


def test_acknowledged_rows_survive_a_killed_server(server, connect):
    with connect() as database:
        database.execute("CREATE TABLE noted (number int)")
    acknowledged = 0

    for _ in range(3):
        database = connect()
        killer = threading.Timer(0.2, kill_postmaster, [server])
        killer.start()
        with suppress(psycopg.OperationalError):
            while True:
                database.execute("INSERT INTO noted VALUES (%s)", [acknowledged])
                acknowledged += 1
        killer.join()
        assert eventually(lambda: server.ensure_running().is_ready) < 5

    with connect() as database:
        kept = database.execute("SELECT count(DISTINCT number) FROM noted").fetchone()[0]
    # The one in flight at a kill may be there or not; nobody was told.
    assert acknowledged <= kept <= acknowledged + 3
    assert acknowledged > 0


def test_a_query_that_outlives_its_server_does_not_delay_the_next_start(server, connect):
    database = connect()
    endless = "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b"
    busy = threading.Thread(target=lambda: _ignoring_its_end(database, endless))
    busy.start()
    with connect() as watcher:
        eventually(lambda: watcher.execute("SELECT 1 FROM pg_stat_activity WHERE query = %s", [endless]).fetchone())

    kill_postmaster(server)

    assert eventually(lambda: server.ensure_running().is_ready) < 5
    busy.join()


def _ignoring_its_end(database, query):
    with suppress(psycopg.OperationalError):
        database.execute(query)


def _zombie() -> int:
    return subprocess.Popen(["true"]).pid  # collected when the test's process ends


@pytest.mark.parametrize("number", [_zombie, os.getpid, lambda: 4_190_000], ids=["zombie", "stranger", "nobody"])
def test_a_stale_pid_file_is_no_obstacle(data_dir, number):
    server = EmbeddedServer(data_dir / "postgres", Character())
    server.ensure_running()
    pid_file = server.folder.cluster / "postmaster.pid"
    told = pid_file.read_text()
    server.leave()
    pid_file.write_text("\n".join([str(number()), *told.splitlines()[1:], ""]))

    again = EmbeddedServer(data_dir / "postgres", Character())

    assert again.ensure_running().is_ready
    again.leave()


def test_an_interrupted_initdb_is_thrown_away(data_dir):
    half_made = data_dir / "postgres" / "cluster.draft"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")

    server = EmbeddedServer(data_dir / "postgres", Character())

    assert server.ensure_running().is_ready
    server.leave()


def test_a_server_that_cannot_start_says_why(data_dir):
    server = EmbeddedServer(data_dir / "postgres", Character(max_connections=0))

    with pytest.raises(psycopg.OperationalError, match="max_connections"):
        server.ensure_running()
    server.leave()


def test_a_cluster_of_another_version_is_refused(data_dir):
    cluster = data_dir / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("9\n")
    server = EmbeddedServer(data_dir / "postgres", Character())

    with pytest.raises(psycopg.OperationalError, match="was made by PostgreSQL 9"):
        server.ensure_running()
    server.leave()
