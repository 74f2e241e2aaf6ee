"""Templates as the tests send them."""

TRENDS = {
    "kind": "InsightVizNode",
    "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview"}]},
}


def template(**fields):
    return {
        "template_name": "Sign-ups",
        "dashboard_description": "Who signs up.",
        "dashboard_filters": {"date_from": "-14d"},
        "tags": ["growth"],
        "tiles": [
            {"type": "INSIGHT", "name": "Sign-ups", "description": "By day", "query": TRENDS, "color": "blue",
             "layouts": {"sm": {"x": 0, "y": 0, "w": 12, "h": 5}}},
            {"type": "TEXT", "body": "Mind the gap", "transparent_background": True},
            {"type": "BUTTON", "url": "/insights", "text": "More"},
        ],
        **fields,
    }  # fmt: skip
