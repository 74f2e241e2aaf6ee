"""The dashboards of the demo, and the questions on them."""

from typing import Any

Json = dict[str, Any]


def trends(*series: Json, display: str | None = None, breakdown: Json | None = None, **options: Any) -> Json:
    source: Json = {"kind": "TrendsQuery", "series": list(series), "dateRange": {"date_from": "-30d"}, **options}
    if display:
        source["trendsFilter"] = {"display": display}
    if breakdown:
        source["breakdownFilter"] = breakdown
    return {"kind": "InsightVizNode", "source": source}


def event(name: str, math: str = "total", **more: Any) -> Json:
    return {"kind": "EventsNode", "event": name, "name": name, "math": math, **more}


def insight(kind: str, **source: Any) -> Json:
    return {"kind": "InsightVizNode", "source": {"kind": kind, "dateRange": {"date_from": "-30d"}, **source}}


BY_BROWSER = {"breakdown": "$browser", "breakdown_type": "event"}
BY_REFERRER = {"breakdown": "$referring_domain", "breakdown_type": "event"}
BY_PLAN = {"breakdown": "plan", "breakdown_type": "person"}
WRITES = {"id": "note_created", "name": "note_created", "type": "events"}
COMPARED = {"compare": True}

BUSIEST_WRITERS = """
select person.properties.name as name, person.properties.plan as plan, count() as notes,
    round(avg(toFloat(properties.words))) as words
from events
where event = 'note_created' and timestamp > now() - interval 30 day
group by name, plan
order by notes desc
limit 20
"""

INSIGHTS: dict[str, Json] = {
    "Sign-ups": trends(event("signed_up"), display="BoldNumber", compareFilter=COMPARED),
    "New revenue": trends(
        event("subscribed", "sum", math_property="price"), display="BoldNumber", compareFilter=COMPARED
    ),
    "Daily active people": trends(event("note_created", "dau", custom_name="People who write"), compareFilter=COMPARED),
    "From visit to subscription": insight(
        "FunnelsQuery",
        dateRange={"date_from": "-90d"},
        series=[
            event("$pageview", custom_name="Visited"),
            event("signed_up", custom_name="Signed up"),
            event("note_created", custom_name="Wrote a note"),
            event("subscribed", custom_name="Subscribed"),
        ],
        funnelsFilter={"funnelWindowInterval": 60, "funnelWindowIntervalUnit": "day"},
    ),
    "Coming back to write": insight(
        "RetentionQuery",
        dateRange={"date_from": "-8w"},
        retentionFilter={
            "period": "Week",
            "totalIntervals": 9,
            "retentionType": "retention_first_time",
            "targetEntity": WRITES,
            "returningEntity": WRITES,
        },
    ),
    "Notes per plan": trends(
        event("note_created"),
        breakdown=BY_PLAN,
        display="ActionsAreaGraph",
        interval="week",
        dateRange={"date_from": "-90d"},
    ),
    "Who is new, who is back": insight(
        "LifecycleQuery", series=[event("note_created")], interval="week", dateRange={"date_from": "-90d"}
    ),
    "Days of writing": insight("StickinessQuery", series=[event("note_created", "dau", custom_name="People")]),
    "Busiest writers": {
        "kind": "DataVisualizationNode",
        "source": {"kind": "HogQLQuery", "query": BUSIEST_WRITERS.strip()},
    },
    "Visits by browser": trends(event("$pageview"), breakdown=BY_BROWSER, display="ActionsPie"),
    "Where visitors come from": trends(event("$pageview", "dau"), breakdown=BY_REFERRER, display="ActionsBarValue"),
    "Ways through the site": insight("PathsQuery", pathsFilter={"includeEventTypes": ["$pageview"], "stepLimit": 4}),
}
INSIGHTS["New revenue"]["source"]["trendsFilter"]["aggregationAxisPrefix"] = "$"

#: Where each insight lies on the grid of twelve columns: x, y, width, height. The text stands above them.
DASHBOARDS: list[Json] = [
    {
        "name": "Quill Notes at a glance",
        "description": "What the team looks at on Monday morning.",
        "pinned": True,
        "is_shared": True,
        "tags": ["team"],
        "text": "## Is it growing?\nSign-ups, people who **write**, and people who pay.",
        "insights": {
            "Sign-ups": (0, 1, 3, 3),
            "New revenue": (0, 4, 3, 3),
            "Daily active people": (3, 1, 9, 6),
            "From visit to subscription": (0, 7, 6, 5),
            "Coming back to write": (6, 7, 6, 5),
            "Notes per plan": (0, 12, 6, 5),
            "Who is new, who is back": (6, 12, 6, 5),
        },
    },
    {
        "name": "Writing",
        "description": "How much people write, and how often.",
        "tags": ["product"],
        "text": "A note counts when it is created, not when it is edited.",
        "insights": {
            "Days of writing": (0, 1, 6, 5),
            "Busiest writers": (6, 1, 6, 5),
            "Notes per plan": (0, 6, 12, 5),
        },
    },
    {
        "name": "Website",
        "description": "Who comes, from where, with what.",
        "tags": ["marketing"],
        "text": "Visitors of the site, signed up or not.",
        "insights": {
            "Visits by browser": (0, 1, 6, 5),
            "Where visitors come from": (6, 1, 6, 5),
            "Ways through the site": (0, 6, 12, 6),
        },
    },
]
