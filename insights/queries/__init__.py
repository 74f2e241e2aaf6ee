"""Query JSON → answer JSON. Knows projects and events, but neither insights nor dashboards nor requests."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.models import Team
from common.exceptions import Refusal
from events.clock import clock_of
from insights.queries import actors, events, funnels, hogql, lifecycle, paths, retention, stickiness, trends
from insights.queries.actions import look_up_actions
from insights.queries.caching import cache_key
from insights.queries.database import reading
from insights.queries.errors import QueryTimeout
from insights.queries.filters import apply_dashboard_filters
from insights.queries.hogql.conditions import compiling
from insights.queries.nodes import DataTableNode, DataVisualizationNode, InsightVizNode, QueryNode, validate_query

__all__ = ["QueryTimeout", "apply_dashboard_filters", "cache_key", "run", "validate_query"]

Runner = Callable[..., dict[str, Any]]
_RUNNERS: dict[str, Runner] = {
    "TrendsQuery": trends.answer,
    "FunnelsQuery": funnels.answer,
    "RetentionQuery": retention.answer,
    "LifecycleQuery": lifecycle.answer,
    "StickinessQuery": stickiness.answer,
    "PathsQuery": paths.answer,
    "EventsQuery": events.answer,
    "ActorsQuery": actors.answer,
    "PersonsNode": actors.answer_persons,
    "HogQLQuery": hogql.answer,
}


def run(query: object, *, team: Team, now: datetime | None = None) -> dict[str, Any]:
    """The answer to `query`, computed now. Opens its own read-only transaction.

    Raises `Refusal` for what makes no sense or is not supported, `QueryTimeout` for what takes too long.
    """
    node = _unwrapped(validate_query(query))
    runner = _RUNNERS.get(node.kind)
    if runner is None:
        raise Refusal(f"Unsupported query kind: {node.kind}")

    with reading(), compiling(clock_of(team, now), team=team) as clock:
        look_up_actions(node, team_id=team.pk)
        return runner(node, team=team, clock=clock)


def _unwrapped(node: QueryNode) -> Any:
    """Running a wrapper is running its source."""
    return node.source if isinstance(node, InsightVizNode | DataVisualizationNode | DataTableNode) else node
