"""Pure: no database."""

import json

import pytest

from insights.legacy_filters import as_query

EVENTS = [{"id": "$pageview"}]
SERIES = [{"kind": "EventsNode", "event": "$pageview"}]


def source(**filters) -> dict:
    query = as_query({"insight": "TRENDS", "events": EVENTS, **filters})
    assert query is not None
    assert query["kind"] == "InsightVizNode"
    return query["source"]


def test_trends_keep_what_they_count_and_how_they_look():
    filters = {
        "events": [{"id": "signup", "order": 1, "math": "sum", "math_property": "price", "custom_name": "Sum"}],
        "actions": [{"id": "7", "order": 0, "name": "Clicked"}],
        "interval": "week",
        "date_from": "-30d",
        "display": "ActionsPie",
        "formula": "A / B",
        "compare": "true",
        "breakdown": "$browser",
        "breakdown_type": "event",
        "filter_test_accounts": True,
        "show_legend": True,
    }

    assert source(**filters) == {
        "kind": "TrendsQuery",
        "dateRange": {"date_from": "-30d"},
        "filterTestAccounts": True,
        "series": [
            {"kind": "ActionsNode", "id": 7, "name": "Clicked"},
            {"kind": "EventsNode", "event": "signup", "custom_name": "Sum", "math": "sum", "math_property": "price"},
        ],
        "interval": "week",
        "breakdownFilter": {"breakdown": "$browser", "breakdown_type": "event"},
        "compareFilter": {"compare": True},
        "trendsFilter": {"display": "ActionsPie", "formula": "A / B", "showLegend": True},
    }


def test_funnels_keep_their_window_and_exclusions():
    filters = {
        "insight": "FUNNELS",
        "events": [{"id": "a", "order": 0}, {"id": "b", "order": 1}],
        "funnel_viz_type": "time_to_convert",
        "funnel_window_interval": 3,
        "funnel_window_interval_unit": "hour",
        "exclusions": [{"id": "c", "type": "events", "funnel_from_step": 0, "funnel_to_step": 1}],
    }

    assert source(**filters)["funnelsFilter"] == {
        "funnelVizType": "time_to_convert",
        "funnelWindowInterval": 3,
        "funnelWindowIntervalUnit": "hour",
        "exclusions": [{"kind": "EventsNode", "event": "c", "funnelFromStep": 0, "funnelToStep": 1}],
    }


def test_retention_keeps_its_entities():
    filters = {
        "insight": "RETENTION",
        "target_entity": json.dumps({"id": "signup", "type": "events"}),
        "returning_entity": {"id": "$pageview", "type": "events", "math": "total"},
        "period": "Week",
        "total_intervals": 5,
    }

    assert source(**filters) == {
        "kind": "RetentionQuery",
        "retentionFilter": {
            "targetEntity": {"id": "signup", "type": "events"},
            "returningEntity": {"id": "$pageview", "type": "events"},
            "period": "Week",
            "totalIntervals": 5,
        },
    }


def test_paths_keep_their_ends():
    filters = {"insight": "PATHS", "include_event_types": ["$pageview"], "start_point": "/", "step_limit": 4}

    assert source(**filters)["pathsFilter"] == {
        "includeEventTypes": ["$pageview"],
        "startPoint": "/",
        "stepLimit": 4,
    }


@pytest.mark.parametrize(
    ("filters", "kind"),
    [
        ({"insight": "STICKINESS"}, "StickinessQuery"),
        ({"insight": "LIFECYCLE"}, "LifecycleQuery"),
        ({"insight": "TRENDS", "shown_as": "Stickiness"}, "StickinessQuery"),
        ({"insight": "TRENDS", "shown_as": "Lifecycle"}, "LifecycleQuery"),
        ({"insight": "trends"}, "TrendsQuery"),
    ],
)
def test_every_kind_has_its_query(filters, kind):
    assert (source(**filters)["kind"], source(**filters)["series"]) == (kind, SERIES)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ([{"key": "a", "value": "b"}], [{"type": "event", "key": "a", "value": "b"}]),
        (
            [{"key": "a", "value": "b", "type": "person", "operator": "icontains", "$$hashKey": 1}],
            [{"type": "person", "key": "a", "value": "b", "operator": "icontains"}],
        ),
        ({"a__icontains": "b"}, [{"type": "event", "key": "a", "value": "b", "operator": "icontains"}]),
        (json.dumps([{"key": "a", "value": "b"}]), [{"type": "event", "key": "a", "value": "b"}]),
        (
            {"type": "OR", "values": [{"type": "AND", "values": [{"key": "a", "value": "b"}]}]},
            {"type": "OR", "values": [{"type": "AND", "values": [{"type": "event", "key": "a", "value": "b"}]}]},
        ),
    ],
    ids=["list", "person", "pairs", "text", "groups"],
)
def test_properties_are_read_in_all_their_forms(properties, expected):
    assert source(properties=properties)["properties"] == expected


def test_those_of_a_series_are_a_flat_list():
    group = {"type": "AND", "values": [{"type": "AND", "values": [{"key": "a", "value": "b"}]}]}

    (series,) = source(events=[{"id": "x", "properties": group}])["series"]

    assert series["properties"] == [{"type": "event", "key": "a", "value": "b"}]


def test_old_trends_without_series_were_about_page_views():
    assert source(events=[])["series"] == SERIES


@pytest.mark.parametrize(
    "filters",
    [
        None,
        {},
        [],
        "TRENDS",
        {"date_from": "-7d"},
        {"insight": "PIE"},
        {"insight": 5},
        {"insight": "TRENDS", "events": 5},
        {"insight": "TRENDS", "events": "{"},
        {"insight": "TRENDS", "events": [5]},
        {"insight": "TRENDS", "events": [{}]},
        {"insight": "TRENDS", "actions": [{"id": "x"}]},
        {"insight": "TRENDS", "interval": "fortnight"},
        {"insight": "TRENDS", "display": {}},
        {"insight": "TRENDS", "properties": 5},
        {"insight": "TRENDS", "properties": [5]},
        {"insight": "FUNNELS", "exclusions": [{"id": "c"}]},
        {"insight": "RETENTION", "target_entity": 5},
        {"insight": "TRENDS", "events": [{"id": "x", "properties": {"type": "OR", "values": [{"key": "a"}] * 2}}]},
    ],
)
def test_what_cannot_be_read_is_no_query_rather_than_another_one(filters):
    assert as_query(filters) is None
