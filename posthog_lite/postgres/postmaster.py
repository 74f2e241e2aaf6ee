"""The running server as its `postmaster.pid` tells it: is it alive, is it ready, how to stop it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

# Above the highest number that a kernel gives, so that Postgres finds such a process dead.
NO_PROCESS = 4_194_305
STATUS_LINE = 7


@dataclass(frozen=True)
class Postmaster:
    cluster: Path
    pid: int
    status: str  # starting, stopping, ready or standby

    @classmethod
    def of(cls, cluster: Path) -> "Postmaster | None":
        """The live server of this cluster, or None. A zombie is not alive, nor is a stranger that got its number."""
        try:
            lines = (cluster / "postmaster.pid").read_text().splitlines()
            pid = abs(int(lines[0]))
        except (FileNotFoundError, NotADirectoryError, ValueError, IndexError):
            return None
        if not _is_postgres(pid, cluster):
            return None
        return cls(cluster, pid, lines[STATUS_LINE].strip() if len(lines) > STATUS_LINE else "starting")

    @property
    def is_ready(self) -> bool:
        return self.status == "ready"

    def stop(self, *, within: float = 120) -> None:
        """Stop it as `pg_ctl stop -m fast` does: roll back what is open, write everything out, leave."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGINT)
        self.wait_until_gone(within=within)

    def wait_until_gone(self, *, within: float) -> None:
        deadline = time.monotonic() + within
        while _is_postgres(self.pid, self.cluster) and time.monotonic() < deadline:
            time.sleep(0.01)


def clear_after_kill(cluster: Path) -> None:
    """Make a start possible after a postmaster was killed: Postgres itself stumbles over the two things it leaves.

    A pid file whose number still looks alive (a zombie nobody collects, a stranger) gets a number that is surely
    dead; the file stays, because its other lines are how Postgres finds out about survivors. Survivors, servers of
    single connections that are too busy to notice, are killed: their work can no longer be committed.
    """
    for pid in _survivors(cluster):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    path = cluster / "postmaster.pid"
    if path.exists() and (lines := path.read_text().splitlines()):
        path.write_text("\n".join([str(NO_PROCESS), *lines[1:], ""]))


def is_alive(pid: int) -> bool:
    """Whether the process runs. A zombie does not, though a signal still finds it."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # where we are process 1, it is ours to collect
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return not _state_and_name(pid).startswith("Z")


def _is_postgres(pid: int, cluster: Path) -> bool:
    if not is_alive(pid):
        return False
    try:
        # Every process of a server works in its cluster's folder.
        return os.path.samefile(f"/proc/{pid}/cwd", cluster)
    except OSError:
        return "postgres" in _state_and_name(pid)  # no /proc here, or another user's process


def _state_and_name(pid: int) -> str:
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        return f"{rest.split()[0]} {name.partition('(')[2]}"
    except OSError:
        command = ["ps", "-o", "stat=,comm=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _survivors(cluster: Path) -> list[int]:
    if sys.platform != "linux":
        return []  # Postgres waits for them itself, and start() tries again
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and _is_orphan(int(name), cluster)]


def _is_orphan(pid: int, cluster: Path) -> bool:
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", cluster) and Path(f"/proc/{pid}/comm").read_text() == "postgres\n"
    except OSError:
        return False
