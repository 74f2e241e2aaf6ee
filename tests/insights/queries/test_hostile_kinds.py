"""Whatever stands in whatever place of a query of whatever kind: an answer or a refusal in words, never a crash."""

import copy
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from common.exceptions import Refusal
from insights.formatting import format_results
from insights.queries import run
from tests.insights.queries.differential import EXAMPLES
from tests.insights.queries.reference.samples import SampleEvent
from tests.insights.queries.test_hostile_trends import STRANGE

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
NODE = {"kind": "EventsNode", "event": "a", "math": "total", "properties": [{"key": "x", "value": "1"}]}
COMMON = {
    "dateRange": {"date_from": "-3d", "date_to": None, "explicitDate": False},
    "properties": [{"type": "person", "key": "x", "operator": "is_not", "value": ["1"]}],
    "filterTestAccounts": True,
    "samplingFactor": 1,
    "aggregation_group_type_index": None,
}
QUERIES = [
    {
        "kind": "FunnelsQuery",
        "series": [NODE, {**NODE, "event": "b"}],
        "interval": "day",
        "funnelsFilter": {
            "exclusions": [{"kind": "EventsNode", "event": "x", "funnelFromStep": 0, "funnelToStep": 1}],
            "funnelWindowInterval": 14,
            "funnelWindowIntervalUnit": "day",
            "funnelOrderType": "unordered",
            "funnelVizType": "steps",
            "breakdownAttributionType": "step",
            "breakdownAttributionValue": 0,
            "funnelFromStep": 0,
            "funnelToStep": 1,
            "binCount": 3,
            "funnelAggregateByHogQL": "properties.$session_id",
        },
        "breakdownFilter": {"breakdown": ["x"], "breakdown_limit": 3},
        **COMMON,
    },
    {
        "kind": "RetentionQuery",
        "retentionFilter": {
            "period": "Day",
            "totalIntervals": 3,
            "targetEntity": {"id": "a", "properties": [{"key": "x", "value": 1}]},
            "returningEntity": {"id": None},
            "minimumOccurrences": 1,
            "retentionType": "retention_first_time",
        },
        "breakdownFilter": {"breakdown": "x", "breakdown_type": "person", "breakdown_limit": 2},
        **COMMON,
    },
    {
        "kind": "LifecycleQuery",
        "series": [NODE],
        "interval": "week",
        "lifecycleFilter": {"onlyUseInsightDates": True},
        **COMMON,
    },
    {
        "kind": "StickinessQuery",
        "series": [{**NODE, "math": "unique_group", "math_group_type_index": 1}],
        "intervalCount": 1,
        "stickinessFilter": {"computedAs": "cumulative", "stickinessCriteria": {"operator": "gte", "value": 1}},
        "compareFilter": {"compare": True, "compare_to": "-1w"},
        **{key: value for key, value in COMMON.items() if key != "aggregation_group_type_index"},
    },
    {
        "kind": "PathsQuery",
        "pathsFilter": {
            "includeEventTypes": ["custom_event"],
            "excludeEvents": ["b"],
            "pathGroupings": ["z*"],
            "localPathCleaningFilters": [{"regex": "z", "alias": "b"}],
            "startPoint": "a",
            "stepLimit": 5,
            "edgeLimit": 5,
            "minEdgeWeight": 1,
            "maxEdgeWeight": 9,
        },
        **COMMON,
    },
    {
        "kind": "TrendsQuery",
        "series": [{"kind": "GroupNode", "operator": "OR", "nodes": [NODE], "math": "first_time_for_user"}],
        "breakdownFilter": {
            "breakdowns": [{"property": "x", "histogram_bin_count": 3}, {"property": "y", "normalize_url": True}],
            "breakdown_limit": 2,
        },
        "trendsFilter": {"smoothingIntervals": 2, "formula": "A * 2", "display": "ActionsLineGraph"},
        **COMMON,
    },
    {
        "kind": "EventsQuery",
        "select": ["*", "person", "properties.x as x"],
        "properties": COMMON["properties"],
        "event": "a",
        "after": "-1d",
        "before": None,
        "limit": 3,
        "offset": 0,
        "where": ["properties.x = 1 or event != 'b'", "toDate(timestamp) > '2020-01-01'"],
        "orderBy": ["x DESC"],
    },
    {"kind": "EventsQuery", "select": ["event", "count() as c"], "where": ["c > 0"], "orderBy": ["c DESC"]},
    {"kind": "ActorsQuery", "select": ["person", "id"], "search": "", "limit": 3, "offset": 0, "orderBy": ["id"]},
    {"kind": "HogQLQuery", "query": "select event, count() from events where {filters} group by 1", "filters": {}},
]
NUMBERS = [0, 1, -1, 10**30, 2**31, 2**63, 1e308, 0.5]
TEXTS = ["", "x", "a" * 5000, "\u202e", "%s", "{}", "'; --", "(", "a{1,99}"]
DATES = ["9999-12-31", "0001-01-01", "-99999y", "-9999d", "all", "2024-01-01T00:00:00+23:59"]
WORDS = ["hour", "minute", "month", "strict", "ordered", "trends", "time_to_convert", "dau", "first_time_for_user"]
VALUES = [None, True, [], {}, ["x"], [[]], *NUMBERS, *TEXTS, *DATES, *WORDS]


def places(value, path=()):
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from places(child, (*path, key))


def put(query, path, value):
    changed = copy.deepcopy(query)
    *way, last = path
    here = changed
    for step in way:
        here = here[step]
    here[last] = value
    return changed


@st.composite
def hostile_queries(draw):
    query = draw(st.sampled_from(QUERIES))
    for _ in range(draw(st.integers(1, 3))):
        query = put(query, draw(st.sampled_from(list(places(query)))), draw(st.sampled_from(VALUES)))
    return query


@pytest.fixture
def some_events(store):
    bag = {"x": 1, "y": "/", "$group_1": "acme", "$session_id": "s"}
    store([SampleEvent(name, NOW - timedelta(minutes=at), properties=bag) for at, name in enumerate("abxab")])


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query["kind"])
def test_each_query_has_an_answer_as_it_stands(team, some_events, query):
    response = run(query, team=team, now=NOW)

    assert response["results"]
    assert format_results(query, response)


@given(query=hostile_queries())
@settings(max_examples=2 * EXAMPLES)
def test_anything_may_stand_anywhere(team, some_events, query):
    with suppress(Refusal), transaction.atomic():
        format_results(query, run(query, team=team, now=NOW))


@pytest.mark.parametrize("text", STRANGE)
def test_strange_texts_are_only_texts(team, store, text):
    store([SampleEvent(text, NOW - timedelta(minutes=at), properties={text: text}) for at in (2, 1)])
    node = {"kind": "EventsNode", "event": text, "properties": [{"key": text, "value": text}]}

    def ask(**query):
        return run({"dateRange": {"date_from": "-2d"}, **query}, team=team, now=NOW)["results"]

    [steps] = ask(kind="FunnelsQuery", series=[node, node], breakdownFilter={"breakdown": text})
    assert [(one["count"], one["breakdown_value"]) for one in steps] == [(1, [text]), (1, [text])]
    assert ask(kind="RetentionQuery", retentionFilter={"targetEntity": {"id": text}})[-1]["values"][0]["count"] == 1
    assert ask(kind="LifecycleQuery", series=[node])[0]["label"] == f"{text} - new"
    assert ask(kind="StickinessQuery", series=[node])[0]["count"] == 1
    assert (
        ask(kind="PathsQuery", pathsFilter={"excludeEvents": [text], "pathGroupings": [text], "startPoint": text}) == []
    )
