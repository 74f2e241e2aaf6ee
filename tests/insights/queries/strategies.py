"""What the differential tests are made of: few values, so that events and filters often meet."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

FIRST, LAST = datetime(2024, 2, 20, tzinfo=UTC), datetime(2024, 4, 12, tzinfo=UTC)
ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Africa/Cairo", "Europe/Berlin", "Pacific/Auckland"]
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
properties = st.dictionaries(st.sampled_from(KEYS), st.one_of(scalars, st.none()), max_size=4)
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

MATHS = {
    "ActionsLineGraph": ["total", "dau", "weekly_active", "sum", "max", "avg", "avg_count_per_actor"],
    "ActionsLineGraphCumulative": ["total", "dau", "sum"],
    "ActionsTable": ["total", "dau", "sum", "max", "avg", "avg_count_per_actor"],
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
        "series": draw(st.lists(series(maths), min_size=1, max_size=2)),
        "interval": interval,
        "dateRange": draw(date_ranges()),
        "properties": draw(group_or_list),
        "trendsFilter": {"display": display},
    }


@st.composite
def breakdown_queries(draw):
    node = {"kind": "EventsNode", "event": "$pageview", "math": draw(st.sampled_from(["total", "dau"]))}
    asked = {"breakdown": draw(st.sampled_from(KEYS)), "breakdown_limit": draw(st.integers(1, 4))}
    return {"kind": "TrendsQuery", "series": [node], "dateRange": draw(date_ranges()), "breakdownFilter": asked}
