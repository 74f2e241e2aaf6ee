import copy

import pytest

from common.exceptions import Refusal
from insights.queries import validate_query

TRENDS = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "$pageview", "math": "dau"}]}
WRAPPED = {"kind": "InsightVizNode", "source": TRENDS}


def refused(change):
    query = copy.deepcopy(WRAPPED)
    change(query)
    with pytest.raises(Refusal) as refusal:
        validate_query(query)
    assert refusal.value.code == "parse_error"
    assert refusal.value.attr is None
    return refusal.value.detail


def test_validation_leaves_the_query_as_sent():
    query = copy.deepcopy(WRAPPED)

    validate_query(query)

    assert query == WRAPPED


@pytest.mark.parametrize(
    "source",
    [
        TRENDS,
        {"kind": "TrendsQuery", "series": []},
        {
            "kind": "TrendsQuery",
            "series": [{"kind": "ActionsNode", "id": 1}, {"kind": "GroupNode", "operator": "OR", "nodes": []}],
            "trendsFilter": {
                "display": "Metric",
                "metricColor": {"x": 1},
                "formulaNodes": [{"formula": "A"}],
                "goalLines": [{"label": "x", "value": 1}],
                "resultCustomizations": {"0": {"assignmentBy": "value", "color": "preset-1"}},
            },
            "breakdownFilter": {"breakdowns": [{"property": "$browser", "type": "event"}]},
            "compareFilter": {"compare": True, "compare_to": "-1w"},
        },
        {
            "kind": "FunnelsQuery",
            "series": [{"kind": "EventsNode", "event": "a"}],
            "funnelsFilter": {
                "exclusions": [{"kind": "EventsNode", "event": "b", "funnelFromStep": 0, "funnelToStep": 1}],
                "binCount": "auto",
            },
        },
        {"kind": "RetentionQuery", "retentionFilter": {"targetEntity": {"id": "$pageview", "type": "events"}}},
        {"kind": "LifecycleQuery", "series": [], "lifecycleFilter": {"toggledLifecycles": ["new"]}},
        {"kind": "StickinessQuery", "series": [], "stickinessFilter": {"computedAs": "cumulative"}},
        {"kind": "PathsQuery", "pathsFilter": {"includeEventTypes": ["$pageview"]}},
    ],
)
def test_insight_queries_are_valid_with_and_without_a_wrapper(source):
    validate_query(source)
    validate_query({"kind": "InsightVizNode", "source": source, "showHeader": True})


@pytest.mark.parametrize(
    "query",
    [
        {
            "kind": "DataVisualizationNode",
            "source": {"kind": "HogQLQuery", "query": "select 1"},
            "chartSettings": {"x": []},
        },
        {"kind": "DataTableNode", "source": {"kind": "EventsQuery", "select": ["*"], "after": "-24h"}, "full": True},
        {"kind": "DataTableNode", "source": {"kind": "PersonsNode", "search": "x"}},
        {"kind": "ActorsQuery", "select": ["person"], "source": {"kind": "InsightActorsQuery"}},
        {"kind": "HogQLQuery", "query": "select 1", "variables": {"1": {"variableId": "1", "code_name": "x"}}},
    ],
)
def test_queries_of_tables_are_valid(query):
    validate_query(query)


def test_a_bad_value_is_named_by_its_place():
    detail = refused(lambda query: query["source"]["series"][0].update(math="most"))

    assert detail.startswith("1 validation error for QueryRequest\nquery.source.series.0.math\n")


def test_an_unknown_key_is_named():
    assert "query.source.foo\n" in refused(lambda query: query["source"].update(foo=1))


def test_a_missing_key_is_named():
    assert "query.source.series\n" in refused(lambda query: query["source"].pop("series"))


def test_an_unknown_kind_is_named():
    assert "Unsupported query kind: Nope" in refused(lambda query: query["source"].update(kind="Nope"))
    assert "query.kind\n" in refused(lambda query: query.pop("kind"))
    assert "query.kind\n" in refused(lambda query: query.update(kind={}))


@pytest.mark.parametrize(
    "bad", [{"key": "x", "type": "wat"}, {"key": "x", "operator": "wat"}, {"operator": "exact"}, 5, "x"]
)
def test_a_bad_property_filter_is_named(bad):
    detail = refused(lambda query: query["source"].update(properties=[{"key": "a", "value": 1}, bad]))

    assert "query.source.properties.1" in detail


@pytest.mark.parametrize("query", [None, [], "x", 1])
def test_a_query_is_an_object(query):
    with pytest.raises(Refusal, match="Query must be a valid JSON object"):
        validate_query(query)
