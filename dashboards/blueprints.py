"""The dashboards that everybody can start from. Templates like those that people store, of our own design."""

from typing import Any

JSON = dict[str, Any]

WIDTH, HEIGHT = 6, 5
PAGEVIEW = "$pageview"


def _tile(name: str, description: str, source: JSON) -> JSON:
    query = {"kind": "InsightVizNode", "source": source}
    return {"type": "INSIGHT", "name": name, "description": description, "query": query}


def _event(event: str = PAGEVIEW, **math: Any) -> JSON:
    return {"kind": "EventsNode", "event": event, "name": event, **math}


def _trends(series: list[JSON], *, since: str | None = None, interval: str = "day", **options: Any) -> JSON:
    dates = {"dateRange": {"date_from": since}} if since else {}
    return {"kind": "TrendsQuery", "series": series, "interval": interval, **dates, **options}


def _number(series: JSON, **options: Any) -> JSON:
    return _trends([series], trendsFilter={"display": "BoldNumber"}, **options)


def _bars(series: JSON, by: str, **options: Any) -> JSON:
    return _trends(
        [series],
        trendsFilter={"display": "ActionsBarValue"},
        breakdownFilter={"breakdown": by, "breakdown_type": "event", "breakdown_limit": 10},
        **options,
    )


def _in_two_columns(tiles: list[JSON]) -> list[JSON]:
    """The last of an odd number gets the whole row."""
    laid = []
    for index, tile in enumerate(tiles):
        is_alone = index == len(tiles) - 1 and index % 2 == 0
        sm = {"x": index % 2 * WIDTH, "y": index // 2 * HEIGHT, "w": 2 * WIDTH if is_alone else WIDTH, "h": HEIGHT}
        laid.append({**tile, "layouts": {"sm": sm, "xs": {"x": 0, "y": index * HEIGHT, "w": 1, "h": HEIGHT}}})
    return laid


def _template(name: str, description: str, tiles: list[JSON], **more: Any) -> JSON:
    return {
        "template_name": name,
        "dashboard_description": description,
        "dashboard_filters": {},
        "tags": [],
        "variables": [],
        "tiles": _in_two_columns(tiles),
        **more,
    }


_ANYONE = {"math": "dau"}
_VISITS = {"id": PAGEVIEW, "name": PAGEVIEW, "type": "events"}
_FROM_SEARCH = [
    {"key": "$referring_domain", "type": "event", "operator": "icontains", "value": engine}
    for engine in ("google", "bing", "duckduckgo", "ecosia", "yahoo")
]
_ORGANIC = {"type": "AND", "values": [{"type": "OR", "values": _FROM_SEARCH}]}
_FROM_GOOGLE = [_FROM_SEARCH[0]]

PRODUCT_ANALYTICS = _template(
    "Product analytics",
    "Who uses the product, how often they return, and where they come from.",
    [
        _tile(
            "Daily active users (DAUs)",
            "People who saw at least one page, day by day.",
            _trends([_event(**_ANYONE)], since="-30d"),
        ),
        _tile(
            "Weekly active users (WAUs)",
            "The same by the week, over a quarter.",
            _trends([_event(**_ANYONE)], since="-90d", interval="week"),
        ),
        _tile(
            "Retention",
            "Of those who came for the first time in a week, how many come back in the weeks after.",
            {
                "kind": "RetentionQuery",
                "retentionFilter": {
                    "period": "Week",
                    "totalIntervals": 8,
                    "retentionType": "retention_first_time",
                    "targetEntity": _VISITS,
                    "returningEntity": _VISITS,
                },
            },
        ),
        _tile(
            "Growth accounting",
            "New, returning and resurrected people against those who went away.",
            {
                "kind": "LifecycleQuery",
                "series": [_event()],
                "interval": "week",
                "dateRange": {"date_from": "-30d"},
            },
        ),
        _tile(
            "Referring domain (last 14 days)",
            "The sites that send people here.",
            _bars(_event(**_ANYONE), "$referring_domain", since="-14d"),
        ),
        _tile(
            "Pageview funnel, by browser",
            "How many see a second and a third page, one browser beside the other.",
            {
                "kind": "FunnelsQuery",
                "series": [_event(custom_name=f"{place} page") for place in ("First", "Second", "Third")],
                "funnelsFilter": {"funnelVizType": "steps", "layout": "horizontal"},
                "breakdownFilter": {"breakdown": "$browser", "breakdown_type": "event"},
                "dateRange": {"date_from": "-7d"},
            },
        ),
    ],
)

WEBSITE_TRAFFIC = _template(
    "Website traffic",
    "How many people visit the website, how they find it, and what they read.",
    [
        _tile("Website Unique Users (Total)", "People who visited.", _number(_event(**_ANYONE))),
        _tile(
            "Organic SEO Unique Users (Total)",
            "People whom a search engine sent.",
            _number(_event(**_ANYONE), properties=_ORGANIC),
        ),
        _tile(
            "Website Unique Users (Breakdown)",
            "Day by day.",
            _trends([_event(**_ANYONE)], trendsFilter={"display": "ActionsBar"}),
        ),
        _tile(
            "Organic SEO Unique Users (Breakdown)",
            "Day by day, from search engines.",
            _trends([_event(**_ANYONE)], trendsFilter={"display": "ActionsBar"}, properties=_ORGANIC),
        ),
        _tile(
            "Sessions Per User",
            "How often one person visits on a day.",
            _trends(
                [_event(**_ANYONE), _event(math="unique_session")],
                trendsFilter={"formula": "B/A", "display": "ActionsLineGraph"},
            ),
        ),
        _tile(
            "Pages Per User",
            "How many pages one person sees on a day.",
            _trends(
                [_event(math="total"), _event(**_ANYONE)],
                trendsFilter={"formula": "A/B", "display": "ActionsLineGraph"},
            ),
        ),
        _tile(
            "Top Website Pages (Overall)",
            "The pages that most people saw.",
            _bars(_event(**_ANYONE), "$pathname"),
        ),
        _tile(
            "Top Website Pages (via Google)",
            "The pages that most people saw who came from Google.",
            _bars(_event(**_ANYONE), "$pathname", properties=_FROM_GOOGLE),
        ),
        _tile(
            "Website Users by Location",
            "Where people are.",
            _trends(
                [_event(**_ANYONE)],
                trendsFilter={"display": "WorldMap"},
                breakdownFilter={"breakdown": "$geoip_country_code", "breakdown_type": "person"},
            ),
        ),
    ],
    dashboard_filters={"date_from": "-30d"},
    tags=["marketing"],
)

_GENERATION, _TOOL_CALL = "$ai_generation", "$mcp_tool_call"


def _sum(event: str, by: str) -> JSON:
    return _event(event, math="sum", math_property=by)


def _percentile(event: str, of: str) -> JSON:
    return _event(event, math="p95", math_property=of)


LLM_ANALYTICS = _template(
    "LLM Analytics Default",
    "What language models cost, how fast they answer, and who uses them.",
    [
        _tile("Generations", "Answers of models, day by day.", _trends([_event(_GENERATION)])),
        _tile("People", "Who had at least one answer.", _trends([_event(_GENERATION, **_ANYONE)])),
        _tile("Cost (USD)", "What the answers cost.", _trends([_sum(_GENERATION, "$ai_total_cost_usd")])),
        _tile("Cost by model (USD)", "The same by model.", _bars(_sum(_GENERATION, "$ai_total_cost_usd"), "$ai_model")),
        _tile(
            "Latency (seconds)",
            "Nineteen of twenty answers are faster.",
            _trends([_percentile(_GENERATION, "$ai_latency")]),
        ),
        _tile(
            "Tokens",
            "Read and written.",
            _trends([_sum(_GENERATION, "$ai_input_tokens"), _sum(_GENERATION, "$ai_output_tokens")]),
        ),
    ],
    dashboard_filters={"date_from": "-7d"},
)

MCP_ANALYTICS = _template(
    "MCP Analytics Default",
    "Which tools agents call, how often, and how fast these answer.",
    [
        _tile("Tool calls", "Day by day.", _trends([_event(_TOOL_CALL)])),
        _tile("People", "For whom tools were called.", _trends([_event(_TOOL_CALL, **_ANYONE)])),
        _tile("Calls by tool", "The ten most called.", _bars(_event(_TOOL_CALL), "$mcp_tool_name")),
        _tile(
            "Duration (milliseconds)",
            "Nineteen of twenty calls are faster.",
            _trends([_percentile(_TOOL_CALL, "$mcp_duration_ms")]),
        ),
    ],
    dashboard_filters={"date_from": "-7d"},
)

#: By what `use_template` calls them.
BY_KEY = {"DEFAULT_APP": PRODUCT_ANALYTICS, "WEBSITE_TRAFFIC": WEBSITE_TRAFFIC}
#: By the tag of the one unlisted dashboard that a project may have of each.
UNLISTED_BY_TAG = {"llm-analytics": LLM_ANALYTICS, "mcp-analytics": MCP_ANALYTICS}
