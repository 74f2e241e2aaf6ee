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


BY_BROWSER = {"breakdown": "$browser", "breakdown_type": "event"}
BY_REFERRER = {"breakdown": "$referring_domain", "breakdown_type": "event"}
BY_PLAN = {"breakdown": "plan", "breakdown_type": "person"}

INSIGHTS: dict[str, Json] = {
    "Sign-ups in 30 days": trends(event("signed_up"), display="BoldNumber", compareFilter={"compare": True}),
    "Daily active people": trends(event("note_created", "dau")),
    "Weekly active people": trends(event("note_created", "weekly_active")),
    "New and paying": trends(event("signed_up"), event("subscribed"), interval="week", dateRange={"date_from": "-90d"}),
    "Notes per plan": trends(event("note_created"), breakdown=BY_PLAN, display="ActionsAreaGraph"),
    "Notes since the beginning": trends(
        event("note_created"), display="ActionsLineGraphCumulative", dateRange={"date_from": "-90d"}
    ),
    "Median words of a note": trends(event("note_created", "median", math_property="words")),
    "Visitors per day": trends(event("$pageview", "dau"), compareFilter={"compare": True}),
    "Visits by browser": trends(event("$pageview"), breakdown=BY_BROWSER, display="ActionsPie"),
    "Where visitors come from": trends(event("$pageview", "dau"), breakdown=BY_REFERRER, display="ActionsBarValue"),
    "Sessions": trends(event("$pageview", "unique_session"), display="ActionsBar"),
    "Revenue per week": trends(
        event("subscribed", "sum", math_property="price"), interval="week", dateRange={"date_from": "-90d"}
    ),
}

DASHBOARDS: list[Json] = [
    {
        "name": "Quill Notes at a glance",
        "description": "What the team looks at on Monday morning.",
        "pinned": True,
        "tags": ["team"],
        "text": "## Is it growing?\nSign-ups, people who write, and people who pay.",
        "insights": ["Sign-ups in 30 days", "Daily active people", "New and paying", "Notes per plan"],
    },
    {
        "name": "Writing",
        "description": "How much people write, and how long.",
        "tags": ["product"],
        "text": "A note counts when it is created, not when it is edited.",
        "insights": ["Weekly active people", "Notes since the beginning", "Median words of a note", "Notes per plan"],
    },
    {
        "name": "Website",
        "description": "Who comes, from where, with what.",
        "tags": ["marketing"],
        "text": "Visitors of the site, signed up or not.",
        "insights": [
            "Visitors per day",
            "Visits by browser",
            "Where visitors come from",
            "Sessions",
            "Revenue per week",
        ],
    },
]
