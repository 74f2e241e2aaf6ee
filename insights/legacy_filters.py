"""Insights of the time before queries: their flat `filters`, put into the query that asks the same. Pure.

Only what changes the numbers, and the display, is carried over. What cannot be read gives no query at all rather than
one that asks something else.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from common.exceptions import Refusal
from insights.queries import validate_query

JSON = dict[str, Any]
Names = Mapping[str, str]

_TRUE = {True, "1", "true", "True"}
_DEFAULT_EVENT = "$pageview"

# From the name in the filters to that in the query.
_ENTITY: Names = {
    "name": "name",
    "custom_name": "custom_name",
    "math": "math",
    "math_property": "math_property",
    "math_hogql": "math_hogql",
    "math_group_type_index": "math_group_type_index",
}
_BREAKDOWN: Names = {
    "breakdown": "breakdown",
    "breakdown_type": "breakdown_type",
    "breakdowns": "breakdowns",
    "breakdown_limit": "breakdown_limit",
    "breakdown_group_type_index": "breakdown_group_type_index",
    "breakdown_histogram_bin_count": "breakdown_histogram_bin_count",
    "breakdown_normalize_url": "breakdown_normalize_url",
    "breakdown_hide_other_aggregation": "breakdown_hide_other_aggregation",
}
_TRENDS: Names = {
    "display": "display",
    "formula": "formula",
    "smoothing_intervals": "smoothingIntervals",
    "show_legend": "showLegend",
    "show_values_on_series": "showValuesOnSeries",
    "aggregation_axis_format": "aggregationAxisFormat",
    "aggregation_axis_prefix": "aggregationAxisPrefix",
    "aggregation_axis_postfix": "aggregationAxisPostfix",
    "decimal_places": "decimalPlaces",
}
_FUNNELS: Names = {
    "layout": "layout",
    "bin_count": "binCount",
    "breakdown_attribution_type": "breakdownAttributionType",
    "breakdown_attribution_value": "breakdownAttributionValue",
    "funnel_aggregate_by_hogql": "funnelAggregateByHogQL",
    "funnel_from_step": "funnelFromStep",
    "funnel_to_step": "funnelToStep",
    "funnel_order_type": "funnelOrderType",
    "funnel_viz_type": "funnelVizType",
    "funnel_window_days": "funnelWindowInterval",
    "funnel_window_interval": "funnelWindowInterval",
    "funnel_window_interval_unit": "funnelWindowIntervalUnit",
    "funnel_step_reference": "funnelStepReference",
}
_RETENTION: Names = {
    "period": "period",
    "total_intervals": "totalIntervals",
    "target_entity": "targetEntity",
    "returning_entity": "returningEntity",
    "retention_type": "retentionType",
    "retention_reference": "retentionReference",
    "cumulative": "cumulative",
}
_PATHS: Names = {
    "edge_limit": "edgeLimit",
    "step_limit": "stepLimit",
    "include_event_types": "includeEventTypes",
    "paths_hogql_expression": "pathsHogQLExpression",
    "start_point": "startPoint",
    "end_point": "endPoint",
    "exclude_events": "excludeEvents",
    "path_groupings": "pathGroupings",
    "path_replacements": "pathReplacements",
    "local_path_cleaning_filters": "localPathCleaningFilters",
    "min_edge_weight": "minEdgeWeight",
    "max_edge_weight": "maxEdgeWeight",
}
_STICKINESS: Names = {
    "display": "display",
    "show_legend": "showLegend",
    "show_values_on_series": "showValuesOnSeries",
}
_LIFECYCLE: Names = {
    "toggledLifecycles": "toggledLifecycles",
    "toggled_lifecycles": "toggledLifecycles",
    "show_values_on_series": "showValuesOnSeries",
    "show_legend": "showLegend",
}


def as_query(filters: Any) -> JSON | None:
    """The query in the node that shows it; None for filters that say nothing, or nothing that can be read."""
    if not isinstance(filters, dict) or not filters.get("insight", filters.get("events") or filters.get("actions")):
        return None
    build = _KINDS.get(_kind(filters))
    try:
        source = build(filters) if build else None
        query = source and {"kind": "InsightVizNode", "source": source}
        validate_query(query)
    except (Refusal, AttributeError, KeyError, TypeError, ValueError):
        return None
    return query


def _kind(filters: JSON) -> str:
    """Lifecycle and stickiness began as trends that were only shown otherwise."""
    shown_as = str(filters.get("shown_as") or "").upper()
    return shown_as if shown_as in ("LIFECYCLE", "STICKINESS") else str(filters.get("insight") or "TRENDS").upper()


def _trends(filters: JSON) -> JSON:
    return {
        **_asked("TrendsQuery", filters),
        **_series(filters),
        **_interval(filters),
        **_breakdown(filters),
        **_compare(filters),
        **_part("trendsFilter", _renamed(filters, _TRENDS)),
        **_group_type(filters),
    }


def _funnels(filters: JSON) -> JSON:
    exclusions = [_exclusion(entity) for entity in _list(filters.get("exclusions"))]
    own = {**_renamed(filters, _FUNNELS), **_part("exclusions", exclusions)}
    return {
        **_asked("FunnelsQuery", filters),
        **_series(filters),
        **_interval(filters),
        **_breakdown(filters),
        **_part("funnelsFilter", own),
        **_group_type(filters),
    }


def _retention(filters: JSON) -> JSON:
    own = _renamed(filters, _RETENTION)
    for name in ("targetEntity", "returningEntity"):
        if name in own:
            own[name] = _retention_entity(_json(own[name]))
    return {**_asked("RetentionQuery", filters), "retentionFilter": own, **_group_type(filters)}


def _paths(filters: JSON) -> JSON:
    return {**_asked("PathsQuery", filters), "pathsFilter": _renamed(filters, _PATHS), **_group_type(filters)}


def _stickiness(filters: JSON) -> JSON:
    return {
        **_asked("StickinessQuery", filters),
        **_series(filters),
        **_interval(filters),
        **_compare(filters),
        **_part("stickinessFilter", _renamed(filters, _STICKINESS)),
    }


def _lifecycle(filters: JSON) -> JSON:
    return {
        **_asked("LifecycleQuery", filters),
        **_series(filters),
        **_interval(filters),
        **_part("lifecycleFilter", _renamed(filters, _LIFECYCLE)),
    }


_KINDS: Mapping[str, Callable[[JSON], JSON]] = {
    "TRENDS": _trends,
    "FUNNELS": _funnels,
    "RETENTION": _retention,
    "PATHS": _paths,
    "STICKINESS": _stickiness,
    "LIFECYCLE": _lifecycle,
}


def _asked(kind: str, filters: JSON) -> JSON:
    """What all kinds have in common."""
    dates = {"date_from": filters.get("date_from"), "date_to": filters.get("date_to")}
    dates |= {"explicitDate": True} if _is_true(filters.get("explicit_date")) else {}
    said = {name: value for name, value in dates.items() if value not in (None, "")}
    return {
        "kind": kind,
        **_part("dateRange", said),
        **_part("properties", _properties(filters.get("properties"))),
        **({"filterTestAccounts": True} if _is_true(filters.get("filter_test_accounts")) else {}),
        **_part("samplingFactor", filters.get("sampling_factor")),
    }


def _series(filters: JSON) -> JSON:
    """Events and actions in the order in which they were shown. Old trends without any were about page views."""
    entities = [{"type": "events", **entity} for entity in _list(filters.get("events"))]
    entities += [{"type": "actions", **entity} for entity in _list(filters.get("actions"))]
    entities.sort(key=lambda entity: _number(entity.get("order")) or 0)
    return {"series": [_node(entity) for entity in entities or [{"type": "events", "id": _DEFAULT_EVENT}]]}


def _node(entity: JSON) -> JSON:
    if entity["type"] == "actions":
        what: JSON = {"kind": "ActionsNode", "id": int(entity["id"])}
    else:
        what = {"kind": "EventsNode", "event": entity["id"]}
    return {**what, **_renamed(entity, _ENTITY), **_part("properties", _flat(entity.get("properties")))}


def _exclusion(entity: JSON) -> JSON:
    steps = {"funnelFromStep": entity["funnel_from_step"], "funnelToStep": entity["funnel_to_step"]}
    return {**_node({"type": "events", **entity}), **steps}


def _retention_entity(entity: JSON) -> JSON:
    known = ("id", "name", "custom_name", "type", "order", "uuid")
    said = {name: entity[name] for name in known if entity.get(name) is not None}
    return {**said, **_part("properties", _flat(entity.get("properties")))}


def _interval(filters: JSON) -> JSON:
    return _part("interval", filters.get("interval"))


def _breakdown(filters: JSON) -> JSON:
    said = _renamed(filters, _BREAKDOWN)
    return {"breakdownFilter": said} if said.keys() & {"breakdown", "breakdowns"} else {}


def _compare(filters: JSON) -> JSON:
    if not _is_true(filters.get("compare")):
        return {}
    return {"compareFilter": {"compare": True, **_part("compare_to", filters.get("compare_to"))}}


def _group_type(filters: JSON) -> JSON:
    index = filters.get("aggregation_group_type_index")
    return {} if index is None else {"aggregation_group_type_index": index}


def _properties(said: Any) -> Any:
    """A list of filters, or groups of them. The oldest form is an object: `{"$browser__icontains": "fire"}`."""
    said = _json(said)
    if isinstance(said, dict) and "values" in said:
        return {"type": said.get("type") or "AND", "values": [_properties(one) for one in said["values"]]}
    if isinstance(said, dict) and "key" in said:
        return _property(said)
    return _flat(said)


def _flat(said: Any) -> list[JSON]:
    said = _json(said)
    if isinstance(said, dict) and "values" in said:
        inner = [_flat([one]) if "key" in one else _flat(one) for one in said["values"]]
        if said.get("type") == "OR" and len(inner) > 1:
            raise ValueError("A series cannot hold alternatives.")
        return [one for group in inner for one in group]
    if isinstance(said, dict):
        return [_from_pair(name, value) for name, value in said.items()]
    return [_property(one) for one in said or []]


def _property(said: JSON) -> JSON:
    """Without a type it is one of the event; some of them carry keys that only the interface read."""
    known = ("key", "value", "operator", "type", "group_type_index", "label")
    kept = {name: said[name] for name in known if said.get(name) is not None}
    return {"type": "event", **kept}


def _from_pair(name: str, value: Any) -> JSON:
    key, _, operator = name.partition("__")
    return {"type": "event", "key": key, "value": value, "operator": operator or "exact"}


def _renamed(said: JSON, names: Names) -> JSON:
    return {new: said[old] for old, new in names.items() if said.get(old) not in (None, "")}


def _part(name: str, value: Any) -> JSON:
    return {} if value in (None, "", [], {}) else {name: value}


def _list(value: Any) -> list[JSON]:
    return list(_json(value) or [])


def _json(value: Any) -> Any:
    """Filters that came by a query string hold texts of JSON."""
    return orjson.loads(value) if isinstance(value, str) and value else value


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _is_true(value: Any) -> bool:
    return isinstance(value, bool | int | str) and value in _TRUE
