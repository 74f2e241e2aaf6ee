"""The answers to queries: looked up together, computed where the caller's refresh mode wants it."""

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import structlog

from accounts.models import Team
from common.exceptions import Refusal, TimedOut
from insights import queries
from insights.models import CachedResult, QueryJob
from insights.queries import freshness
from insights.queries.freshness import RefreshMode
from insights.results.edits import outdated_keys
from insights.results.single_flight import compute_once

logger = structlog.get_logger(__name__)

JSON = dict[str, Any]
Watch = Callable[[], AbstractContextManager[Any]]
FORCING = {RefreshMode.FORCE_BLOCKING, RefreshMode.FORCE_ASYNC}
#: One in so many stored answers sweeps out old ones.
SWEEP_EVERY = 50


class Busy(Refusal):
    """Nothing is wrong with the question: too many others of the project are waiting."""

    def __init__(self) -> None:
        super().__init__("concurrency_limit_exceeded", code="concurrency_limit_exceeded")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`query` is the effective one; `response` what it gave, or None: not computed, or `failure` says why not.

    `job` computes a newer one meanwhile. `is_outdated`: what the query names has been edited since.
    """

    query: JSON | None = None
    cache_key: str | None = None
    response: JSON | None = None
    last_refresh: datetime | None = None
    is_cached: bool = False
    failure: Exception | None = field(default=None, compare=False)
    job: QueryJob | None = None
    is_outdated: bool = False

    @property
    def result(self) -> Any:
        return (self.response or {}).get("results")

    @property
    def error(self) -> dict[str, str] | None:
        """What users may read of the failure."""
        if self.failure is None:
            return None
        if not isinstance(self.failure, Refusal):
            return {"type": "server_error", "code": "error", "message": "The query could not be computed."}
        type_ = "server_error" if isinstance(self.failure, TimedOut) else "validation_error"
        return {"type": type_, "code": self.failure.code, "message": self.failure.detail}

    @property
    def query_status(self) -> QueryJob | JSON | None:
        if self.job is not None:
            return self.job
        error = self.error
        return error and {
            "complete": True,
            "error": True,
            "error_code": error["code"],
            "error_message": error["message"],
        }

    @property
    def cache_target_age(self) -> datetime | None:
        """When the answer becomes stale."""
        if self.query is None or self.last_refresh is None:
            return None
        return freshness.cache_target_age(self.query, last_refresh=self.last_refresh)

    @property
    def next_allowed_client_refresh(self) -> datetime | None:
        if self.query is None or self.last_refresh is None:
            return None
        zone = (self.response or {}).get("timezone") or "UTC"
        return freshness.next_allowed_client_refresh(self.query, last_refresh=self.last_refresh, timezone=zone)

    def is_stale(self, *, now: datetime, is_lazy: bool = False) -> bool:
        """Whether it is too old to be shown without a look for a newer one; so is what is not there."""
        if self.query is None or self.response is None or self.last_refresh is None or self.is_outdated:
            return True
        date_to = freshness.date_to_of(self.response)
        return freshness.is_stale(self.query, last_refresh=self.last_refresh, now=now, date_to=date_to, is_lazy=is_lazy)

    def or_refuse(self) -> "Answer":
        """Itself, unless it failed. Raises Refusal, with what the user should know; other failures stay in `error`."""
        if isinstance(self.failure, Refusal) and not isinstance(self.failure, Busy):
            raise self.failure
        return self

    def or_raise(self) -> "Answer":
        """Itself, unless it failed in any way."""
        if self.failure is not None:
            raise self.failure
        return self


def answer_all(
    asked: Sequence[JSON | None],
    *,
    team: Team,
    refresh: RefreshMode,
    asked_at: datetime | None = None,
    watch: Watch = nullcontext,
) -> list[Answer]:
    """An answer for each effective query, in their order; None has an empty one. Each fails alone, in its `failure`.

    One statement looks up all that is stored. Equal questions are computed once. The asynchronous modes compute within
    the call, as `blocking` and `force_blocking` do; `insights.jobs` has what answers later. What is computed is so
    inside of `watch()`, on the connection that was there when it began.
    """
    desk = _Desk(team=team, refresh=refresh, asked_at=asked_at or datetime.now(UTC), watch=watch)
    return desk.answer_all(asked)


def stored_answer(query: JSON, *, key: str, team: Team) -> Answer:
    """What is stored under this key, or an empty answer."""
    return _of_row(CachedResult.objects.by_key([key], team=team).get(key), query=query, key=key)


def last_refreshes(asked: Sequence[JSON | None], *, team: Team) -> list[datetime | None]:
    """When each of these was computed last, without the results. One statement."""
    keys = [queries.cache_key(query, team=team) if query else None for query in asked]
    known = CachedResult.objects.ages({key for key in keys if key}, team=team) if any(keys) else {}
    return [known.get(key) if key else None for key in keys]


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """One call of `answer_all`: for whom, how fresh, since when."""

    team: Team
    refresh: RefreshMode
    asked_at: datetime
    watch: Watch

    def answer_all(self, asked: Sequence[JSON | None]) -> list[Answer]:
        by_key = {queries.cache_key(query, team=self.team): query for query in asked if query is not None}
        stored = CachedResult.objects.by_key(by_key, team=self.team) if by_key else {}
        outdated = outdated_keys({key: by_key[key] for key in stored}, stored, team=self.team)
        answers = {key: self._answer(key, query, stored.get(key), key in outdated) for key, query in by_key.items()}
        return [self._copy_for(query, answers) for query in asked]

    def _copy_for(self, query: JSON | None, answers: dict[str, Answer]) -> Answer:
        """Equal questions may be wrapped differently: each gets the answer with its own words."""
        if query is None:
            return Answer()
        return replace(answers[queries.cache_key(query, team=self.team)], query=query)

    def _answer(self, key: str, query: JSON, stored: CachedResult | None, is_outdated: bool) -> Answer:
        known = replace(_of_row(stored, query=query, key=key), is_outdated=is_outdated)
        if self._is_good_enough(known):
            return known
        try:
            return compute_once(
                key, find=lambda: self._find_newer(key, query, stored), compute=lambda: self._compute(key, query)
            )
        except Refusal as refusal:
            return Answer(query=query, cache_key=key, failure=refusal)
        except Exception as crash:
            logger.exception("query_failed", team=self.team.pk, kind=query.get("kind"))
            return Answer(query=query, cache_key=key, failure=crash)

    def _is_good_enough(self, known: Answer) -> bool:
        if self.refresh is RefreshMode.FORCE_CACHE:
            return True
        if self.refresh in FORCING:
            return False
        return not known.is_stale(now=self.asked_at, is_lazy=self.refresh is RefreshMode.LAZY_ASYNC)

    def _find_newer(self, key: str, query: JSON, stored: CachedResult | None) -> Answer | None:
        """What somebody else stored since our look-up. Who forces wants one that was begun after they had asked."""
        row = CachedResult.objects.by_key([key], team=self.team).get(key)
        if row is None:
            return None
        is_newer = stored is None or row.last_refresh > stored.last_refresh
        is_new_enough = row.last_refresh >= self.asked_at if self.refresh in FORCING else is_newer
        return _of_row(row, query=query, key=key) if is_new_enough else None

    def _compute(self, key: str, query: JSON) -> Answer:
        began_at = datetime.now(UTC)
        with self.watch():
            response = queries.run(query, team=self.team, now=began_at)
        CachedResult.objects.store(key, response, team=self.team, last_refresh=began_at)
        if random.randrange(SWEEP_EVERY) == 0:
            CachedResult.objects.sweep()
        return Answer(query=query, cache_key=key, response=response, last_refresh=began_at)


def _of_row(row: CachedResult | None, *, query: JSON, key: str) -> Answer:
    if row is None:
        return Answer(query=query, cache_key=key)
    return Answer(query=query, cache_key=key, response=row.response, last_refresh=row.last_refresh, is_cached=True)
