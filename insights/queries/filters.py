"""A dashboard's filters laid over an insight's query. Works on the JSON as stored, and leaves it as it was."""

from insights.queries.wrapping import INSIGHT_QUERIES, JSON, is_wrapper

_WITH_BREAKDOWN = {"TrendsQuery", "FunnelsQuery", "RetentionQuery"}
# Drawings that one line fills: `displays` of trends, kinds of funnels.
_WITHOUT_BREAKDOWN = ("CalendarHeatmap", "BoxPlot", "time_to_convert")
_WITH_INTERVAL = {"TrendsQuery", "FunnelsQuery", "StickinessQuery", "LifecycleQuery"}


def apply_dashboard_filters(query: JSON, filters: JSON | None) -> JSON:
    """The query that a tile asks: own and dashboard properties both hold, the dashboard's dates replace its own."""
    if not filters or not isinstance(query, dict):
        return query
    if is_wrapper(query):
        return {**query, "source": apply_dashboard_filters(query["source"], filters)}

    kind = query.get("kind")
    if kind in INSIGHT_QUERIES:
        return _over_insight(query, filters)
    if kind == "HogQLQuery":
        return {**query, "filters": _over_hogql(query.get("filters") or {}, filters)}
    if kind == "EventsQuery":
        return _over_events(query, filters)
    return query


def _over_insight(query: JSON, filters: JSON) -> JSON:
    return {
        **query,
        **_properties(query, filters),
        **_date_range(filters),
        **_test_accounts(filters),
        **_breakdown(query, filters),
        **_interval(query, filters),
        **_compare(query, filters),
    }


def _over_hogql(own: JSON, filters: JSON) -> JSON:
    added = filters.get("properties") or []
    properties = {"properties": [*(own.get("properties") or []), *added]} if added else {}
    return {**own, **properties, **_date_range(filters), **_test_accounts(filters)}


def _over_events(query: JSON, filters: JSON) -> JSON:
    added = filters.get("properties") or []
    changed = {**query, **_test_accounts(filters)}
    if added:
        changed["properties"] = [*(query.get("properties") or []), *added]
    if filters.get("date_from"):
        changed["after"] = filters["date_from"]
    if filters.get("date_to"):
        changed["before"] = filters["date_to"]
    return changed


def _properties(query: JSON, filters: JSON) -> JSON:
    own, added = query.get("properties"), filters.get("properties")
    if not added:
        return {}
    if not own:
        return {"properties": added}
    return {"properties": {"type": "AND", "values": [_group(own), _group(added)]}}


def _group(properties: list[JSON] | JSON) -> JSON:
    return properties if isinstance(properties, dict) else {"type": "AND", "values": properties}


def _date_range(filters: JSON) -> JSON:
    """Either date replaces both: the other one falls back to its default."""
    date_from, date_to = filters.get("date_from"), filters.get("date_to")
    if not date_from and not date_to:
        return {}
    date_range = {"date_from": date_from or None, "date_to": date_to or None}
    if filters.get("explicitDate") is not None:
        date_range["explicitDate"] = filters["explicitDate"]
    return {"dateRange": date_range}


def _test_accounts(filters: JSON) -> JSON:
    """Three states: unset leaves the query's own."""
    chosen = filters.get("filterTestAccounts")
    return {} if chosen is None else {"filterTestAccounts": chosen}


def _breakdown(query: JSON, filters: JSON) -> JSON:
    """Ignored by what has no breakdown: the query's own would be refused, a dashboard's is for the other tiles."""
    chosen = filters.get("breakdown_filter")
    return {"breakdownFilter": chosen} if chosen and _can_break_down(query) else {}


def _can_break_down(query: JSON) -> bool:
    if query["kind"] not in _WITH_BREAKDOWN:
        return False
    drawings = [
        (query.get("trendsFilter") or {}).get("display"),
        (query.get("funnelsFilter") or {}).get("funnelVizType"),
    ]
    return not any(drawing in _WITHOUT_BREAKDOWN for drawing in drawings)


def _interval(query: JSON, filters: JSON) -> JSON:
    chosen = filters.get("interval")
    return {"interval": chosen} if chosen and query["kind"] in _WITH_INTERVAL else {}


def _compare(query: JSON, filters: JSON) -> JSON:
    """There is nothing before "all"."""
    compare = query.get("compareFilter")
    if filters.get("date_from") != "all" or not isinstance(compare, dict):
        return {}
    return {"compareFilter": {**compare, "compare": False}}
