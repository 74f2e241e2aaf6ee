"""How an answer is drawn: what its query says of looks, and nothing of what it asks. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from insights.queries.wrapping import source_of

JSON = dict[str, Any]
#: Where a query keeps its looks.
FILTERS = {
    "TrendsQuery": "trendsFilter",
    "StickinessQuery": "stickinessFilter",
    "LifecycleQuery": "lifecycleFilter",
    "FunnelsQuery": "funnelsFilter",
    "RetentionQuery": "retentionFilter",
}
FORMAT = {
    "kind": "aggregationAxisFormat",
    "prefix": "aggregationAxisPrefix",
    "postfix": "aggregationAxisPostfix",
    "decimals": "decimalPlaces",
}


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """`format` says how a number is written; `axes` which columns of a table are drawn, the first as x."""

    kind: str = ""
    display: str = ""
    interval: str = "day"
    format: JSON = field(default_factory=dict)
    has_legend: bool = False
    is_logarithmic: bool = False
    is_percentage: bool = False
    is_cumulative: bool = False
    compares_with_previous: bool = False
    is_stacked: bool = True
    goals: list[JSON] = field(default_factory=list)
    axes: list[str] = field(default_factory=list)


def drawing_of(query: JSON | None) -> Drawing:
    if not query:
        return Drawing()
    source = source_of(query)
    kind = str(source.get("kind") or "")
    looks = _mapping(source.get(FILTERS.get(kind, "")))
    if query.get("kind") == "DataVisualizationNode":
        return _table_drawing(query)
    return Drawing(
        kind=kind,
        display=str(looks.get("display") or looks.get("funnelVizType") or ""),
        interval=str(source.get("interval") or _mapping(looks).get("period") or "day").lower(),
        format={name: looks[key] for name, key in FORMAT.items() if looks.get(key) not in (None, "", "numeric")},
        has_legend=bool(looks.get("showLegend")),
        is_logarithmic=looks.get("yAxisScaleType") == "log10",
        is_percentage=bool(looks.get("showPercentStackView")),
        is_cumulative=looks.get("computedAs") == "cumulative",
        compares_with_previous="previous" in (looks.get("funnelStepReference"), looks.get("retentionReference")),
        is_stacked=looks.get("stacked") is not False,
        goals=[_goal(goal) for goal in looks.get("goalLines") or [] if _is_number(_mapping(goal).get("value"))],
    )


def _table_drawing(query: JSON) -> Drawing:
    settings = _mapping(query.get("chartSettings"))
    columns = [_mapping(settings.get("xAxis")), *map(_mapping, settings.get("yAxis") or [])]
    return Drawing(
        kind="HogQLQuery",
        display=str(query.get("display") or ""),
        axes=[str(one["column"]) for one in columns if one.get("column")],
    )


def _goal(goal: JSON) -> JSON:
    return {"label": str(goal.get("label") or "Goal"), "value": goal["value"]}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
