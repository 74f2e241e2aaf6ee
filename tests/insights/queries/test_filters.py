import copy

import pytest

from insights.queries import apply_dashboard_filters, validate_query

OWN = [{"key": "a", "value": 1}]
ADDED = [{"key": "b", "value": 2}]


def trends(**keys):
    return {"kind": "TrendsQuery", "series": [], **keys}


def test_the_query_itself_is_left_as_it_was():
    query = {"kind": "InsightVizNode", "source": trends(properties=OWN), "showHeader": True}
    before = copy.deepcopy(query)

    changed = apply_dashboard_filters(query, {"properties": ADDED, "date_from": "-30d"})

    assert query == before
    assert changed["showHeader"] is True
    assert changed["source"]["dateRange"] == {"date_from": "-30d", "date_to": None}


@pytest.mark.parametrize("filters", [None, {}, {"properties": [], "date_from": None, "interval": None}])
def test_empty_filters_change_nothing(filters):
    assert apply_dashboard_filters(trends(properties=OWN), filters) == trends(properties=OWN)


def test_properties_of_both_must_hold():
    changed = apply_dashboard_filters(trends(properties=OWN), {"properties": ADDED})

    assert changed["properties"] == {
        "type": "AND",
        "values": [{"type": "AND", "values": OWN}, {"type": "AND", "values": ADDED}],
    }
    validate_query(changed)


def test_a_group_of_its_own_stays_a_group():
    group = {"type": "OR", "values": [{"type": "AND", "values": OWN}]}

    changed = apply_dashboard_filters(trends(properties=group), {"properties": ADDED})

    assert changed["properties"]["values"][0] == group


def test_without_properties_of_its_own_it_takes_the_dashboards():
    assert apply_dashboard_filters(trends(), {"properties": ADDED})["properties"] == ADDED


def test_one_date_replaces_both():
    query = trends(dateRange={"date_from": "2024-01-01", "date_to": "2024-02-01", "explicitDate": True})

    changed = apply_dashboard_filters(query, {"date_to": "2024-03-01"})

    assert changed["dateRange"] == {"date_from": None, "date_to": "2024-03-01"}


def test_dates_that_are_meant_exactly_stay_so():
    changed = apply_dashboard_filters(trends(), {"date_from": "2024-03-01T10:00:00", "explicitDate": True})

    assert changed["dateRange"] == {"date_from": "2024-03-01T10:00:00", "date_to": None, "explicitDate": True}


@pytest.mark.parametrize(("own", "chosen", "found"), [(True, None, True), (True, False, False), (False, True, True)])
def test_the_filter_of_test_accounts_has_three_states(own, chosen, found):
    changed = apply_dashboard_filters(trends(filterTestAccounts=own), {"filterTestAccounts": chosen})

    assert changed["filterTestAccounts"] is found


@pytest.mark.parametrize(
    ("kind", "taken"),
    [
        ("TrendsQuery", {"interval", "breakdownFilter"}),
        ("FunnelsQuery", {"interval", "breakdownFilter"}),
        ("RetentionQuery", {"breakdownFilter"}),
        ("LifecycleQuery", {"interval"}),
        ("StickinessQuery", {"interval"}),
        ("PathsQuery", set()),
    ],
)
def test_each_kind_takes_what_it_has_a_place_for(kind, taken):
    filters = {"interval": "week", "breakdown_filter": {"breakdown": "$os"}, "date_from": "-30d", "properties": ADDED}

    changed = apply_dashboard_filters({"kind": kind}, filters)

    assert changed.keys() == {"kind", "dateRange", "properties", *taken}


def test_interval_test_accounts_and_breakdown_override():
    filters = {"interval": "week", "filterTestAccounts": False, "breakdown_filter": {"breakdown": "$os"}}

    changed = apply_dashboard_filters(trends(filterTestAccounts=True, interval="day"), filters)

    assert changed["interval"] == "week"
    assert changed["filterTestAccounts"] is False
    assert changed["breakdownFilter"] == {"breakdown": "$os"}


def test_kinds_without_a_breakdown_or_an_interval_ignore_them():
    filters = {"interval": "week", "breakdown_filter": {"breakdown": "$os"}}

    paths = {"kind": "PathsQuery", "pathsFilter": {}}

    assert apply_dashboard_filters(paths, filters) == paths


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "TrendsQuery", "trendsFilter": {"display": "CalendarHeatmap"}},
        {"kind": "TrendsQuery", "trendsFilter": {"display": "BoxPlot"}},
        {"kind": "FunnelsQuery", "funnelsFilter": {"funnelVizType": "time_to_convert"}},
    ],
)
def test_a_drawing_that_has_no_breakdown_ignores_the_dashboards(query):
    assert apply_dashboard_filters(query, {"breakdown_filter": {"breakdown": "$os"}}) == query


def test_there_is_nothing_to_compare_all_with():
    query = trends(compareFilter={"compare": True, "compare_to": "-1w"})

    assert apply_dashboard_filters(query, {"date_from": "all"})["compareFilter"]["compare"] is False
    assert apply_dashboard_filters(query, {"date_from": "-7d"})["compareFilter"]["compare"] is True


def test_sql_gets_the_filters_as_a_placeholder():
    query = {
        "kind": "DataVisualizationNode",
        "source": {"kind": "HogQLQuery", "query": "select 1", "filters": {"properties": OWN}},
    }

    source = apply_dashboard_filters(query, {"properties": ADDED, "date_from": "-7d", "filterTestAccounts": True})[
        "source"
    ]

    assert source["filters"] == {
        "properties": [*OWN, *ADDED],
        "dateRange": {"date_from": "-7d", "date_to": None},
        "filterTestAccounts": True,
    }


@pytest.mark.parametrize(
    ("filters", "found"), [({"date_from": "-7d"}, ("-7d", "now")), ({"date_to": "-1d"}, ("-24h", "-1d"))]
)
def test_a_table_of_events_keeps_the_date_that_is_not_named(filters, found):
    query = {"kind": "EventsQuery", "select": ["*"], "after": "-24h", "before": "now"}

    changed = apply_dashboard_filters(query, filters)

    assert (changed["after"], changed["before"]) == found


def test_tables_of_events_get_after_and_before():
    query = {"kind": "DataTableNode", "source": {"kind": "EventsQuery", "select": ["*"], "after": "-24h"}}

    source = apply_dashboard_filters(query, {"date_from": "-7d", "date_to": "-1d", "properties": ADDED})["source"]

    assert (source["after"], source["before"], source["properties"]) == ("-7d", "-1d", ADDED)
