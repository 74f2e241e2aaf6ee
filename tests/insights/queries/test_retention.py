from datetime import UTC, datetime, timedelta

import pytest

from common.exceptions import Refusal
from insights.queries import run
from tests.factories.events import ActionFactory, CohortFactory, GroupFactory, any_of
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
PAID = {"type": "person", "key": "plan", "value": "paid"}
SUM = {"aggregationType": "sum", "aggregationProperty": "price"}


def visits(person, *days, event="$pageview", **properties):
    """Days before today, at noon; noon of today is past."""
    moments = [datetime(2024, 1, 10, 12, tzinfo=UTC) - timedelta(days=day) for day in days]
    return [SampleEvent(event, moment, person=person, properties=properties) for moment in moments]


def retention(**asked):
    outer = {key: asked.pop(key) for key in ("breakdownFilter", "dateRange", "properties") if key in asked}
    return {"kind": "RetentionQuery", "retentionFilter": {"totalIntervals": 4, **asked}, **outer}


@pytest.fixture
def ask(team):
    return lambda query: run(query, team=team, now=NOW)["results"]


def rows(results):
    return [[value["count"] for value in row["values"]] for row in results]


def test_recurring_counts_everybody_who_came_in_a_period(ask, store):
    store(visits(1, 3, 2, 0) + visits(2, 3, 1) + visits(3, 40, 0))

    results = ask(retention())

    assert rows(results) == [[2, 1, 1, 1], [1, 0, 1, 0], [1, 0, 0, 0], [2, 0, 0, 0]]
    assert [(row["label"], row["date"]) for row in results[:2]] == [
        ("Day 0", "2024-01-07T00:00:00+00:00"),
        ("Day 1", "2024-01-08T00:00:00+00:00"),
    ]
    assert [value["label"] for value in results[0]["values"]] == ["Day 0", "Day 1", "Day 2", "Day 3"]


def test_first_time_counts_a_person_in_the_first_period_ever_only(ask, store):
    store(visits(1, 3, 2, 0) + visits(2, 2, 1) + visits(3, 40, 0))

    assert rows(ask(retention(retentionType="retention_first_time"))) == [
        [1, 1, 0, 1],
        [1, 1, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
    ]


def test_first_ever_occurrence_has_to_meet_the_filters(ask, store):
    store(visits(1, 3, plan="free") + visits(1, 2, plan="paid") + visits(2, 2, plan="paid"))
    target = {"id": "$pageview", "properties": [{"key": "plan", "value": "paid"}]}

    def first_day(kind):
        return [row[0] for row in rows(ask(retention(retentionType=kind, targetEntity=target)))]

    assert first_day("retention_first_time") == [0, 2, 0, 0]
    assert first_day("retention_first_ever_occurrence") == [0, 1, 0, 0]


def test_target_and_returning_event_may_differ(ask, store):
    store(visits(1, 3, event="signed up") + visits(1, 3, 1) + visits(2, 2))

    asked = {"targetEntity": {"id": "signed up", "type": "events"}, "returningEntity": {"id": None}}

    assert rows(ask(retention(**asked)))[0] == [1, 0, 1, 0]


def test_cumulative_counts_who_is_seen_then_or_later(ask, store):
    store(visits(1, 3, 0) + visits(2, 3, 2))

    assert rows(ask(retention(cumulative=True)))[0] == [2, 2, 1, 1]


def test_minimum_occurrences_concern_the_returning(ask, store):
    store(visits(1, 3, 2, 2, 1))

    assert rows(ask(retention(minimumOccurrences=2)))[0] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("Hour", "2024-01-10T12:00:00+00:00", "2024-01-10T15:00:00+00:00"),
        ("Week", "2023-12-17T00:00:00+00:00", "2024-01-07T00:00:00+00:00"),
        ("Month", "2023-10-01T00:00:00+00:00", "2024-01-01T00:00:00+00:00"),
    ],
)
def test_the_present_period_is_the_last_row(ask, period, first, last):
    results = ask(retention(period=period))

    assert (results[0]["date"], results[-1]["date"], len(results)) == (first, last, 4)


def test_the_last_period_counts_wholly_even_beyond_date_to(ask, store):
    store(visits(1, 0))

    assert rows(ask(retention(dateRange={"date_to": "2024-01-10T08:00:00"})))[-1][0] == 1


def test_a_property_of_the_person_breaks_down(ask, store):
    persons = [SamplePerson(1, {"plan": "paid"}), SamplePerson(2, {"plan": "paid"}), SamplePerson(3, {"plan": "free"})]
    store(visits(1, 0) + visits(2, 0) + visits(3, 0) + visits(4, 0), persons)

    asked = {"breakdown": "plan", "breakdown_type": "person", "breakdown_limit": 2}
    results = ask(retention(totalIntervals=1, breakdownFilter=asked))

    assert [(row["breakdown_value"], row["values"][0]["count"]) for row in results] == [
        ("paid", 2),
        ("", 1),
        ("Other", 1),
    ]


def test_the_largest_values_stay_themselves_and_the_rest_is_other(ask, store):
    """The size of a value is that of all its periods."""
    store(visits(1, 2, 1, 0, plan="paid") + visits(2, 0, plan="free") + visits(3, 0, plan="free") + visits(4, 0))

    results = ask(retention(totalIntervals=3, breakdownFilter={"breakdown": "plan", "breakdown_limit": 1}))

    sizes = {(row["breakdown_value"], row["label"]): row["values"][0]["count"] for row in results}
    assert sizes["paid", "Day 0"] == sizes["paid", "Day 2"] == 1
    assert sizes["Other", "Day 2"] == 3


def test_a_property_of_the_event_divides_what_somebody_did(ask, store):
    store(visits(1, 1, browser="Safari") + visits(1, 0, browser="Chrome") + visits(2, 1, 0, browser="Chrome"))

    results = ask(retention(totalIntervals=2, breakdownFilter={"breakdown": "browser", "breakdown_type": "event"}))

    found = {value: [] for value in ("Chrome", "Safari")}
    for row in results:
        found[row["breakdown_value"]].append([one["count"] for one in row["values"]])
    assert found == {"Chrome": [[1, 1], [2, 0]], "Safari": [[1, 0], [0, 0]]}


@pytest.mark.parametrize(
    "asked",
    [
        {"property": "upper(properties.browser)", "type": "hogql"},
        {"property": "industry", "type": "group", "group_type_index": 0},
    ],
)
def test_expressions_and_groups_break_down_too(ask, store, team, asked):
    group = GroupFactory(team=team, group_properties={"industry": "CHROME"})
    store(visits(1, 0, browser="chrome", **{"$group_0": group.group_key}))

    [row] = ask(retention(totalIntervals=1, breakdownFilter={"breakdowns": [asked]}))

    assert (row["breakdown_value"], row["values"][0]["count"]) == ("CHROME", 1)


def test_of_a_first_ever_event_the_first_value_counts(ask, store):
    store(visits(1, 1, browser="Safari") + visits(1, 0, browser="Chrome"))

    broken_down = {"breakdown": "browser", "breakdown_type": "event"}
    asked = {"totalIntervals": 2, "retentionType": "retention_first_ever_occurrence", "breakdownFilter": broken_down}

    assert [(row["breakdown_value"], row["values"][1]["count"]) for row in ask(retention(**asked))] == [
        ("Safari", 1),
        ("Safari", 0),
    ]


def test_each_cohort_is_counted_by_itself(ask, store, team):
    store(visits(1, 1, 0) + visits(2, 1), [SamplePerson(1, {"plan": "paid"}), SamplePerson(2, {"plan": "paid"})])
    paying, nobody = CohortFactory(team=team, filters=any_of(PAID)), CohortFactory(team=team)
    store(visits(3, 0))

    broken_down = {"breakdown": [paying.pk, nobody.pk, "all"], "breakdown_type": "cohort"}
    results = ask(retention(totalIntervals=2, breakdownFilter=broken_down))

    found = [(row["breakdown_value"], *(one["count"] for one in row["values"])) for row in results]
    assert found == [
        ("all", 2, 1),
        ("all", 2, 0),
        (str(paying.pk), 2, 1),
        (str(paying.pk), 1, 0),
        (str(nobody.pk), 0, 0),
        (str(nobody.pk), 0, 0),
    ]


def test_actions_begin_and_bring_back(ask, store, team):
    began = ActionFactory(team=team, steps=[{"event": "signed up"}, {"event": "joined"}])
    came = ActionFactory(team=team, steps=[{"event": "$pageview", "url": "/app"}])
    store(visits(1, 3, event="joined") + visits(1, 2, **{"$current_url": "https://x.io/app"}) + visits(1, 1))

    target, returning = ({"id": one.pk, "type": "actions"} for one in (began, came))

    assert rows(ask(retention(targetEntity=target, returningEntity=returning)))[0] == [1, 1, 0, 0]


def test_groups_come_and_come_back(ask, store):
    acme = {"$group_0": "acme"}
    store(visits(1, 3, **acme) + visits(2, 2, **acme) + visits(3, 3) + visits(4, 3, **{"$group_0": ""}))
    query = retention(retentionType="retention_first_time") | {"aggregation_group_type_index": 0}

    assert rows(ask(query))[0] == [1, 1, 0, 0]


def test_date_from_says_where_the_rows_begin(ask, store):
    store(visits(1, 5, 4))

    results = ask(retention(totalIntervals=2, dateRange={"date_from": "-5d"}))

    assert [len(row["values"]) for row in results] == [2] * 6
    assert rows(results)[:2] == [[1, 1], [1, 0]]


def test_all_begins_with_the_first_event(ask, store):
    store(visits(1, 5))

    assert ask(retention(dateRange={"date_from": "all"}))[0]["date"] == "2024-01-05T00:00:00+00:00"


def test_a_range_that_ends_before_it_begins_has_no_rows(ask):
    assert ask(retention(dateRange={"date_from": "2024-01-09", "date_to": "2024-01-08"})) == []


def test_brackets_take_several_periods_together(ask, store):
    store(visits(1, 5, 4) + visits(2, 5, 2) + visits(3, 5, 0) + visits(4, 5))

    results = ask(retention(totalIntervals=6, retentionCustomBrackets=[1, 3]))

    assert [one["label"] for one in results[0]["values"]] == ["Day 0", "Day 1", "Day 2-4"]
    assert rows(results)[0] == [4, 1, 1]
    assert len(results) == 6


def test_cumulative_brackets(ask, store):
    store(visits(1, 5, 4) + visits(2, 5, 2))

    assert rows(ask(retention(totalIntervals=6, retentionCustomBrackets=[1, 3], cumulative=True)))[0] == [2, 2, 1]


class TestRolling:
    """Periods begin with each one's first event."""

    def at(self, person, *moments, event="$pageview"):
        return [SampleEvent(event, datetime.fromisoformat(f"{one}+00:00"), person=person) for one in moments]

    def test_a_day_ends_24_hours_after_the_first_event(self, ask, store):
        store(
            self.at(1, "2024-01-07T18:00", "2024-01-08T10:00")
            + self.at(2, "2024-01-07T18:00", "2024-01-08T19:00")
            + self.at(3, "2024-01-07T18:00", "2024-01-10T01:00")
        )

        assert rows(ask(retention(timeWindowMode="24_hour_windows")))[0] == [3, 1, 1, 0]
        assert rows(ask(retention()))[0] == [3, 2, 0, 1]

    def test_only_the_first_event_begins_a_row(self, ask, store):
        store(self.at(1, "2024-01-07T18:00", "2024-01-09T18:00"))

        assert rows(ask(retention(timeWindowMode="24_hour_windows"))) == [[1, 0, 1, 0], [0] * 4, [0] * 4, [0] * 4]

    @pytest.mark.parametrize(
        ("period", "moments", "first"),
        [
            ("Hour", ("2024-01-10T12:50", "2024-01-10T13:10", "2024-01-10T14:59"), [1, 1, 1, 0]),
            ("Week", ("2023-12-18T12:00", "2023-12-24T12:00", "2023-12-25T01:00"), [1, 1, 0, 0]),
            ("Month", ("2023-10-02T12:00", "2023-10-31T12:00", "2023-11-01T01:00"), [1, 1, 0, 0]),
        ],
    )
    def test_weeks_are_seven_days_and_months_thirty(self, ask, store, period, moments, first):
        store(self.at(1, *moments))

        assert rows(ask(retention(period=period, timeWindowMode="24_hour_windows")))[0] == first

    def test_the_last_day_of_a_week_is_in_it(self, ask, store):
        store(self.at(1, "2024-01-06T12:00") + self.at(2, "2024-01-07T12:00"))

        asked = {"period": "Week", "totalIntervals": 2, "timeWindowMode": "24_hour_windows"}

        assert rows(ask(retention(**asked))) == [[1, 0], [1, 0]]

    def test_first_time_means_first_ever(self, ask, store):
        store(self.at(1, "2023-01-01T00:00", "2024-01-07T18:00") + self.at(2, "2024-01-07T18:00"))

        asked = {"timeWindowMode": "24_hour_windows", "retentionType": "retention_first_time"}

        assert rows(ask(retention(**asked)))[0] == [1, 0, 0, 0]

    def test_occurrences_are_counted_in_each_ones_own_periods(self, ask, store):
        store(self.at(1, "2024-01-07T18:00", "2024-01-08T19:00", "2024-01-09T10:00"))

        assert rows(ask(retention(timeWindowMode="24_hour_windows", minimumOccurrences=2)))[0] == [1, 1, 0, 0]


class TestSums:
    """What persons brought along is added up beside counting them."""

    PAID, REFUNDED = {"id": "paid"}, {"id": "refunded"}

    def cells(self, results):
        return [[(one["count"], one["aggregation_value"]) for one in row["values"]] for row in results]

    def ask_for(self, kind, **asked):
        return retention(aggregationType=kind, aggregationProperty="price", totalIntervals=2, **asked)

    def test_the_sum_of_each_cell(self, ask, store):
        store(
            visits(1, 1, 1, event="paid", price=10)
            + visits(1, 0, event="paid", price="5")
            + visits(2, 1, event="paid", price="no number")
        )
        both = {"targetEntity": self.PAID, "returningEntity": self.PAID}

        assert self.cells(ask(self.ask_for("sum", **both))) == [[(2, 20), (1, 5)], [(1, 5), (0, 0)]]
        assert self.cells(ask(self.ask_for("avg", **both))) == [[(2, 10), (1, 5)], [(1, 5), (0, 0)]]

    def test_another_event_counts_in_the_first_period_too_once_the_first_has_happened(self, ask, store):
        noon = visits(1, 0, event="paid", price=10)
        earlier, later = (
            SampleEvent("refunded", noon[0].timestamp + timedelta(hours=hours), properties={"price": price})
            for hours, price in [(-1, 100), (1, 3)]
        )
        store([*noon, earlier, later])
        different = {"targetEntity": self.PAID, "returningEntity": self.REFUNDED}

        assert self.cells(ask(self.ask_for("sum", **different)))[1] == [(1, 13), (0, 0)]

    def test_a_property_of_the_person(self, ask, store):
        store(visits(1, 1, 0), [SamplePerson(1, {"price": 7})])

        assert self.cells(ask(self.ask_for("sum", aggregationPropertyType="person")))[0] == [(1, 7), (1, 7)]

    def test_periods_with_too_few_events_add_nothing(self, ask, store):
        store(visits(1, 1, 0, price=1) + visits(2, 1, 0, 0, price=1))

        assert self.cells(ask(self.ask_for("sum", minimumOccurrences=2)))[0] == [(2, 2), (1, 2)]

    def test_brackets_and_breakdowns_are_added_up_too(self, ask, store):
        store(visits(1, 3, 2, 1, price=1, plan="paid") + visits(2, 3, 2, price=1, plan="free"))
        asked = self.ask_for("sum", retentionCustomBrackets=[2], breakdownFilter={"breakdown": "plan"})
        asked["retentionFilter"]["totalIntervals"] = 4

        results = ask(asked)

        firsts = {row["breakdown_value"]: row for row in reversed(results)}
        assert self.cells([firsts["paid"], firsts["free"]]) == [[(1, 1), (1, 2)], [(1, 1), (1, 1)]]


def test_no_value_of_a_breakdown_no_rows(ask):
    assert ask(retention(breakdownFilter={"breakdown": "plan"})) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (retention(totalIntervals=0), "totalIntervals"),
        (retention(totalIntervals=101), "totalIntervals"),
        (retention(minimumOccurrences=0), "minimumOccurrences"),
        (retention(retentionCustomBrackets=[1, 0]), "retentionFilter.retentionCustomBrackets.1"),
        (retention(retentionCustomBrackets=[1.5]), "retentionFilter.retentionCustomBrackets.0"),
        (retention(retentionCustomBrackets=[10**30]), "retentionCustomBrackets: at most"),
        (retention(retentionCustomBrackets=[1] * 100), "retentionCustomBrackets: at most"),
        (retention(timeWindowMode="24_hour_windows", cumulative=True), "Cumulative retention is not supported for 24"),
        (retention(timeWindowMode="24_hour_windows", **SUM), "Sum and average aggregation are not supported for 24"),
        (retention(cumulative=True, **SUM), "aggregationType: sum of cumulative retention"),
        (retention(aggregationType="sum"), "aggregationProperty: required"),
        (retention(customAggregationTarget=True), "customAggregationTarget"),
        (retention(dateRange={"date_from": "2010-01-01"}), "more than 1000 periods"),
        (retention(dateRange={"date_from": "9999-12-30", "date_to": "9999-12-31"}), "too far away"),
        (retention(breakdownFilter={"breakdowns": [{"property": "x"}] * 2}), "breakdownFilter: more than one"),
        (retention(breakdownFilter={"breakdowns": [{"property": "x", "histogram_bin_count": 2}]}), "a histogram"),
        (retention(breakdownFilter={"breakdown": [1], "breakdown_type": "cohort"}), "Cohort 1 does not exist"),
        (retention(targetEntity={"id": 3, "type": "actions"}), "Action ID 3 does not exist!"),
        (retention(returningEntity={"id": 3}), "retentionFilter.returningEntity.id"),
        (retention(dateRange={"date_to": "0001-01-01"}), "too far away"),
        (retention(period="Month", dateRange={"date_to": "9999-12-31"}), "too far away"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(ask, query, words):
    with pytest.raises(Refusal, match=words):
        ask(query)
