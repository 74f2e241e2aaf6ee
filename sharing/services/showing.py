"""What visitors of a share get to see: its tiles and their answers."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from accounts.models import Team
from common.exceptions import Refusal
from dashboards.models import Dashboard, DashboardTile
from insights.overrides import effective_filters, effective_query, question_of
from insights.queries.freshness import RefreshMode
from insights.queries.wrapping import INSIGHT_QUERIES, source_of
from insights.results import Answer, answer_all
from insights.variable_services import fill_variables
from sharing.models import SharingConfiguration

JSON = dict[str, Any]

#: Visitors make the server compute a query that fails no more often than this; one that works, as it becomes stale.
FAILURES_ARE_KEPT = timedelta(minutes=5)
#: What is not computed by then shows what is stored, and a later visit goes on.
PATIENCE_SECONDS = 15
LAST_ACCESS_RESOLUTION = timedelta(minutes=1)
#: On these a filter always tells. Others, of which it might not, are not shown under locked filters.
FILTERABLE = {*INSIGHT_QUERIES, "EventsQuery"}


@dataclass(frozen=True, kw_only=True)
class Visit:
    """`locked_filters` are those signed into the link; `refresh` what the visitor asked for.

    With `part` only the tile of that id is looked at. Unless it `computes`, what is due is left for another visit.
    """

    share: SharingConfiguration
    locked_filters: JSON
    refresh: RefreshMode
    part: int | None = None
    computes: bool = True


def tiles_for(visit: Visit) -> list[DashboardTile]:
    """The live tiles of a shared dashboard in their order, each insight with its answer and whether it `is_awaited`."""
    dashboard = visit.share.dashboard
    assert dashboard is not None
    tiles = dashboard.tiles.select_related("insight", "text", "button_tile").in_layout_order()  # type: ignore[attr-defined]
    for order, tile in enumerate(tiles):
        tile.order, tile.dashboard = order, dashboard
    tiles = [tile for tile in tiles if visit.part in (None, tile.pk)]
    _answer(visit, [(tile.insight, tile) for tile in tiles if tile.insight_id])
    return tiles


def answered_insight(visit: Visit) -> Any:
    """The shared insight with its answer."""
    insight = visit.share.insight
    _answer(visit, [(insight, None)])
    return insight


def note_visit(dashboard: Dashboard) -> None:
    """At most once a minute, so that many visitors do not all write to one row."""
    now = timezone.now()
    seen = dashboard.last_accessed_at
    if seen is None or now - seen > LAST_ACCESS_RESOLUTION:
        Dashboard.objects.filter(pk=dashboard.pk).update(last_accessed_at=now)


def _answer(visit: Visit, shown: Sequence[tuple[Any, DashboardTile | None]]) -> None:
    dashboard, team = visit.share.dashboard, visit.share.team
    chosen = (dashboard and dashboard.variables) or {}
    asked = fill_variables([_question(visit, insight, tile) for insight, tile in shown], chosen, team=team)
    answers, awaited = answers_for_visitors(asked, team=team, refresh=visit.refresh, computes=visit.computes)
    for (insight, _), answer in zip(shown, answers, strict=True):
        insight.answer, insight.is_awaited = answer, answer.cache_key in awaited


def _question(visit: Visit, insight: Any, tile: DashboardTile | None) -> JSON | None:
    """Locked filters come last of all: a tile's own replace the dashboard's, but not these."""
    query = effective_query(question_of(insight), effective_filters(tile))
    if not visit.locked_filters or query is None:
        return query
    is_filterable = source_of(query).get("kind") in FILTERABLE
    return effective_query(query, visit.locked_filters) if is_filterable else None


def answers_for_visitors(
    asked: Sequence[JSON | None], *, team: Team, refresh: RefreshMode, computes: bool = True
) -> tuple[list[Answer], set[str | None]]:
    """What is stored; what is stale or missing is computed, within limits that no visitor can move.

    Second the cache keys of what would have been computed.
    """
    answers = answer_all(asked, team=team, refresh=RefreshMode.FORCE_CACHE)
    due = {answer.cache_key: answer.query for answer in answers if _is_due(answer, refresh)}
    if not due:
        return answers, set()
    fresh = _compute(due, team=team, refresh=refresh, computes=computes)
    return [_better(answer, fresh.get(answer.cache_key)) for answer in answers], due.keys() - fresh.keys()


def _compute(
    due: dict[str | None, JSON | None], *, team: Team, refresh: RefreshMode, computes: bool
) -> dict[str | None, Answer]:
    failed = cache.get_many([_failure_key(key) for key in due])
    deadline = time.monotonic() + PATIENCE_SECONDS
    computed: dict[str | None, Answer] = {}
    for key, query in due.items():
        if _failure_key(key) in failed or time.monotonic() > deadline:
            computed[key] = Answer(query=query, cache_key=key, failure=Refusal("Not available right now."))
            continue
        if not computes:
            continue
        [computed[key]] = answer_all([query], team=team, refresh=refresh)
        if computed[key].failure is not None:
            cache.set(_failure_key(key), True, FAILURES_ARE_KEPT.total_seconds())
    return computed


def _is_due(answer: Answer, refresh: RefreshMode) -> bool:
    if answer.query is None:
        return False
    return answer.is_stale(now=datetime.now(UTC), is_lazy=refresh is RefreshMode.LAZY_ASYNC)


def _better(stored: Answer, fresh: Answer | None) -> Answer:
    """An old answer is better than none."""
    if fresh is None or (fresh.failure is not None and stored.response is not None):
        return stored
    return fresh


def _failure_key(key: str | None) -> str:
    return f"share_failure_{key}"
