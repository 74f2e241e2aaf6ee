"""One insight of every kind, with an answer as the real queries give it."""

from datetime import date, timedelta

from tests.factories.dashboards import ButtonTileTileFactory, DashboardFactory, InsightTileFactory, TextTileFactory
from tests.factories.insights import CachedResultFactory, InsightFactory

DAYS = [str(date(2026, 10, 1) + timedelta(days=number)) for number in range(14)]
EVENT = {"kind": "EventsNode", "event": "paid"}
TEXT = "# Read me\n\nWith **care**, a [link](https://example.com), <b>no HTML</b> and ![a picture](https://example.com/x.png)."


def trends(display=None, **source):
    looks = {"trendsFilter": {"display": display, **source.pop("looks", {})}} if display else {}
    return {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [EVENT], **looks, **source}}


def viz(kind, **source):
    return {"kind": "InsightVizNode", "source": {"kind": kind, **source}}


def line(label="paid", start=3, **more):
    data = [start + number % 5 for number in range(14)]
    return {"label": label, "days": DAYS, "labels": DAYS, "data": data, "count": sum(data), **more}


def total(label, value, **more):
    return {"label": label, "aggregated_value": value, "data": [], "days": [], "count": 0, **more}


def steps(*counts, **more):
    names = ["visited", "signed up", "paid"]
    return [
        {"name": name, "order": n, "count": count, **more}
        for n, (name, count) in enumerate(zip(names, counts, strict=True))
    ]


def cohort(number):
    values = [{"count": 0 if number + n > 3 else 100 - 20 * n} for n in range(4)]
    return {"label": f"Day {number}", "date": f"{DAYS[number]}T00:00:00Z", "values": values}


#: Each with the kind of its picture, None for those that are no picture.
KINDS = {
    "Lines": ("series", trends(), [line("paid"), line("free", 9)]),
    "Compared": (
        "series",
        trends(compareFilter={"compare": True}),
        [line(compare_label="current"), line(start=1, compare_label="previous")],
    ),
    "Bars": ("series", trends("ActionsBar"), [line()]),
    "Areas": ("series", trends("ActionsAreaGraph"), [line("a", breakdown_value="a"), line("b", breakdown_value="b")]),
    "Goals": ("series", trends("ActionsLineGraph", looks={"goalLines": [{"label": "Enough", "value": 6}]}), [line()]),
    "Pie": ("pie", trends("ActionsPie"), [total("Chrome", 60), total("Safari", 25)]),
    "Slice": ("pie", trends("ActionsPie", interval="week"), [total("paid", 60)]),
    "Total": (None, trends("ActionsTable"), [total("paid", 60)]),
    "Values": ("bars", trends("ActionsBarValue"), [total("a {b|c}", 60), total("$$_posthog_breakdown_other_$$", 25)]),
    "Number": (
        None,
        trends("BoldNumber", looks={"aggregationAxisPrefix": "$"}),
        [total("paid", 1234, compare_label="current"), total("paid", 1000, compare_label="previous")],
    ),
    "Funnel": ("funnel", viz("FunnelsQuery", series=[EVENT, EVENT, EVENT]), steps(100, 40, 10)),
    "Funnels": (
        "funnel",
        viz("FunnelsQuery", series=[EVENT, EVENT, EVENT], breakdownFilter={"breakdown": "x"}),
        [steps(60, 30, 9, breakdown_value=["de"]), steps(40, 10, 1, breakdown_value=["at"])],
    ),
    "Conversion": (
        "series",
        viz("FunnelsQuery", series=[EVENT, EVENT], funnelsFilter={"funnelVizType": "trends"}),
        [{"count": 14, "days": DAYS, "labels": DAYS, "data": [float(n) for n in range(14)]}],
    ),
    "Retention": ("heat", viz("RetentionQuery", retentionFilter={"totalIntervals": 4}), [cohort(n) for n in range(4)]),
    "Lifecycle": (
        "series",
        viz("LifecycleQuery", series=[EVENT]),
        [
            line(f"paid - {status}", status=status) | ({"data": [-2] * 14} if status == "dormant" else {})
            for status in ("new", "returning", "resurrecting", "dormant")
        ],
    ),
    "Stickiness": (
        "series",
        viz("StickinessQuery", series=[EVENT]),
        [{"label": "paid", "days": [1, 2, 3], "labels": ["1 day", "2 days", "3 days"], "data": [9, 4, 1], "count": 14}],
    ),
    "Paths": (
        "flow",
        viz("PathsQuery", pathsFilter={}),
        [
            {"source": "1_https://hogflix.com/", "target": "2_https://hogflix.com/pricing", "value": 30},
            {"source": "2_https://hogflix.com/pricing", "target": "3_https://hogflix.com", "value": 12},
        ],
    ),
    "Table": (
        None,
        {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": "select 1"}},
        [["x", 1]],
    ),
    "Nothing": (None, trends("ActionsBar", interval="week"), []),
}
PICTURES = sum(picture is not None for picture, _, _ in KINDS.values())


def hang(team, **fields):
    """A dashboard with all of them, a text and a button."""
    dashboard = DashboardFactory(team=team, name="Gallery", description="Of every kind one", **fields)
    TextTileFactory(dashboard=dashboard, text__body=TEXT, layouts={"sm": {"x": 0, "y": 0, "w": 10, "h": 2}})
    ButtonTileTileFactory(dashboard=dashboard, layouts={"sm": {"x": 10, "y": 0, "w": 2, "h": 2}})
    for number, (name, (_, query, result)) in enumerate(KINDS.items()):
        layouts = {"sm": {"x": number % 2 * 6, "y": 2 + number // 2 * 5, "w": 6, "h": 5}}
        insight = InsightFactory(team=team, name=name, query=query, saved=True)
        answer(team, query, result)
        InsightTileFactory(dashboard=dashboard, insight=insight, layouts=layouts)
    return dashboard


def answer(team, query, result):
    response = {"results": result, "timezone": "UTC", "columns": ["name", "n"]}
    response["resolved_date_range"] = {"date_from": f"{DAYS[0]}T00:00:00Z", "date_to": f"{DAYS[-1]}T23:59:59Z"}
    CachedResultFactory(team=team, query=query, response=response)
