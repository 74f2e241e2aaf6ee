"""The embedded server: started by whoever connects first, stopped by whoever leaves last.

Every process that uses it holds a shared lock on a file. The kernel gives that lock back when the process ends, even by
kill -9, so the count of users is never stale. Nothing happens on import.
"""

import atexit
import contextlib
import os
import threading
import time
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from posthog_lite.postgres import binaries, cluster
from posthog_lite.postgres.account import Account, account_for
from posthog_lite.postgres.cluster import SUPERUSER, Character
from posthog_lite.postgres.folder import PORT, Folder
from posthog_lite.postgres.postmaster import Postmaster, clear_after_kill, is_alive
from posthog_lite.postgres.refusal import CannotRunPostgres

ROLE = "posthog"  # Owns the database, and is no superuser.
# After a crash Postgres replays its log before it answers; that may take long and must not be interrupted.
START_TIMEOUT = 600
# How long a process that may not start the server waits for the one that does, and a start for survivors to die.
PATIENCE = 2
SURVIVORS_TIMEOUT = 20
LOG_SIZE_LIMIT = 10 * 1024 * 1024
LAUNCH = '"$0" -D "$1" >>"$LOG" 2>&1 </dev/null & echo $!'


class EmbeddedServer:
    """One server of one folder, as this process sees it."""

    def __init__(self, base: Path, character: Character, *, may_start: bool = True) -> None:
        self.folder = Folder(base)
        self.character = character
        self.may_start = may_start
        self._users_descriptor: int | None = None
        self._databases: set[str] = set()
        self._is_left = False
        self._lock = threading.RLock()
        os.register_at_fork(after_in_child=self._forget_parent)

    def address(self) -> dict[str, str | int]:
        """How to connect to it, running or not."""
        return {"host": str(self.folder.sockets), "port": PORT, "user": ROLE}

    @property
    def is_joined(self) -> bool:
        return self._users_descriptor is not None

    def ensure_running(self) -> Postmaster:
        """Join, and start the server unless it runs. Returns when it takes connections.

        Raises CannotRunPostgres where it cannot be started, or may not be: a supervised process leaves that to its
        launcher.
        """
        with self._lock:
            self.join()
            running = Postmaster.of(self.folder.cluster)
            if running and running.is_ready:
                return running
            if not self.may_start:
                return self._await_launcher()
            with self.folder.only_starter():
                return self._running() or self._start()

    def ensure_database(self, name: str) -> None:
        """Make our role and the database `name` where they are missing. Asks once in a process."""
        if name not in self._databases:
            self._make_database(name)
            self._databases.add(name)

    def leave(self, *, patience: float = 0) -> None:
        """No longer count this process, and stop the server if nobody else uses it.

        With patience for users that were killed a moment ago, and still take some milliseconds to vanish.
        """
        with self._lock:
            self._is_left = True
            if self._users_descriptor is None:
                return
            os.close(self._users_descriptor)
            self._users_descriptor = None
            deadline = time.monotonic() + patience
            while not self._stop_if_unused() and time.monotonic() < deadline:
                time.sleep(0.01)

    def _stop_if_unused(self) -> bool:
        with self.folder.nobody_signed_in() as is_unused:
            if is_unused and (running := Postmaster.of(self.folder.cluster)):
                running.stop()
        return is_unused

    def join(self) -> None:
        """Count this process among the users, until it leaves or ends."""
        if self._is_left:
            raise CannotRunPostgres("This process is about to end.")
        if self._users_descriptor is None:
            try:
                self.folder.base.mkdir(parents=True, exist_ok=True)
                self._users_descriptor = self.folder.sign_in()
            except PermissionError as error:
                refusal = f"{error.filename} belongs to another user. Set DATA_DIR to a folder of your own."
                raise CannotRunPostgres(refusal) from None
            atexit.register(self.leave)

    def _forget_parent(self) -> None:
        """A forked child counts on its own, with a descriptor of its own, once it connects."""
        self._lock = threading.RLock()
        if self._users_descriptor is not None:
            os.close(self._users_descriptor)
            self._users_descriptor = None
        atexit.unregister(self.leave)

    def _running(self) -> Postmaster | None:
        """The server that another process started, or is starting, or was killed while starting."""
        deadline = time.monotonic() + START_TIMEOUT
        while (running := Postmaster.of(self.folder.cluster)) and time.monotonic() < deadline:
            if running.is_ready:
                return running
            time.sleep(0.01)
        return None

    def _await_launcher(self) -> Postmaster:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            running = Postmaster.of(self.folder.cluster)
            if running and running.is_ready:
                return running
            time.sleep(0.02)
        raise CannotRunPostgres("The embedded Postgres is not running at the moment.")

    def _start(self) -> Postmaster:
        account = account_for(self.folder.base)
        package = binaries.installed()
        if not account.can("-x", binaries.programs(package) / "initdb"):
            package = binaries.copied_to(self.folder.base / "binaries")
        claim = self._claim()
        try:
            cluster.prepare(self.folder, self.character, package, account)
            self._limit_log()
            return self._launch(binaries.programs(package) / "postgres", account, claim)
        finally:
            os.close(claim)

    def _claim(self) -> int:
        """Make sure that no process of an earlier server is left, and that none can come to be beside ours."""
        clear_after_kill(self.folder.cluster)
        deadline = time.monotonic() + SURVIVORS_TIMEOUT
        while time.monotonic() < deadline:
            if claim := self.folder.claim():
                return claim
            time.sleep(0.01)
        raise CannotRunPostgres(f"Another server, perhaps in another container, still uses {self.folder.base}.")

    def _launch(self, postgres: Path, account: Account, claim: int) -> Postmaster:
        """Run the server in a session of its own and as nobody's child: no signal to our group reaches it."""
        seen = self.folder.log.stat().st_size if self.folder.log.exists() else 0
        launched = account.run(
            ["sh", "-c", LAUNCH, postgres, self.folder.cluster],
            cwd=self.folder.base,
            env={"LOG": str(self.folder.log)},
            keep_open=(claim,),
        )
        if not launched.is_ok:
            raise CannotRunPostgres(f"Postgres did not start:\n{launched.output}")

        running = self._wait_for(int(launched.output))
        if running is None:
            said = self.folder.log.read_bytes()[seen:].decode(errors="replace") if self.folder.log.exists() else ""
            raise CannotRunPostgres(f"Postgres did not start. {self.folder.log} says:\n{said[-2000:]}")
        return running

    def _wait_for(self, pid: int) -> Postmaster | None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and is_alive(pid):
            running = Postmaster.of(self.folder.cluster)
            if running and running.pid == pid and running.is_ready:
                return running
            time.sleep(0.005)
        return None

    def _limit_log(self) -> None:
        log = self.folder.log
        if log.exists() and log.stat().st_size > LOG_SIZE_LIMIT:
            log.replace(log.with_suffix(".log.1"))

    def _make_database(self, name: str) -> None:
        address = self.address() | {"user": SUPERUSER}
        with psycopg.connect(dbname="postgres", autocommit=True, **address) as connection:  # type: ignore[arg-type]
            role, database = sql.Identifier(ROLE), sql.Identifier(name)
            if not _one(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", ROLE):
                with contextlib.suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
            if not _one(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
                with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))


@cache
def server_in(base: Path, character: Character, *, may_start: bool) -> EmbeddedServer:
    """The one object of this process for the server in that folder."""
    return EmbeddedServer(base, character, may_start=may_start)


def _one(connection: psycopg.Connection, question: str, value: str) -> bool:
    return connection.execute(question, [value]).fetchone() is not None
