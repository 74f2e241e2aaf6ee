from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.exceptions import Refusal
from insights.queries import run
from tests.insights.queries.reference.samples import SampleEvent

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
START = datetime(2024, 1, 8, 10, tzinfo=UTC)


def walk(person, *steps):
    """`("/a", 0)` is a page view so many minutes after START, `("signed up", 5)` an event."""
    return [
        SampleEvent(
            "$pageview" if name.startswith(("/", "http")) else name,
            START + timedelta(minutes=minute),
            person=person,
            properties={"$current_url": name},
        )
        for name, minute in steps
    ]


def paths(**asked):
    return {"kind": "PathsQuery", "pathsFilter": asked}


@pytest.fixture
def ask(team):
    def asked(query):
        return [(one["source"], one["target"], one["value"]) for one in run(query, team=team, now=NOW)["results"]]

    return asked


def test_transitions_are_counted_step_by_step(team, store):
    store(walk(1, ("/a", 0), ("/b/", 2), ("/c", 3)) + walk(2, ("/a/", 0), ("/b", 4), ("signed up", 5)))

    assert run(paths(), team=team, now=NOW)["results"] == [
        {"source": "1_/a", "target": "2_/b", "value": 2, "average_conversion_time": 180_000},
        {"source": "2_/b", "target": "3_/c", "value": 1, "average_conversion_time": 60_000},
        {"source": "2_/b", "target": "3_signed up", "value": 1, "average_conversion_time": 60_000},
    ]


def test_half_an_hour_of_silence_begins_a_new_path(ask, store):
    store(walk(1, ("/a", 0), ("/b", 29), ("/c", 59), ("/d", 60)))

    assert ask(paths()) == [("1_/a", "2_/b", 1), ("1_/c", "2_/d", 1)]


def test_repetitions_are_one_step(ask, store):
    store(walk(1, ("/a", 0), ("/a", 1), ("/b", 2), ("/a", 3)))

    assert ask(paths()) == [("1_/a", "2_/b", 1), ("2_/b", "3_/a", 1)]


def test_only_the_first_five_steps_are_shown_unless_more_are_asked(ask, store):
    store(walk(1, *((f"/{number}", number) for number in range(8))))

    assert len(ask(paths())) == 4
    assert len(ask(paths(stepLimit=7))) == 6


def test_a_start_point_begins_the_path_where_it_is_first_met(ask, store):
    store(walk(1, ("/a", 0), ("/b", 1), ("/c", 2), ("/b", 3)) + walk(2, ("/a", 0), ("/c", 1)))

    assert ask(paths(startPoint="/b")) == [("1_/b", "2_/c", 1), ("2_/c", "3_/b", 1)]


def test_an_end_point_ends_it_and_the_last_steps_are_shown(ask, store):
    store(walk(1, ("/a", 0), ("/b", 1), ("/c", 2), ("/d", 3)) + walk(2, ("/a", 0), ("/b", 1)))

    assert ask(paths(endPoint="/c", stepLimit=2)) == [("1_/b", "2_/c", 1)]


@pytest.mark.parametrize(
    ("kinds", "edges"),
    [
        (["$pageview"], [("1_/a", "2_/b", 1)]),
        (["custom_event"], [("1_signed up", "2_paid", 1)]),
        (
            ["$pageview", "custom_event"],
            [("1_/a", "2_signed up", 1), ("2_signed up", "3_/b", 1), ("3_/b", "4_paid", 1)],
        ),
    ],
)
def test_kinds_of_events_may_be_chosen(ask, store, kinds, edges):
    store(walk(1, ("/a", 0), ("signed up", 1), ("/b", 2), ("$autocapture", 3), ("paid", 4)))

    assert ask(paths(includeEventTypes=kinds)) == edges


def test_excluded_steps_are_as_if_they_had_not_been(ask, store):
    store(walk(1, ("/a", 0), ("/b", 1), ("/c", 2)))

    assert ask(paths(excludeEvents=["/b"])) == [("1_/a", "2_/c", 1)]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, [("1_/a", "2_/b", 1), ("2_/b", "3_/c", 1), ("3_/c", "4_/d", 1), ("4_/d", "5_/e", 1)]),
        (4, [("1_/a", "2_/b", 1), ("2_/b", "3_...", 1), ("3_...", "4_/d", 1), ("4_/d", "5_/e", 1)]),
        (3, [("1_/a", "2_...", 1), ("2_...", "3_/e", 1)]),
        (1, []),
    ],
)
def test_from_one_point_to_another_the_middle_of_long_paths_is_one_step(ask, store, limit, expected):
    names = ["/x", "/e", "/a", "/b", "/c", "/d", "/e", "/z", "/a"]
    store(walk(1, *((name, minute) for minute, name in enumerate(names))) + walk(2, ("/e", 0), ("/a", 1)))

    assert ask(paths(startPoint="/a/", endPoint="/e", stepLimit=limit)) == expected


@pytest.mark.parametrize(
    ("kinds", "expression", "expected"),
    [
        (["hogql"], "properties.page", [("1_one", "2_two", 1), ("2_two", "3_", 1)]),
        (["hogql"], "person.properties.team", []),
        (["custom_event", "hogql"], "concat(event, '!')", [("1_signed up!", "2_paid!", 1)]),
        (None, "concat(event, '!')", [("1_/a", "2_signed up!", 1), ("2_signed up!", "3_paid!", 1)]),
        (["custom_event"], "concat(event, '!')", [("1_signed up", "2_paid", 1)]),
        (["hogql"], None, [("1_$pageview", "2_signed up", 1), ("2_signed up", "3_paid", 1)]),
    ],
)
def test_expressions_name_steps(ask, store, kinds, expression, expected):
    at = walk(1, ("/a", 0), ("/b", 1), ("/c", 2))
    store(
        [
            replace(at[0], properties={**at[0].properties, "page": "one"}),
            replace(at[1], event="signed up", properties={"page": "two"}),
            replace(at[2], event="paid", properties={}),
        ]
    )

    assert ask(paths(includeEventTypes=kinds, pathsHogQLExpression=expression)) == expected


def test_steps_are_grouped_and_cleaned(ask, store):
    store(walk(1, ("/a", 0), ("/user/1", 1), ("/user/2", 2), ("/shop/7/buy", 3), ("/shop/8/buy", 4)))

    asked = {"pathGroupings": ["/user/*"], "localPathCleaningFilters": [{"regex": r"/\d+/", "alias": "/:id/"}]}

    assert ask(paths(**asked)) == [("1_/a", "2_/user/*", 1), ("2_/user/*", "3_/shop/:id/buy", 1)]


def test_cleaning_rules_cannot_make_a_name_grow_without_end(ask, store):
    store(walk(1, ("/aaaaaaaa", 0), ("/b", 1)))
    doubled = [{"regex": "a", "alias": "aa"}]

    assert ask(paths(localPathCleaningFilters=doubled * 3)) == [(f"1_/{'a' * 64}", "2_/b", 1)]
    with pytest.raises(Refusal, match="a name of more than 5000 characters"):
        ask(paths(localPathCleaningFilters=doubled * 24))


def test_edges_are_limited_and_what_then_hangs_in_the_air_is_dropped(ask, store):
    walks = [walk(person, ("/a", 0), (f"/{person}", 1), ("/z", 2)) for person in (1, 2, 3)]
    store(sum(walks, []) + walk(4, ("/1", 0), ("/z", 1)) + walk(5, ("/1", 0), ("/z", 1)))

    assert ask(paths(edgeLimit=1)) == [("1_/1", "2_/z", 2)]
    assert ask(paths(minEdgeWeight=2)) == [("1_/1", "2_/z", 2)]
    assert ("1_/1", "2_/z", 2) not in ask(paths(maxEdgeWeight=1))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (paths(stepLimit=0), "stepLimit"),
        (paths(edgeLimit=10**9), "edgeLimit"),
        (paths(minEdgeWeight=-1), "minEdgeWeight"),
        (paths(maxEdgeWeight=2**40), "maxEdgeWeight"),
        (paths(pathsHogQLExpression="x"), r"pathsFilter\.pathsHogQLExpression: Unable to resolve field: x"),
        (paths(pathsHogQLExpression="count()"), r"pathsFilter\.pathsHogQLExpression: an aggregate"),
        (
            paths(localPathCleaningFilters=[{"regex": "(", "alias": "x"}]),
            r"localPathCleaningFilters\.0: Invalid regular",
        ),
        (paths(localPathCleaningFilters=[{"regex": "a", "alias": "x" * 401}]), r"localPathCleaningFilters\.0\.alias"),
        (paths(pathGroupings=["*"] * 51), "groupings"),
        (
            {**paths(), "funnelPathsFilter": {"funnelSource": {"kind": "FunnelsQuery", "series": []}}},
            "funnelPathsFilter",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(ask, query, words):
    with pytest.raises(Refusal, match=words):
        ask(query)
