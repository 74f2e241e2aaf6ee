"""What this process has written down lately, so that it need not say it again. Pure."""

from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)


class RecentlySeen:
    """Threads share it: each step is one operation on a dict, and the worst of a race is to write something twice."""

    def __init__(self, *, lasts: timedelta, size: int) -> None:
        self.lasts = lasts
        self.size = size
        self._seen: dict[Hashable, datetime] = {}

    def unseen(self, keys: Iterable[KeyT], *, at: datetime) -> list[KeyT]:
        """Those not noted within the time that a note lasts."""
        since = at - self.lasts
        return [key for key in keys if (noted := self._seen.get(key)) is None or noted <= since]

    def note(self, keys: Iterable[Hashable], *, at: datetime) -> None:
        # Forgetting everything costs a few statements; to know what is oldest would cost on each call.
        if len(self._seen) > self.size:
            self._seen.clear()
        self._seen.update(dict.fromkeys(keys, at))

    def forget(self, keys: Iterable[Hashable]) -> None:
        for key in keys:
            self._seen.pop(key, None)
