"""What the differential tests are made of: few values, so that events and filters often meet."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

FIRST, LAST = datetime(2024, 2, 20, tzinfo=UTC), datetime(2024, 4, 12, tzinfo=UTC)
ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Africa/Cairo", "Europe/Berlin", "Pacific/Auckland"]
UTC_ZONE = ZoneInfo("UTC")
KEYS = ["$browser", "price", "sché ma.'\"%s", "at"]

NUMBERS = [0, 1, 7, 10, -3, 10.5, 10.0, 1e30, 2**53]
TEXTS = [
    "",
    "10",
    "10.0",
    " 7 ",
    "1e5",
    "1e400",
    "-.5",
    "abc",
    "ABC",
    "Éa",
    "éA",
    "a%b_c\\",
    "100%",
    "true",
    "null",
    "'; --",
]
DATES = [
    "2024-03-05",
    "2024-02-31",
    "2024-03-05T10:20:30Z",
    "2024-03-05 10:20:30.5",
    "2024-03-04T23:30:00-05:00",
    "2024-13-05",
    "2024-03-05T25:00",
    "1709634030",
    "1709634030000",
]
numbers, texts, dates = st.sampled_from(NUMBERS), st.sampled_from(TEXTS), st.sampled_from(DATES)
scalars = st.one_of(numbers, texts, st.booleans(), dates)
properties = st.builds(
    lambda one, other: one | other,
    st.dictionaries(st.sampled_from(KEYS), st.one_of(scalars, st.none()), max_size=4),
    st.fixed_dictionaries({}, optional={"small": st.integers(0, 9)}),
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.one_of(
    st.integers(0, int((LAST - FIRST) / timedelta(minutes=15))).map(lambda n: FIRST + n * timedelta(minutes=15)),
    st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None)).map(lambda moment: moment.replace(tzinfo=UTC)),
)
events = st.lists(
    st.builds(
        SampleEvent,
        event=st.sampled_from(["$pageview", "signed up"]),
        timestamp=instants,
        person=st.integers(1, 5),
        properties=properties,
    ),
    max_size=40,
)
persons = st.dictionaries(st.integers(1, 5), properties, max_size=5)


def as_persons(by_number):
    return [SamplePerson(number, found) for number, found in by_number.items()]


patterns = st.sampled_from(["a", "^a", "c$", r"^\d+$", r"\bABC\b", "(?i)é", "a.b", "[a-c]{2,}?", "x|10", r"\.", "^$"])
_keys = {"key": st.sampled_from(KEYS), "type": st.sampled_from(["event", "person"])}


def _filters(operators, values):
    return st.fixed_dictionaries({**_keys, "operator": st.sampled_from(operators), "value": values})


leaves = st.one_of(
    _filters(["exact", "is_not", "in", "not_in"], st.one_of(scalars, st.lists(scalars, max_size=3), st.none())),
    _filters(["icontains", "not_icontains"], st.one_of(texts, st.lists(texts, max_size=2))),
    _filters(["regex", "not_regex"], st.one_of(patterns, st.lists(patterns, max_size=2))),
    _filters(["gt", "gte", "lt", "lte"], numbers),
    _filters(["between", "not_between"], st.tuples(numbers, numbers).map(list)),
    _filters(["is_set", "is_not_set"], st.none()),
    _filters(
        ["is_date_exact", "is_date_before", "is_date_after"], st.sampled_from(["2024-03-05", "2024-03-05T10:20:30Z"])
    ),
    st.just({}),
)
groups = st.recursive(
    leaves,
    lambda inner: st.fixed_dictionaries(
        {"type": st.sampled_from(["AND", "OR"]), "values": st.lists(inner, max_size=3)}
    ),
    max_leaves=5,
)
filter_lists = st.one_of(st.just([]), st.lists(groups, max_size=2))
group_or_list = st.one_of(
    filter_lists,
    st.fixed_dictionaries({"type": st.sampled_from(["AND", "OR"]), "values": st.lists(groups, max_size=3)}),
)

FIRST_TIMES = ["first_time_for_user", "first_matching_event_for_user"]
MATHS = {
    "ActionsLineGraph": [*FIRST_TIMES, "total", "dau", "weekly_active", "sum", "max", "avg", "avg_count_per_actor"],
    "ActionsLineGraphCumulative": ["total", "dau", "sum"],
    "ActionsTable": [*FIRST_TIMES, "total", "dau", "sum", "max", "avg", "avg_count_per_actor"],
}


@st.composite
def series(draw, maths):
    return {
        "kind": "EventsNode",
        "event": draw(st.sampled_from(["$pageview", "signed up", None])),
        "math": draw(st.sampled_from(maths)),
        "math_property": "price",
        "properties": draw(filter_lists),
    }


@st.composite
def combined(draw, maths):
    nodes = draw(st.lists(series(["total"]), min_size=1, max_size=2))
    math = draw(st.sampled_from(maths))
    return {"kind": "GroupNode", "operator": "OR", "nodes": nodes, "math": math, "math_property": "price"}


@st.composite
def date_ranges(draw):
    first = draw(st.sampled_from([None, "-1d", "-7d", "-20d", "2024-03-01", "2024-03-09", "2024-03-31"]))
    last = draw(st.sampled_from([None, "2024-03-10", "2024-03-31", "2024-04-07"]))
    return {"date_from": first, "date_to": last}


@st.composite
def trends_queries(draw):
    display = draw(st.sampled_from(list(MATHS)))
    interval = draw(st.sampled_from(["day", "hour", "week", "month"]))
    # Sliding windows are defined by the day; other intervals have a meaning of their own.
    maths = [math for math in MATHS[display] if math != "weekly_active" or interval == "day"]
    return {
        "kind": "TrendsQuery",
        "series": draw(st.lists(st.one_of(series(maths), combined(maths)), min_size=1, max_size=2)),
        "interval": interval,
        "dateRange": draw(date_ranges()),
        "properties": draw(group_or_list),
        "trendsFilter": {"display": display},
    }


@st.composite
def breakdown_queries(draw):
    node = {"kind": "EventsNode", "event": "$pageview", "math": draw(st.sampled_from(["total", "dau"]))}
    limit = {"breakdown_limit": draw(st.integers(1, 4))}
    asked = draw(st.one_of(old_breakdowns, st.lists(new_breakdowns, min_size=1, max_size=3).map(as_list)))
    return {
        "kind": "TrendsQuery",
        "series": [node],
        "dateRange": draw(date_ranges()),
        "breakdownFilter": {**asked, **limit},
    }


old_breakdowns = st.one_of(
    st.sampled_from(KEYS).map(lambda key: {"breakdown": key}),
    st.integers(1, 4).map(lambda bins: {"breakdown": "small", "breakdown_histogram_bin_count": bins}),
)
new_breakdowns = st.one_of(
    st.sampled_from(KEYS).map(lambda key: {"property": key}),
    st.integers(1, 4).map(lambda bins: {"property": "small", "histogram_bin_count": bins}),
)


def as_list(breakdowns):
    return {"breakdowns": breakdowns}


# Steps of funnels, sessions of paths: few names, few moments, so that order and simultaneity matter.
MINUTES = [0, 0, 1, 2, 5, 10, 29, 30, 31, 60, 600, 1439, 1440, 1441, 2880, 20160, 20161]
journeys = st.lists(
    st.builds(
        SampleEvent,
        event=st.sampled_from(["a", "b", "c", "x"]),
        timestamp=st.sampled_from(MINUTES).map(lambda minutes: FIRST + timedelta(days=30, minutes=minutes)),
        person=st.integers(1, 3),
        properties=st.fixed_dictionaries(
            {}, optional={"$browser": st.sampled_from(["Safari", "Chrome", ""]), "price": st.sampled_from([1, 2])}
        ),
    ),
    max_size=25,
)
wide = {"date_from": "2024-03-01", "date_to": "2024-04-10"}


@st.composite
def funnels(draw):
    order = draw(st.sampled_from(["ordered", "strict", "unordered"]))
    steps = draw(st.lists(funnel_steps(), min_size=2, max_size=4))
    attribution = draw(st.sampled_from(["first_touch", "last_touch", "all_events", "step"]))
    step = 0 if order == "unordered" else draw(st.integers(0, len(steps) - 1))
    first = draw(st.integers(0, len(steps) - 2))
    asked = {
        "funnelOrderType": order,
        "funnelWindowInterval": draw(st.sampled_from([1, 2, 14, 30])),
        "funnelWindowIntervalUnit": draw(st.sampled_from(["minute", "hour", "day"])),
        "exclusions": draw(funnel_exclusions(steps, order)),
        "breakdownAttributionType": attribution,
        "breakdownAttributionValue": step,
        "funnelFromStep": first,
        "funnelToStep": draw(st.integers(first + 1, len(steps) - 1)),
    }
    broken_down = {"breakdownFilter": {"breakdown": "$browser"}} if draw(st.booleans()) else {}
    return {"kind": "FunnelsQuery", "series": steps, "funnelsFilter": asked, "dateRange": wide, **broken_down}


@st.composite
def funnel_steps(draw):
    math = draw(st.sampled_from(["total"] * 8 + ["first_time_for_user", "first_time_for_user_with_filters"]))
    properties = draw(st.sampled_from([[], [], [], [{"key": "price", "value": 1}]]))
    return {
        "kind": "EventsNode",
        "event": draw(st.sampled_from(["a", "b", "c", None])),
        "math": math,
        "properties": properties,
    }


@st.composite
def funnel_exclusions(draw, steps, order):
    last = len(steps) - 1
    spans = [(first, second) for first in range(last) for second in range(first + 1, last + 1)]
    first, second = (0, last) if order == "unordered" else draw(st.sampled_from(spans))
    node = {"kind": "EventsNode", "event": "x", "funnelFromStep": first, "funnelToStep": second}
    return draw(st.lists(st.just(node), max_size=2))


@st.composite
def retentions(draw):
    entity = st.fixed_dictionaries(
        {"id": st.sampled_from(["$pageview", "signed up", None]), "properties": filter_lists}
    )
    asked = {
        "period": draw(st.sampled_from(["Hour", "Day", "Week", "Month"])),
        "totalIntervals": draw(st.sampled_from([1, 2, 8, 11, 62])),
        "targetEntity": draw(entity),
        "returningEntity": draw(entity),
        "retentionType": draw(
            st.sampled_from(["retention_recurring", "retention_first_time", "retention_first_ever_occurrence"])
        ),
        "cumulative": draw(st.booleans()),
        "minimumOccurrences": draw(st.sampled_from([1, 1, 2])),
    }
    broken_down = {"breakdown": "$browser", "breakdown_type": "person"}
    return {
        "kind": "RetentionQuery",
        "retentionFilter": asked,
        "dateRange": {"date_to": draw(st.sampled_from([None, "2024-03-10", "2024-03-31", "2024-04-07"]))},
        "properties": draw(filter_lists),
        **({"breakdownFilter": broken_down} if draw(st.booleans()) else {}),
    }


@st.composite
def lifecycles(draw):
    return {
        "kind": "LifecycleQuery",
        "series": [draw(series(["total", "dau"]))],
        "interval": draw(st.sampled_from(["day", "hour", "week", "month"])),
        "dateRange": draw(date_ranges()),
        "properties": draw(filter_lists),
        "lifecycleFilter": {"onlyUseInsightDates": draw(st.sampled_from([None, False, True]))},
    }


@st.composite
def stickinesses(draw):
    criteria = st.fixed_dictionaries({"operator": st.sampled_from(["gte", "lte", "exact"]), "value": st.integers(1, 3)})
    return {
        "kind": "StickinessQuery",
        "series": draw(st.lists(series(["total", "dau"]), min_size=1, max_size=2)),
        "interval": draw(st.sampled_from(["day", "hour", "week", "month"])),
        "intervalCount": draw(st.sampled_from([None, 1, 2, 3])),
        "dateRange": draw(date_ranges()),
        "properties": draw(filter_lists),
        "stickinessFilter": {
            "computedAs": draw(st.sampled_from([None, "cumulative", "non_cumulative"])),
            "stickinessCriteria": draw(st.one_of(st.none(), criteria)),
        },
    }


URLS = ["/", "/a", "/a/", "/b/1", "/b/2", "https://x.io/a?b=1", ""]
walks = st.lists(
    st.builds(
        SampleEvent,
        event=st.sampled_from(["$pageview", "$pageview", "$pageview", "$screen", "signed up", "$autocapture"]),
        timestamp=st.sampled_from([*MINUTES, 3, 4, 6, 7, 8, 40, 41]).map(
            lambda minutes: FIRST + timedelta(days=30, minutes=minutes)
        ),
        person=st.integers(1, 2),
        properties=st.fixed_dictionaries(
            {}, optional={"$current_url": st.sampled_from(URLS), "$screen_name": st.sampled_from(["Home", "/a"])}
        ),
    ),
    max_size=25,
)


@st.composite
def paths(draw):
    kinds = st.lists(st.sampled_from(["$pageview", "$screen", "custom_event"]), unique=True)
    point = draw(st.sampled_from([{}, {}, {"startPoint": "/a"}, {"endPoint": "/a"}, {"endPoint": "signed up"}]))
    rules = [
        {"regex": r"/b/\d+", "alias": "/b/:id"},
        {"regex": "a|ab", "alias": r"\1z"},
        {"regex": r"\?.*?", "alias": ""},
    ]
    return {
        "kind": "PathsQuery",
        "dateRange": wide,
        "pathsFilter": {
            "includeEventTypes": draw(st.one_of(st.none(), kinds)),
            "excludeEvents": draw(st.lists(st.sampled_from(["/a", "signed up", ""]), max_size=1)),
            "pathGroupings": draw(st.lists(st.sampled_from(["/b/*", "*x.io*", "sign"]), max_size=2, unique=True)),
            "localPathCleaningFilters": draw(st.lists(st.sampled_from(rules), max_size=2)),
            "stepLimit": draw(st.sampled_from([None, 1, 2, 3, 5])),
            "edgeLimit": draw(st.sampled_from([None, 1, 2, 5])),
            "minEdgeWeight": draw(st.sampled_from([None, 2])),
            "maxEdgeWeight": draw(st.sampled_from([None, 1])),
            **point,
        },
    }
