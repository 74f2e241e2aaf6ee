"""What the differential tests are made of: few values, so that events and filters often meet."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume
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


MOMENTS = ["2024-03-05T10:20:30Z", "1709634030", 1709634031]
# What definitions say of properties; mostly of one kind and key, so that it meets the filter.
defined = st.sampled_from([None, "Numeric", "Duration", "Boolean", "DateTime"])
types = st.dictionaries(st.tuples(st.sampled_from(["event", "person"]), st.sampled_from(KEYS)), defined)
patterns = st.sampled_from(["a", "^a", "c$", r"^\d+$", r"\bABC\b", "(?i)é", "a.b", "[a-c]{2,}?", "x|10", r"\.", "^$"])
_keys = {"key": st.sampled_from(KEYS), "type": st.sampled_from(["event", "person"])}


def _filters(operators, values):
    return st.fixed_dictionaries({**_keys, "operator": st.sampled_from(operators), "value": values})


leaves = st.one_of(
    _filters(["exact", "is_not", "in", "not_in"], st.one_of(scalars, st.lists(scalars, max_size=3), st.none())),
    _filters(["icontains", "not_icontains"], st.one_of(texts, st.lists(texts, max_size=2))),
    _filters(["regex", "not_regex"], st.one_of(patterns, st.lists(patterns, max_size=2))),
    _filters(["gt", "gte", "lt", "lte"], st.one_of(numbers, st.sampled_from(["b", "2024-03-05", *MOMENTS]))),
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
# Expressions, each with the filters that say the same.
WORDS = ["", "10", "abc", "ABC", "a'b\\", "true", "Éa"]


def _quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@st.composite
def said_twice(draw):
    kind, key, word = (
        draw(st.sampled_from(["event", "person"])),
        draw(st.sampled_from(KEYS)),
        draw(st.sampled_from(WORDS)),
    )
    name = f"{'person.' if kind == 'person' else ''}properties[{_quoted(key)}]"
    operator, text = draw(
        st.sampled_from(
            [
                ("exact", f"{name} = {_quoted(word)}"),
                ("is_not", f"{name} != {_quoted(word)}"),
                ("is_not", f"not ({name} = {_quoted(word)})"),
                ("icontains", f"{name} ilike {_quoted('%' + word.replace(chr(92), chr(92) * 2) + '%')}"),
                ("is_set", f"isNotNull({name})"),
                ("is_not_set", f"{name} is null"),
            ]
        )
    )
    return text, {"type": kind, "key": key, "operator": operator, "value": word}


@st.composite
def both_said(draw):
    (one, same), (other, same_other) = draw(said_twice()), draw(said_twice())
    word = draw(st.sampled_from(["and", "or"]))
    return f"({one}) {word} ({other})", {"type": word.upper(), "values": [same, same_other]}


expressions = st.one_of(said_twice(), both_said())
filter_lists = st.one_of(st.just([]), st.lists(groups, max_size=2))
group_or_list = st.one_of(
    filter_lists,
    st.fixed_dictionaries({"type": st.sampled_from(["AND", "OR"]), "values": st.lists(groups, max_size=3)}),
)

FIRST_TIMES = ["first_time_for_user", "first_matching_event_for_user"]
MATHS = {
    "ActionsLineGraph": [
        *FIRST_TIMES,
        *[
            "total",
            "dau",
            "weekly_active",
            "monthly_active",
            "sum",
            "max",
            "min",
            "avg",
            "avg_count_per_actor",
            "hogql",
        ],
    ],
    "ActionsLineGraphCumulative": ["total", "dau", "sum", "hogql"],
    "ActionsTable": [
        *FIRST_TIMES,
        *["total", "dau", "weekly_active", "monthly_active", "sum", "max", "avg", "avg_count_per_actor", "hogql"],
    ],
}
#: What the evaluator of trends knows to reckon by itself.
EXPRESSIONS = ["count() / uniq(person_id)", "sum(toFloat(properties.price))", "uniq(properties.$browser)"]


@st.composite
def series(draw, maths):
    return {
        "kind": "EventsNode",
        "event": draw(st.sampled_from(["$pageview", "signed up", None])),
        "math": draw(st.sampled_from(maths)),
        "math_property": "price",
        "math_hogql": draw(st.sampled_from(EXPRESSIONS)),
        "math_multiplier": draw(st.sampled_from([None, None, 2, -0.5])),
        "properties": draw(filter_lists),
    }


@st.composite
def combined(draw, maths):
    return {
        "kind": "GroupNode",
        "operator": draw(st.sampled_from(["OR", "AND"])),
        "nodes": draw(st.lists(series(["total"]), min_size=1, max_size=2)),
        "math": draw(st.sampled_from(maths)),
        "math_property": "price",
        "math_hogql": draw(st.sampled_from(EXPRESSIONS)),
    }


@st.composite
def date_ranges(draw):
    first = draw(st.sampled_from([None, "-1d", "-7d", "-20d", "2024-03-01", "2024-03-09", "2024-03-31"]))
    last = draw(st.sampled_from([None, "2024-03-10", "2024-03-31", "2024-04-07"]))
    return {"date_from": first, "date_to": last}


@st.composite
def trends_queries(draw):
    display = draw(st.sampled_from(list(MATHS)))
    interval = draw(st.sampled_from(["day", "hour", "week", "month"]))
    maths = MATHS[display]
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
    math = draw(st.sampled_from(["total", "dau", "hogql"]))
    node = {"kind": "EventsNode", "event": "$pageview", "math": math, "math_hogql": draw(st.sampled_from(EXPRESSIONS))}
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
    st.just({"breakdown": "properties.$browser", "breakdown_type": "hogql"}),
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
all_of_it = {"date_from": "2024-02-01", "date_to": "2024-04-30"}


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
def funnels_with_options(draw):
    """Some step after the first is optional, and none of these is just the same as the required step after it."""
    first = draw(funnel_steps())
    others = draw(st.lists(st.tuples(funnel_steps(), st.booleans()), min_size=1, max_size=4))
    steps = [first, *({**step, "optionalInFunnel": is_optional} for step, is_optional in others)]
    assume(any(is_optional for _, is_optional in others))
    for one, following in pairwise(steps):
        same = (one["event"], one["properties"]) == (following["event"], following["properties"])
        assume(not (one.get("optionalInFunnel") and same and not following["optionalInFunnel"]))
    required = [place for place, step in enumerate(steps) if not step.get("optionalInFunnel")]
    spans = [(a, b) for a in required for b in required if a < b]
    exclusion = draw(st.sampled_from([None, *spans]))
    exclusions = [] if exclusion is None else [_spoiling(*exclusion)]
    asked = {
        "funnelOrderType": draw(st.sampled_from(["ordered", "strict"])),
        "funnelWindowInterval": draw(st.sampled_from([1, 2, 14, 30])),
        "funnelWindowIntervalUnit": draw(st.sampled_from(["minute", "hour", "day"])),
        "exclusions": exclusions,
    }
    return {"kind": "FunnelsQuery", "series": steps, "funnelsFilter": asked, "dateRange": wide}


def _spoiling(first, last):
    return {"kind": "EventsNode", "event": "x", "funnelFromStep": first, "funnelToStep": last}


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
    return draw(st.lists(st.just(_spoiling(first, second)), max_size=2))


@st.composite
def retentions(draw):
    entity = st.fixed_dictionaries(
        {"id": st.sampled_from(["$pageview", "signed up", None]), "properties": filter_lists}
    )
    period = draw(st.sampled_from(["Hour", "Day", "Week", "Month"]))
    asked = {
        "period": period,
        "totalIntervals": draw(st.sampled_from([1, 2, 8, 11, 62])),
        "targetEntity": draw(entity),
        "returningEntity": draw(entity),
        "retentionType": draw(
            st.sampled_from(["retention_recurring", "retention_first_time", "retention_first_ever_occurrence"])
        ),
        "minimumOccurrences": draw(st.sampled_from([1, 1, 2])),
        "retentionCustomBrackets": draw(st.sampled_from([None, None, [1, 3], [2, 2, 30]])),
        **draw(st.sampled_from(RETENTION_MODES)),
    }
    # So many hours are beyond the limit.
    first = st.sampled_from([None, "2024-03-01", "2024-03-09", "2024-04-30"]) if period != "Hour" else st.none()
    broken_down = {"breakdown": "$browser", "breakdown_type": draw(st.sampled_from(["person", "event"]))}
    return {
        "kind": "RetentionQuery",
        "retentionFilter": asked,
        "dateRange": {
            "date_from": draw(first),
            "date_to": draw(st.sampled_from([None, "2024-03-10", "2024-03-31", "2024-04-07"])),
        },
        "properties": draw(filter_lists),
        **({"breakdownFilter": {**broken_down, "breakdown_limit": 100}} if draw(st.booleans()) else {}),
    }


RETENTION_MODES = [
    {},
    {"cumulative": True},
    {"timeWindowMode": "24_hour_windows"},
    {"aggregationType": "sum", "aggregationProperty": "small"},
    {"aggregationType": "avg", "aggregationProperty": "small", "aggregationPropertyType": "person"},
]


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


BOTH = [{"startPoint": start, "endPoint": end} for start, end in [("/a", "/b/1"), ("", "/a"), ("/a", "/a")]]


@st.composite
def paths(draw):
    kinds = st.lists(st.sampled_from(["$pageview", "$screen", "custom_event", "hogql"]), unique=True)
    point = draw(st.sampled_from([{}, {}, {"startPoint": "/a"}, {"endPoint": "/a"}, {"endPoint": "signed up"}, *BOTH]))
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
            "pathsHogQLExpression": draw(st.sampled_from([None, None, "properties.$screen_name"])),
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
