"""What an insight asks, and what is laid over it before it is asked. Pure."""

from typing import Any

from insights.legacy_filters import as_query
from insights.queries import apply_dashboard_filters

JSON = dict[str, Any]


def question_of(insight: Any) -> JSON | None:
    """The stored query, or one that says what legacy filters said."""
    return insight.query or as_query(insight.filters)


def effective_filters(
    tile: Any, *, filters_override: JSON | None = None, tile_filters_override: JSON | None = None
) -> JSON:
    """The filters of a tile (None: the insight by itself). A tile's own replace the dashboard's, requests and all."""
    if tile is None:
        return filters_override or {}
    own = {**(tile.filters_overrides or {}), **(tile_filters_override or {})}
    return own or {**(tile.dashboard.filters or {}), **(filters_override or {})}


def effective_query(query: JSON | None, filters: JSON) -> JSON | None:
    """The stored query itself, key by key as sent, unless there is something to lay over it."""
    readable = {key: value for key, value in filters.items() if key != "properties" or isinstance(value, list)}
    return apply_dashboard_filters(query, readable) if query and readable else query
