"""Where everything of one embedded server lies, and the two locks that its users share."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PORT = 5432  # Only a part of the socket's name: nothing listens on the network.
# The kernel's limit is 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 100


@dataclass(frozen=True)
class Folder:
    """The folder of one server. Its paths are a function of `base` alone, so that all processes agree on them."""

    base: Path

    @property
    def cluster(self) -> Path:
        return self.base / "cluster"

    @property
    def log(self) -> Path:
        return self.base / "log" / "postgres.log"

    @property
    def sockets(self) -> Path:
        inside = self.base / "socket"
        if len(os.fsencode(inside / f".s.PGSQL.{PORT}.lock")) <= LONGEST_SOCKET_PATH:
            return inside
        # Not tempfile.gettempdir(): two processes with another TMPDIR must still find each other.
        return Path("/tmp") / f"posthog-lite-{hashlib.sha256(os.fsencode(self.base)).hexdigest()[:16]}"

    @contextmanager
    def only_starter(self) -> Iterator[None]:
        """Of several processes that find no running server, one at a time may start it."""
        descriptor = _open(self.base / "start.lock")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def sign_in(self) -> int:
        """Count this process among the users until the descriptor is closed, by us or by the kernel after a kill."""
        descriptor = _open(self.base / "users.lock")
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return descriptor

    def claim(self) -> int | None:
        """A descriptor for the server to keep open all its life, or None while one of its processes still lives.

        Unlike a process number this also tells the truth about a server in another container.
        """
        descriptor = _open(self.base / "server.lock")
        if _try_alone(descriptor):
            return descriptor
        os.close(descriptor)
        return None

    @contextmanager
    def nobody_signed_in(self) -> Iterator[bool]:
        """Whether no process uses the server; if so, none can sign in before the block ends."""
        # Always a descriptor of its own: one that a fork shares would take the lock from its brothers too.
        descriptor = _open(self.base / "users.lock")
        try:
            yield _try_alone(descriptor)
        finally:
            os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try_alone(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
