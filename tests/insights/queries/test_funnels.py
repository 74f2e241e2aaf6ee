from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.exceptions import Refusal
from events.models import Cohort
from insights.queries import run
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
START = datetime(2024, 1, 8, 10, tzinfo=UTC)


def node(event, **keys):
    return {"kind": "EventsNode", "event": event, **keys}


def funnel(*events, **asked):
    outer = {key: asked.pop(key) for key in ("breakdownFilter", "interval", "dateRange", "properties") if key in asked}
    series = [one if isinstance(one, dict) else node(one) for one in events]
    return {"kind": "FunnelsQuery", "series": series, "funnelsFilter": asked, **outer}


def exclusion(event, first=0, last=1):
    return node(event, funnelFromStep=first, funnelToStep=last)


def journey(person, *steps, **properties):
    """`("a", 0), ("b", 5)`: events and the minutes after START."""
    return [
        SampleEvent(name, START + timedelta(minutes=minute), person=person, properties=properties)
        for name, minute in steps
    ]


@pytest.fixture
def ask(team):
    return lambda query: run(query, team=team, now=NOW)["results"]


def counts(results):
    return [step["count"] for step in results]


def test_counts_each_person_once_with_the_furthest_step(ask, store):
    store(
        journey(1, ("a", 0), ("b", 10), ("c", 30))
        + journey(2, ("a", 0), ("a", 1), ("b", 2))
        + journey(3, ("b", 0), ("a", 1))
        + journey(4, ("b", 0), ("c", 1))
    )

    results = ask(funnel("a", node("b", custom_name="Second"), "c"))

    assert counts(results) == [3, 2, 1]
    assert results[1] == {
        "action_id": "b",
        "name": "b",
        "custom_name": "Second",
        "order": 1,
        "people": [],
        "count": 2,
        "type": "events",
        "average_conversion_time": (600 + 60) / 2,
        "median_conversion_time": 330,
    }
    assert results[0]["average_conversion_time"] is None
    assert results[2]["average_conversion_time"] == 1200


def test_nobody_is_zero_steps(ask):
    assert counts(ask(funnel("a", "b"))) == [0, 0]
    assert ask(funnel("a", "b", breakdownFilter={"breakdown": "$browser"})) == []


def test_one_event_is_one_step(ask, store):
    store(journey(1, ("a", 0)) + journey(2, ("a", 0), ("a", 0)) + journey(3, ("a", 0), ("a", 9)))

    assert counts(ask(funnel("a", "a"))) == [3, 2]


def test_simultaneous_events_are_steps_in_their_order(ask, store):
    store(journey(1, ("c", 0), ("b", 0), ("a", 0)))

    assert counts(ask(funnel("a", "b", "c"))) == [1, 1, 1]


@pytest.mark.parametrize(("minute", "reached"), [(60, [1, 1]), (61, [1, 0])])
def test_the_window_includes_its_end(ask, store, minute, reached):
    store(journey(1, ("a", 0), ("b", minute)))

    assert counts(ask(funnel("a", "b", funnelWindowInterval=1, funnelWindowIntervalUnit="hour"))) == reached


def test_the_window_begins_with_the_first_step_of_each_attempt(ask, store):
    store(journey(1, ("a", 0), ("a", 50), ("b", 70), ("c", 100)))

    query = funnel("a", "b", "c", funnelWindowInterval=1, funnelWindowIntervalUnit="hour")

    assert counts(ask(query)) == [1, 1, 1]


def test_strict_lets_nothing_come_between(ask, store):
    store(journey(1, ("a", 0), ("x", 1), ("b", 2)) + journey(2, ("a", 0), ("a", 1), ("b", 2)))

    assert counts(ask(funnel("a", "b", funnelOrderType="strict"))) == [2, 1]
    assert counts(ask(funnel("a", "b"))) == [2, 2]


def test_unordered_takes_the_steps_as_they_come(ask, store):
    store(journey(1, ("c", 0), ("a", 1), ("b", 2)) + journey(2, ("c", 0), ("b", 1)) + journey(3, ("b", 0)))

    results = ask(funnel("a", "b", "c", funnelOrderType="unordered"))

    assert counts(results) == [3, 2, 1]
    assert [(one["name"], one["action_id"]) for one in results] == [
        ("Completed 1 step", None),
        ("Completed 2 steps", None),
        ("Completed 3 steps", None),
    ]


def test_unordered_gives_an_event_to_one_step_only(ask, store):
    paid = [{"key": "plan", "value": "paid"}]
    store(
        journey(1, ("a", 0), plan="paid")
        + journey(2, ("a", 0), ("a", 5), plan="paid")
        + journey(3, ("a", 0), ("a", 5), plan="free")
    )

    assert counts(ask(funnel("a", node("a", properties=paid), funnelOrderType="unordered"))) == [3, 1]


def test_an_excluded_event_spoils_the_attempt_and_with_all_attempts_the_person(ask, store):
    store(
        journey(1, ("a", 0), ("x", 1), ("b", 2))
        + journey(2, ("a", 0), ("x", 1), ("a", 2), ("b", 3))
        + journey(3, ("a", 0), ("b", 1), ("x", 2))
        + journey(4, ("a", 0), ("x", 5))
    )

    assert counts(ask(funnel("a", "b", exclusions=[exclusion("x")]))) == [2, 2]


def test_an_exclusion_may_concern_a_part_of_the_funnel(ask, store):
    store(journey(1, ("a", 0), ("x", 1), ("b", 2), ("c", 3)) + journey(2, ("a", 0), ("b", 1), ("x", 2), ("c", 3)))

    assert counts(ask(funnel("a", "b", "c", exclusions=[exclusion("x", 1, 2)]))) == [1, 1, 1]


@pytest.mark.parametrize(
    ("attribution", "expected"),
    [
        ("first_touch", {"Chrome": [1, 1], "": [1, 0]}),
        ("last_touch", {"Safari": [1, 1], "": [1, 0]}),
        ("all_events", {"Chrome": [1, 0], "": [1, 0]}),
        ("step", {"Safari": [1, 1], "": [1, 0]}),
    ],
)
def test_attribution_says_which_event_gives_the_value(ask, store, attribution, expected):
    chrome, safari = {"$browser": "Chrome"}, {"$browser": "Safari"}
    store(journey(1, ("a", 0), **chrome) + journey(1, ("b", 1), **safari) + journey(2, ("a", 0)))

    asked = {"breakdownAttributionType": attribution, "breakdownAttributionValue": 1}
    results = ask(funnel("a", "b", breakdownFilter={"breakdown": "$browser"}, **asked))

    assert {one[0]["breakdown_value"][0]: counts(one) for one in results} == expected


def test_breakdown_lists_who_converts_first_and_the_rest_together(ask, store):
    store(
        journey(1, ("a", 0), ("b", 1), browser="rare")
        + journey(2, ("a", 0), browser="often")
        + journey(3, ("a", 0), browser="often")
        + journey(4, ("a", 0), browser="last")
        + journey(5, ("a", 0))
    )

    results = ask(funnel("a", "b", breakdownFilter={"breakdown": ["browser"], "breakdown_limit": 2}))

    assert [(one[0]["breakdown_value"], counts(one)) for one in results] == [
        (["rare"], [1, 1]),
        (["often"], [2, 0]),
        (["Other"], [2, 0]),
    ]


def test_several_properties_break_down_together(ask, store):
    store(journey(1, ("a", 0), browser="x") + journey(2, ("a", 0)), [SamplePerson(1, {"plan": "paid"})])

    asked = {"breakdowns": [{"property": "browser"}, {"property": "plan", "type": "person"}]}
    results = ask(funnel("a", "b", breakdownFilter=asked))

    assert [one[0]["breakdown_value"] for one in results] == [["", ""], ["x", "paid"]]


def test_trends_are_rates_by_the_start_of_the_attempt(ask, store):
    day = 24 * 60
    store(
        journey(1, ("a", 0), ("b", day))
        + journey(2, ("a", 0))
        + journey(3, ("a", 0), ("a", 1), ("b", 2))
        + journey(1, ("a", 2 * day))
    )

    [result] = ask(funnel("a", "b", funnelVizType="trends"))

    assert result["data"] == [0, 0, 0, 0, 0, 66.67, 0, 0]
    assert (result["count"], result["days"][5], result["labels"][5]) == (8, "2024-01-08", "8-Jan-2024")


def test_time_to_convert_has_bins(ask, store):
    store(journey(1, ("a", 0), ("b", 37)) + journey(2, ("a", 0), ("b", 60)) + journey(3, ("a", 0), ("b", 1380)))

    result = ask(funnel("a", "b", funnelVizType="time_to_convert"))

    assert result["bins"] == [[2220, 2], [42510, 0], [82800, 1]]
    assert result["average_conversion_time"] == (2220 + 3600 + 82800) / 3


def test_nobody_converts_in_no_time(ask):
    result = ask(funnel("a", "b", funnelVizType="time_to_convert"))

    assert (result["bins"], result["average_conversion_time"]) == ([], None)


def test_the_first_time_is_the_first_ever(ask, store):
    long_ago = [SampleEvent("a", START - timedelta(days=300), person=1)]
    store(long_ago + journey(1, ("a", 0), ("b", 1)) + journey(2, ("a", 0), ("b", 1)))

    assert counts(ask(funnel(node("a", math="first_time_for_user"), "b"))) == [1, 1]


def test_sessions_and_groups_may_be_counted_instead_of_persons(ask, store):
    store(
        journey(1, ("a", 0), **{"$session_id": "s", "$group_0": "acme"})
        + journey(2, ("b", 1), **{"$session_id": "s", "$group_0": "acme"})
        + journey(3, ("a", 0), ("b", 1))
    )

    assert counts(ask(funnel("a", "b"))) == [2, 1]
    assert counts(ask(funnel("a", "b", funnelAggregateByHogQL="properties.$session_id"))) == [1, 1]
    assert counts(ask({**funnel("a", "b"), "aggregation_group_type_index": 0})) == [1, 1]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("person_id", [2, 1]),
        ("properties['$session_id']", [1, 1]),
        ("session.session_id", [1, 1]),
        ("person.properties.team", [1, 1]),
        ("toDate(timestamp)", [1, 1]),
        ("concat(properties.$session_id, person.properties.team)", [1, 1]),
        ("if(event = 'a', 'x', 'y')", [1, 0]),
        ("nullIf(properties.$session_id, 's')", [0, 0]),
    ],
)
def test_whatever_an_expression_tells_apart_may_be_counted(ask, store, expression, expected):
    together = [SamplePerson(number, {"team": "red"}) for number in (1, 2)]
    store(
        journey(1, ("a", 0), **{"$session_id": "s"}) + journey(2, ("a", 1), ("b", 2), **{"$session_id": "s"}), together
    )

    assert counts(ask(funnel("a", "b", funnelAggregateByHogQL=expression))) == expected


@pytest.mark.parametrize(
    ("breakdown", "expected"),
    [
        ({"breakdown": "properties.plan.name", "breakdown_type": "hogql"}, {"pro": [1, 1], "": [1, 0]}),
        ({"breakdown": "person.properties.team", "breakdown_type": "hogql"}, {"red": [2, 1]}),
        ({"breakdown": "toFloat(properties.n) > 1", "breakdown_type": "hogql"}, {"true": [1, 1], "false": [1, 0]}),
        ({"breakdown": "$entry_current_url", "breakdown_type": "session"}, {"https://x.io/in": [1, 1], "": [1, 0]}),
        (
            {"breakdowns": [{"property": "distinct_id", "type": "event_metadata"}]},
            {"person-1": [1, 1], "person-2": [1, 0]},
        ),
    ],
)
def test_expressions_and_sessions_break_funnels_down(ask, store, breakdown, expected):
    store(
        journey(
            1, ("a", 0), ("b", 1), plan={"name": "pro"}, n=2, **{"$session_id": "s", "$current_url": "https://x.io/in"}
        )
        + journey(2, ("a", 0), n=1),
        [SamplePerson(number, {"team": "red"}) for number in (1, 2)],
    )

    found = ask(funnel("a", "b", breakdownFilter=breakdown))

    assert {one[0]["breakdown_value"][0]: counts(one) for one in found} == expected


def test_cohorts_break_funnels_down(ask, team, store):
    store(
        journey(1, ("a", 0), ("b", 1)) + journey(2, ("a", 0)) + journey(3, ("a", 0), ("b", 1)),
        [SamplePerson(1, {"team": "red"}), SamplePerson(2, {"team": "red"})],
    )
    red = {"type": "AND", "values": [{"type": "person", "key": "team", "value": "red"}]}
    cohort = Cohort.objects.create(team=team, name="Reds", filters={"properties": red})
    by_cohorts = {"breakdown_type": "cohort", "breakdown": [cohort.pk, "all"]}

    found = ask(funnel("a", "b", breakdownFilter=by_cohorts))
    trend = ask(funnel("a", "b", breakdownFilter=by_cohorts, funnelVizType="trends", dateRange={"date_from": "-2d"}))

    assert [(one[0]["breakdown"], one[1]["breakdown_value"], counts(one)) for one in found] == [
        ("all users", "all", [3, 2]),
        ("Reds", cohort.pk, [2, 1]),
    ]
    assert [(one["breakdown"], one["data"]) for one in trend] == [("all users", [66.67, 0, 0]), ("Reds", [50, 0, 0])]


class TestComparing:
    RANGE = {"date_from": "2024-01-08", "date_to": "2024-01-08"}

    @pytest.fixture(autouse=True)
    def stored(self, store):
        """Two of three convert on the day; the day before, one of one, and a week before, none of two."""
        day = timedelta(days=1)
        store(
            [
                *journey(1, ("a", 0), ("b", 1), browser="x"),
                *journey(2, ("a", 0), ("b", 3), browser="y"),
                *journey(3, ("a", 0), browser="x"),
                *(replace(one, timestamp=one.timestamp - day) for one in journey(4, ("a", 0), ("b", 9), browser="z")),
                *(
                    replace(one, timestamp=one.timestamp - 7 * day)
                    for one in journey(5, ("a", 0)) + journey(6, ("a", 0))
                ),
            ]
        )

    def compared(self, ask, **asked):
        compare = {"compare": True, **asked.pop("compare", {})}
        return ask({**funnel("a", "b", dateRange=self.RANGE, **asked), "compareFilter": compare})

    def test_the_steps_of_the_current_period_come_first(self, ask):
        found = self.compared(ask)

        assert [(one["compare_label"], one["name"], one["count"]) for one in found] == [
            ("current", "a", 3),
            ("current", "b", 2),
            ("previous", "a", 1),
            ("previous", "b", 1),
        ]
        assert (found[1]["average_conversion_time"], found[3]["average_conversion_time"]) == (120, 540)

    def test_with_an_earlier_period(self, ask):
        assert counts(self.compared(ask, compare={"compare_to": "-1w"})) == [3, 2, 2, 0]

    def test_not_with_all(self, ask):
        query = {**funnel("a", "b", dateRange={"date_from": "all"}), "compareFilter": {"compare": True}}

        assert counts(ask(query)) == [6, 3]

    def test_values_are_the_same_in_both(self, ask):
        found = self.compared(ask, breakdownFilter={"breakdown": "browser"})

        assert [(one[0]["compare_label"], one[0]["breakdown_value"], counts(one)) for one in found] == [
            ("current", ["x"], [2, 1]),
            ("current", ["y"], [1, 1]),
            ("current", ["z"], [0, 0]),
            ("previous", ["x"], [0, 0]),
            ("previous", ["y"], [0, 0]),
            ("previous", ["z"], [1, 1]),
        ]

    def test_trends(self, ask):
        found = self.compared(ask, funnelVizType="trends")

        assert [(one["compare_label"], one["days"], one["data"]) for one in found] == [
            ("current", ["2024-01-08"], [66.67]),
            ("previous", ["2024-01-07"], [100]),
        ]

    def test_times_to_convert_have_the_same_bins(self, ask):
        found = self.compared(ask, funnelVizType="time_to_convert", binCount=2)

        assert [(one["compare_label"], one["bins"], one["average_conversion_time"]) for one in found] == [
            ("current", [[60, 2], [300, 0], [540, 0]], 120),
            ("previous", [[60, 0], [300, 0], [540, 1]], 540),
        ]


@pytest.mark.parametrize(("window", "days"), [(1, ["2024-01-07", "2024-01-08"]), (2, ["2024-01-07"]), (9, [])])
def test_periods_in_which_attempts_may_still_go_on_can_be_hidden(ask, store, window, days):
    store(journey(1, ("a", 0), ("b", 1)))
    asked = {"funnelVizType": "trends", "funnelWindowInterval": window, "dateRange": {"date_from": "-3d"}}

    [shown] = ask(funnel("a", "b", hideIncompleteConversionWindowPeriods=True, **asked))
    [everything] = ask(funnel("a", "b", **asked))

    assert (shown["days"], shown["count"], len(shown["labels"])) == (days, len(days), len(days))
    assert shown["data"] == everything["data"][: len(days)]
    assert everything["count"] == 4


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        (funnel("a"), "funnels_require_at_least_two_steps", "Funnels require at least two steps."),
        (funnel(*["a"] * 33), "funnel_max_steps_exceeded", "32"),
        (funnel("a", "b", funnelFromStep=1), "funnel_step_range_invalid", "steps"),
        (funnel("a", "b", funnelToStep=2), "funnel_step_range_invalid", "steps"),
        (funnel("a", "b", exclusions=[exclusion("x", 1, 1)]), "funnel_exclusions_invalid", "greater than start"),
        (funnel("a", "b", exclusions=[exclusion("x", 0, 2)]), "funnel_exclusions_invalid", "number of steps"),
        (funnel("a", "b", exclusions=[exclusion("x", 4, 5)]), "funnel_exclusions_invalid", "number of steps"),
        (funnel("a", "b", exclusions=[exclusion("b")]), "funnel_exclusions_invalid", "part of funnel steps"),
        (
            funnel("a", "b", "c", exclusions=[exclusion("x")], funnelOrderType="unordered"),
            "funnel_exclusions_invalid",
            "Partial Exclusions not allowed in unordered funnels",
        ),
        (funnel(node("a", optionalInFunnel=True), "b"), "funnel_optional_steps_invalid", "first step"),
        (
            funnel("a", node("b", optionalInFunnel=True), "b"),
            "funnel_optional_steps_invalid",
            "cannot be the same as the following required step",
        ),
        (
            funnel("a", node("b", optionalInFunnel=True), funnelOrderType="unordered"),
            "funnel_optional_steps_invalid",
            "ordered and strict",
        ),
        (
            funnel("a", node("b", optionalInFunnel=True), funnelVizType="trends"),
            "funnel_optional_steps_invalid",
            "show steps",
        ),
        (
            funnel("a", node("b", optionalInFunnel=True), "c", exclusions=[exclusion("x", 1, 2)]),
            "invalid_input",
            "an exclusion that begins or ends with an optional step",
        ),
        (
            funnel(
                "a",
                "b",
                breakdownFilter={"breakdown": "x"},
                funnelOrderType="unordered",
                breakdownAttributionType="step",
                breakdownAttributionValue=1,
            ),
            "invalid_input",
            "unordered",
        ),
        (funnel("a", "b", funnelWindowInterval=0), "invalid_input", "funnelWindowInterval"),
        (funnel("a", "b", funnelWindowInterval=10**30), "invalid_input", "funnelWindowInterval"),
        (funnel("a", "b", funnelVizType="flow"), "invalid_input", "funnelVizType: flow"),
        (funnel("a", node("b", math="sum")), "invalid_input", "series.1.math"),
        (funnel("a", "b", funnelAggregateByHogQL="sum(1)"), "invalid_input", "funnelAggregateByHogQL: an aggregate"),
        (
            funnel("a", "b", funnelAggregateByHogQL="toString(row_number() over ())"),
            "invalid_input",
            "A window function cannot stand here",
        ),
        (funnel("a", "b", funnelAggregateByHogQL="x"), "unresolved_field", "funnelAggregateByHogQL: Unable to resolve"),
        (
            funnel("a", "b", breakdownFilter={"breakdown": "x", "breakdown_type": "hogql"}),
            "unresolved_field",
            r"breakdownFilter\.breakdown: Unable to resolve field: x",
        ),
        (
            funnel("a", "b", breakdownFilter={"breakdown": "x", "breakdown_histogram_bin_count": 3}),
            "invalid_input",
            "histograms",
        ),
        ({**funnel("a", "b"), "aggregation_group_type_index": 5}, "invalid_input", "aggregation_group_type_index"),
        (funnel("a", {"kind": "ActionsNode", "id": 1}), "invalid_input", "Action ID 1 does not exist!"),
        (funnel("a", "b", breakdownFilter={"breakdown": [1], "breakdown_type": "cohort"}), "invalid_input", "Cohort 1"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(ask, query, code, words):
    with pytest.raises(Refusal, match=words) as refusal:
        ask(query)
    assert refusal.value.code == code


MAYBE = node("b", optionalInFunnel=True)
MAYBE_TOO = node("c", optionalInFunnel=True)


@pytest.mark.parametrize(
    ("walked", "ordered", "strict"),
    [
        ([("a", 0), ("b", 1), ("d", 2)], [1, 1, 0, 1], [1, 1, 0, 1]),
        ([("a", 0), ("d", 2)], [1, 0, 0, 1], [1, 0, 0, 1]),
        ([("a", 0), ("d", 1), ("b", 2)], [1, 0, 0, 1], [1, 0, 0, 1]),
        ([("a", 0), ("b", 1), ("c", 2), ("d", 3)], [1, 1, 1, 1], [1, 1, 1, 1]),
        ([("a", 0), ("c", 1), ("b", 2), ("d", 3)], [1, 0, 1, 1], [1, 0, 1, 0]),
        ([("a", 0), ("b", 1), ("x", 2), ("d", 3)], [1, 1, 0, 1], [1, 1, 0, 0]),
        ([("a", 0), ("b", 1)], [1, 1, 0, 0], [1, 1, 0, 0]),
        ([("a", 0), ("c", 61), ("d", 62)], [1, 0, 0, 0], [1, 0, 0, 0]),
        ([("a", 0), ("b", 1), ("a", 2), ("d", 3)], [1, 1, 0, 1], [1, 0, 0, 1]),
        ([("a", 0), ("b", 1), ("a", 2), ("b", 3), ("c", 4), ("d", 5)], [1, 1, 1, 1], [1, 1, 1, 1]),
    ],
)
def test_steps_may_be_optional(ask, store, walked, ordered, strict):
    store(journey(1, *walked))
    steps = ("a", MAYBE, MAYBE_TOO, "d")
    hour = {"funnelWindowInterval": 1, "funnelWindowIntervalUnit": "hour"}

    assert counts(ask(funnel(*steps, **hour))) == ordered
    assert counts(ask(funnel(*steps, funnelOrderType="strict", **hour))) == strict


def test_any_event_may_be_optional_before_a_step_of_several(ask, store):
    store(journey(1, ("a", 0), ("x", 1), ("c", 2)))
    either = {"kind": "GroupNode", "operator": "OR", "nodes": [node("b"), node("c")]}

    assert counts(ask(funnel("a", node(None, optionalInFunnel=True), either))) == [1, 1, 1]


def test_optional_steps_delay_nothing_and_have_no_times(ask, store):
    store(journey(1, ("a", 0), ("b", 1), ("d", 3)) + journey(2, ("a", 0), ("d", 5)))

    results = ask(funnel("a", MAYBE, "d"))

    assert counts(results) == [2, 1, 2]
    assert [one["average_conversion_time"] for one in results] == [None, None, 240]


def test_optional_steps_beside_breakdowns_and_exclusions(ask, store):
    store(
        journey(1, ("a", 0), ("b", 1), ("d", 3), browser="x")
        + journey(2, ("a", 0), ("d", 5), browser="y")
        + journey(3, ("a", 0), ("x", 1), ("b", 2), ("d", 5), browser="y")
    )

    found = ask(funnel("a", MAYBE, "d", breakdownFilter={"breakdown": "browser"}, exclusions=[exclusion("x", 0, 2)]))
    by_step = ask(
        funnel(
            "a",
            MAYBE,
            "d",
            breakdownFilter={"breakdown": "browser"},
            breakdownAttributionType="step",
            breakdownAttributionValue=1,
        )
    )

    assert {one[0]["breakdown_value"][0]: counts(one) for one in found} == {"x": [1, 1, 1], "y": [1, 0, 1]}
    assert {one[0]["breakdown_value"][0]: counts(one) for one in by_step} == {
        "x": [1, 1, 1],
        "y": [1, 1, 1],
        "": [1, 0, 1],
    }


@pytest.mark.parametrize("order", ["ordered", "strict", "unordered"])
def test_thirty_two_steps_are_not_too_many(ask, store, order):
    names = [f"step {number}" for number in range(32)]
    store(journey(1, *((name, place) for place, name in enumerate(names))))

    assert counts(ask(funnel(*names, funnelOrderType=order))) == [1] * 32


def test_whoever_gets_no_further_has_entered_in_each_period(ask, store):
    day = 24 * 60
    store(
        journey(1, ("a", 0), ("a", 5), ("a", day), ("a", 2 * day), ("b", 2 * day + 1))
        + journey(2, ("a", 0), ("a", day), ("a", day + 1))
    )

    [trend] = ask(funnel("a", "b", funnelVizType="trends", funnelWindowInterval=1, funnelWindowIntervalUnit="hour"))
    entered = ask(funnel("a", "b", funnelWindowInterval=1, funnelWindowIntervalUnit="hour"))

    assert trend["data"][-3:] == [0, 0, 100]
    assert counts(entered) == [2, 1]


def test_the_value_of_the_first_step_of_whoever_gets_no_further_is_that_of_the_first_one(ask, store):
    store(journey(1, ("a", 0), **{"$browser": "Safari"}) + journey(1, ("a", 5), **{"$browser": "Chrome"}))

    [[first, _]] = ask(funnel("a", "b", breakdownFilter={"breakdown": "$browser"}, breakdownAttributionType="step"))

    assert (first["breakdown_value"], first["count"]) == (["Safari"], 1)


def test_unordered_steps_take_their_time_from_one_to_the_next(ask, store):
    store(journey(1, ("c", 0), ("b", 6), ("a", 1), ("a", 2)))

    results = ask(funnel("a", "b", "c", funnelOrderType="unordered"))

    assert [step["average_conversion_time"] for step in results] == [None, 60, 300]
