"""Of many who want the same thing computed at the same time, one computes it and the others wait for what it stores."""

import hashlib
import time
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.db import connection

from insights.queries import QueryTimeout

STEP_SECONDS = 0.05
T = TypeVar("T")


def compute_once(key: str, *, find: Callable[[], T | None], compute: Callable[[], T]) -> T:
    """What `find` sees, or else what `compute` gives; `compute` runs once at a time for a key, in all processes.

    The lock is the session's, so that `compute` may have a transaction of its own. Who has to wait holds neither
    transaction nor connection meanwhile. Raises QueryTimeout.
    """
    deadline = time.monotonic() + settings.QUERY_TIMEOUT_SECONDS
    while not _lock("pg_try_advisory_lock", key):
        if time.monotonic() > deadline:
            raise QueryTimeout()
        _rest()
        found = find()
        if found is not None:
            return found

    try:
        # Whoever held the lock may have stored it between the caller's look-up and ours.
        found = find()
        return found if found is not None else compute()
    finally:
        _lock("pg_advisory_unlock", key)


def _lock(function: str, key: str) -> bool:
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s::bigint)", [number])
        return cursor.fetchone()[0]


def _rest() -> None:
    if not connection.in_atomic_block:
        connection.close()  # back to the pool
    time.sleep(STEP_SECONDS)
