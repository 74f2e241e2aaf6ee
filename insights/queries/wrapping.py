"""Queries wrapped into nodes that only say how they are shown."""

from typing import Any

JSON = dict[str, Any]
WRAPPERS = {"InsightVizNode", "DataVisualizationNode", "DataTableNode"}
INSIGHT_QUERIES = {
    "TrendsQuery",
    "FunnelsQuery",
    "RetentionQuery",
    "PathsQuery",
    "StickinessQuery",
    "LifecycleQuery",
}


def is_wrapper(query: JSON) -> bool:
    return query.get("kind") in WRAPPERS and isinstance(query.get("source"), dict)


def source_of(query: JSON) -> JSON:
    """The query that gives the numbers."""
    return query["source"] if is_wrapper(query) else query
