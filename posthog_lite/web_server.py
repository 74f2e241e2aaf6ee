"""The web server, a process of its own below the launcher: `python -m posthog_lite.web_server LIFELINE`.

LIFELINE is the descriptor of a pipe whose other end only the launcher holds. When it closes, however the launcher came
to its end, the server ends too.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from django.conf import settings
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from posthog_lite.postgres.base import embedded_server

BLOCKING_THREADS = 32
# Requests in flight may take this long to finish; then their worker is killed. An open stream would never finish.
KILL_TIMEOUT = 10


def main(lifeline: int) -> None:
    launcher = os.getppid()
    if server := embedded_server():
        server.join()  # so that Postgres is stopped by us if the launcher was killed
    _when_closed(lifeline, lambda: _stop_after(launcher))
    os.register_at_fork(after_in_child=lambda: _begin_as_worker(lifeline))
    Server(
        "posthog_lite.wsgi:application",
        address=settings.HOST,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=settings.WEB_CONCURRENCY,
        blocking_threads=BLOCKING_THREADS,
        # More than threads: a request that waits for a thread is better than one that is turned away.
        backpressure=4 * BLOCKING_THREADS,
        websockets=False,
        log_level=LogLevels.error,
        # Without these the death of one worker would end the server, and an open stream would keep it from ending.
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=KILL_TIMEOUT,
    ).serve()


def _begin_as_worker(lifeline: int) -> None:
    # Until granian sets its own, a worker has its parent's handler, which would swallow a signal during the imports.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _when_closed(lifeline, _give_up)


def _when_closed(lifeline: int, act: Callable[[], None]) -> None:
    def watch() -> None:
        os.read(lifeline, 1)
        act()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def _stop_after(launcher: int) -> None:
    """Only when it is wholly gone: a process that is just ending may still count as a user of Postgres."""
    deadline = time.monotonic() + 2
    while os.getppid() == launcher and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)


def _give_up() -> None:
    """A worker is told to stop by its parent; this is for one whose parent was killed as well."""
    time.sleep(KILL_TIMEOUT + 5)
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
