"""Answers within the request as far as the refresh mode wants them there, and jobs for the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from insights.jobs.queue import Asker, Order, put_in
from insights.models import QueryJob
from insights.queries.freshness import RefreshMode
from insights.results import Answer, Busy, answer_all

JSON = dict[str, Any]

LATER = {
    RefreshMode.ASYNC,
    RefreshMode.LAZY_ASYNC,
    RefreshMode.ASYNC_EXCEPT_ON_CACHE_MISS,
    RefreshMode.FORCE_ASYNC,
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """An effective query, and where it was asked; `query_id` is the client's own name for it."""

    query: JSON | None
    query_id: str | None = None
    insight_id: int | None = None
    dashboard_id: int | None = None


def answer_now_or_later(questions: Sequence[Question], *, asker: Asker, refresh: RefreshMode) -> list[Answer]:
    """An answer for each question. Those of the asynchronous modes may be old or empty and have a `job` instead.

    Raises Conflict.
    """
    queries = [question.query for question in questions]
    if refresh not in LATER:
        return answer_all(queries, team=asker.team, refresh=refresh)

    answers = answer_all(queries, team=asker.team, refresh=RefreshMode.FORCE_CACHE)
    if refresh is RefreshMode.ASYNC_EXCEPT_ON_CACHE_MISS:
        answers = _without_misses(answers, asker)
    due = [place for place, answer in enumerate(answers) if _is_due(answer, refresh)]
    is_forced = refresh is RefreshMode.FORCE_ASYNC
    orders = [_order(questions[place], answers[place], is_forced=is_forced) for place in due]
    for place, job in zip(due, put_in(orders, asker=asker) if orders else [], strict=True):
        answers[place] = _with_job(answers[place], job, is_forced=is_forced)
    return answers


def _without_misses(answers: list[Answer], asker: Asker) -> list[Answer]:
    missing = [answer.query if answer.response is None else None for answer in answers]
    if not any(missing):
        return answers
    computed = answer_all(missing, team=asker.team, refresh=RefreshMode.BLOCKING)
    return [new if answer.response is None else answer for answer, new in zip(answers, computed, strict=True)]


def _is_due(answer: Answer, refresh: RefreshMode) -> bool:
    if answer.query is None or answer.failure is not None:
        return False
    if refresh is RefreshMode.FORCE_ASYNC:
        return True
    return answer.is_stale(now=datetime.now(UTC), is_lazy=refresh is RefreshMode.LAZY_ASYNC)


def _order(question: Question, answer: Answer, *, is_forced: bool) -> Order:
    assert answer.query is not None
    assert answer.cache_key is not None
    return Order(
        query=answer.query,
        cache_key=answer.cache_key,
        is_forced=is_forced,
        query_id=question.query_id,
        insight_id=question.insight_id,
        dashboard_id=question.dashboard_id,
    )


def _with_job(answer: Answer, job: QueryJob | None, *, is_forced: bool) -> Answer:
    """Who forces is not shown what is stored."""
    shown = Answer(query=answer.query, cache_key=answer.cache_key) if is_forced else answer
    return replace(shown, job=job) if job is not None else replace(shown, failure=Busy())
