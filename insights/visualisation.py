"""Queries in the form that PostHog's interface shows: agents send the bare query, people see it in a node. Pure."""

from typing import Any

from common.exceptions import Refusal
from insights.queries.wrapping import INSIGHT_QUERIES, JSON, is_wrapper

NODE_OF = {
    **dict.fromkeys(INSIGHT_QUERIES, "InsightVizNode"),
    "HogQLQuery": "DataVisualizationNode",
    "EventsQuery": "DataTableNode",
}


def as_visualisation(query: JSON) -> JSON:
    """The query in a node that can be shown, without nulls. Raises Refusal for a query that no node shows."""
    kind = query.get("kind")
    if is_wrapper(query):
        return _without_nulls(query)
    if kind not in NODE_OF:
        raise Refusal(f"This query can't be saved: {kind} cannot be shown as an insight.", attr="query")
    return {"kind": NODE_OF[kind], "source": _without_nulls(query)}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(child) for key, child in value.items() if child is not None}
    return [_without_nulls(child) for child in value] if isinstance(value, list) else value
