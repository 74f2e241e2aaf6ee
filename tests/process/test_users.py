"""Who starts the embedded server and who stops it: the first that comes, the last that leaves."""

import os
import subprocess
import sys

from tests.process.conftest import ROOT, eventually

FORK = """
import os, sys, time
from pathlib import Path
from posthog_lite.postgres.cluster import Character
from posthog_lite.postgres.server import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]) / "postgres", Character())
server.ensure_running()
parent = os.getpid()
if os.fork():
    os._exit(0)  # as a kill would: without leaving
while os.getppid() == parent:
    time.sleep(0.01)
assert not server.is_joined
server.ensure_running()
server.leave()
"""


def test_the_first_starts_it_and_the_last_stops_it(join, postmaster):
    first, second = join(), join()
    assert first.has_joined()
    assert second.has_joined()

    first.leave()
    assert postmaster().is_ready

    second.leave()
    assert postmaster() is None


def test_a_killed_user_is_not_counted(join, postmaster):
    killed, last = join(), join()
    assert killed.has_joined()
    assert last.has_joined()

    killed.kill()
    last.leave()

    assert postmaster() is None


def test_what_a_killed_user_left_running_is_joined_and_then_stopped(join, postmaster):
    killed = join()
    assert killed.has_joined()
    killed.kill()
    left = postmaster()
    assert left.is_ready

    last = join()
    assert last.has_joined()
    assert postmaster().pid == left.pid
    last.leave()
    assert postmaster() is None


def test_of_many_starters_at_once_one_starts(join, connect, data_dir):
    users = [join() for _ in range(6)]

    assert all(user.has_joined() for user in users)

    log = (data_dir / "postgres" / "log" / "postgres.log").read_text()
    assert log.count("ready to accept connections") == 1
    with connect() as database:
        assert database.execute("SELECT 1").fetchone() == (1,)


def test_a_forked_child_counts_on_its_own(data_dir, postmaster):
    subprocess.run([sys.executable, "-c", FORK, str(data_dir)], cwd=ROOT, check=True, timeout=60)

    eventually(lambda: postmaster() is None)


def test_commands_that_need_no_database_start_none(manage, data_dir):
    assert manage("check").returncode == 0

    assert os.listdir(data_dir) == ["secret_key"]


def test_the_role_of_the_program_is_no_superuser_and_its_data_are_safe(join, connect):
    assert join().has_joined()

    with connect() as database:
        assert database.execute("SELECT current_setting('is_superuser')").fetchone() == ("off",)
        assert database.execute("SELECT current_setting('fsync')").fetchone() == ("on",)
        assert database.execute("SELECT current_setting('synchronous_commit')").fetchone() == ("on",)
        assert database.execute("SELECT upper('é') = 'É' AND 'É' ILIKE 'é'").fetchone() == (True,)
