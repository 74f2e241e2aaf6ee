"""Several breakdowns, bins, cleaned URLs; first times, combined series, groups in place of persons."""

from datetime import UTC, datetime, timedelta

import pytest

from insights.queries import run
from insights.queries.trends.breakdowns import bins_between
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
NULL, OTHER = "$$_posthog_breakdown_null_$$", "$$_posthog_breakdown_other_$$"


def node(event="bought", **keys):
    return {"kind": "EventsNode", "event": event, **keys}


@pytest.fixture
def ask(team):
    def asked(*series, **query):
        return run({"kind": "TrendsQuery", "series": list(series), **query}, team=team, now=NOW)["results"]

    return asked


def bought(*bags, event="bought"):
    return [SampleEvent(event, NOW, person=number, properties=bag) for number, bag in enumerate(bags, 1)]


def values(results):
    return [(one["breakdown_value"], one["count"]) for one in results]


def test_several_properties_break_down_together(ask, store):
    store(
        bought({"a": "x"}, {"a": "x", "b": "y::z"}, {"a": "x", "b": "y::z"}, {}),
        [SamplePerson(1, {"plan": "paid"})],
    )
    asked = {"breakdowns": [{"property": "a"}, {"property": "b", "type": "event"}]}

    results = ask(node(), breakdownFilter=asked)

    assert values(results) == [(["x", "y::z"], 2), ([NULL, NULL], 1), (["x", NULL], 1)]
    assert [one["label"] for one in results][:1] == ["x::y::z"]
    persons = {"breakdowns": [{"property": "a"}, {"property": "plan", "type": "person"}], "breakdown_limit": 1}
    assert values(ask(node(math="dau"), breakdownFilter=persons)) == [(["x", "paid"], 1), ([OTHER, OTHER], 3)]


def test_one_of_the_new_kind_has_a_list_too(ask, store):
    store(bought({"a": "x"}, {}))

    assert values(ask(node(), breakdownFilter={"breakdowns": [{"property": "a"}]})) == [(["x"], 1), ([NULL], 1)]


def test_a_formula_over_several_breakdowns(ask, store):
    store(bought({"a": "x", "b": "y"}) + bought({"a": "x"}, event="sold"))

    asked = {"breakdowns": [{"property": "a"}, {"property": "b"}]}
    results = ask(node(), node("sold"), breakdownFilter=asked, trendsFilter={"formula": "A + B * 2"})

    assert values(results) == [(["x", "y"], 1), (["x", NULL], 2)]


def test_numbers_in_bins(ask, store):
    store(bought(*({"price": price} for price in (0, 4, 5, "10", "dear")), {}))

    results = ask(node(), breakdownFilter={"breakdown": "price", "breakdown_histogram_bin_count": 2})

    assert values(results) == [("[0,5]", 2), ("[5,10.01]", 2), (NULL, 2)]


def test_bins_of_one_number_are_one(ask, store):
    store(bought({"price": 7}, {"price": 7}))

    asked = {"breakdowns": [{"property": "price", "histogram_bin_count": 10}]}

    assert values(ask(node(), breakdownFilter=asked)) == [(["[7,7.01]"], 2)]


@pytest.mark.parametrize(("low", "high"), [(0, 0), (-3.333, 1e-9), (-1e99, 1e99), (1.7e308, 1.79e308), (5, 5.001)])
def test_bins_begin_at_the_least_number(low, high):
    bins = bins_between(low, high, 7)

    assert bins.edges[0] <= low
    assert len(bins.labels) == len(bins.edges) == len(set(bins.edges)) <= 7


def test_urls_without_what_ends_them(ask, store):
    urls = ["/", "", "/a", "/a/", "/a?", "/a#/", "/a?b=1"]
    store(bought(*({"$current_url": url} for url in urls), {}))

    asked = {"breakdown": "$current_url", "breakdown_normalize_url": True}

    assert values(ask(node(), breakdownFilter=asked)) == [("/a", 4), ("/", 2), ("/a?b=1", 1), (NULL, 1)]


def test_a_project_without_rules_has_clean_paths(ask, store):
    store(bought({"$pathname": "/a/1"}, {"$pathname": "/a/2"}))

    asked = {"breakdown": "$pathname", "breakdown_path_cleaning": True}

    assert values(ask(node(), breakdownFilter=asked)) == [("/a/1", 1), ("/a/2", 1)]


def test_an_old_list_of_properties_breaks_down_by_all_of_them(ask, store):
    store(bought({"a": "x", "b": "y"}))

    assert values(ask(node(), breakdownFilter={"breakdown": ["a", "b"]})) == [(["x", "y"], 1)]
    assert values(ask(node(), breakdownFilter={"breakdown": ["a"]})) == [("x", 1)]


def test_first_times_are_counted_once_in_a_life(ask, store):
    paid = [{"key": "plan", "value": "paid"}]
    store(
        [
            SampleEvent("bought", NOW - timedelta(days=300), person=1, properties={"plan": "free"}),
            SampleEvent("bought", NOW - timedelta(days=1), person=1, properties={"plan": "paid"}),
            SampleEvent("bought", NOW, person=1, properties={"plan": "paid"}),
            SampleEvent("bought", NOW, person=2, properties={"plan": "paid"}),
        ]
    )

    def count(math, **keys):
        [result] = ask(node(math=math, **keys))
        return result["data"][-2:]

    assert count("first_time_for_user") == [0, 1]
    assert count("first_time_for_user", properties=paid) == [0, 1]
    assert count("first_matching_event_for_user", properties=paid) == [1, 1]


def test_a_combined_series_counts_an_event_once(ask, store):
    store(bought({"a": "x"}) + bought({}, {}, event="sold") + bought({}, event="other"))
    parts = [node(), node("sold"), node(properties=[{"key": "a", "value": "x"}])]

    [result] = ask({"kind": "GroupNode", "operator": "OR", "nodes": parts, "name": "Trade"})

    assert (result["count"], result["label"]) == (3, "Trade")


def test_groups_may_be_counted_in_place_of_persons(ask, store):
    store(bought({"$group_1": "acme"}, {"$group_1": "acme"}, {"$group_1": "globex"}, {}))

    def counts(math):
        return [ask(node(math=math), **keys)[0]["data"][-1] for keys in ({}, {"aggregation_group_type_index": 1})]

    assert counts("dau") == [4, 2]
    assert counts("weekly_active") == [4, 2]
    assert counts("avg_count_per_actor") == [1, 1.5]
    assert counts("total") == [4, 4]
