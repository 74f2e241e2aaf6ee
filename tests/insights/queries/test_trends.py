from datetime import UTC, datetime

import pytest

from common.exceptions import Refusal
from insights.queries import run
from tests.factories.accounts import ProjectFactory
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def trends(*series, **query):
    return {"kind": "TrendsQuery", "series": list(series), **query}


def node(event="$pageview", **keys):
    return {"kind": "EventsNode", "event": event, **keys}


PAGEVIEWS = [
    SampleEvent("$pageview", at("2024-01-03 00:00:00"), person=1, properties={"$browser": "Safari"}),
    SampleEvent("$pageview", at("2024-01-08 10:00:00"), person=1, properties={"$browser": "Safari"}),
    SampleEvent("$pageview", at("2024-01-08 11:00:00"), person=1, properties={"$browser": "Chrome"}),
    SampleEvent("$pageview", at("2024-01-08 23:59:59"), person=2, properties={"$browser": "Chrome"}),
    SampleEvent("$pageview", at("2024-01-10 09:00:00"), person=3),
    SampleEvent("signed up", at("2024-01-10 09:00:00"), person=3),
    SampleEvent("$pageview", at("2024-01-02 23:59:59"), person=4),
]


def test_counts_events_per_day_with_today_included(team, store):
    store(PAGEVIEWS)

    answer = run(trends(node()), team=team, now=NOW)

    [result] = answer["results"]
    assert result["data"] == [1, 0, 0, 0, 0, 3, 0, 1]
    assert result["days"][0] == "2024-01-03"
    assert result["days"][-1] == "2024-01-10"
    assert result["labels"][0] == "3-Jan-2024"
    assert result["count"] == 5
    assert result["label"] == "$pageview"
    assert result["action"]["id"] == "$pageview"
    assert answer["resolved_date_range"] == {
        "date_from": "2024-01-03T00:00:00+00:00",
        "date_to": "2024-01-10T23:59:59.999999+00:00",
    }
    assert answer["hasMore"] is False
    assert answer["timezone"] == "UTC"


def only(answer):
    [result] = answer["results"]
    return result


def test_dau_counts_a_person_once_per_day(team, store):
    store(PAGEVIEWS)

    result = only(run(trends(node(math="dau")), team=team, now=NOW))

    assert result["data"] == [1, 0, 0, 0, 0, 2, 0, 1]
    assert result["action"]["math"] == "dau"


def test_cumulative_dau_counts_a_person_once_in_all(team, store):
    store(PAGEVIEWS)

    display = {"display": "ActionsLineGraphCumulative"}
    result = only(run(trends(node(math="dau"), trendsFilter=display), team=team, now=NOW))

    assert result["data"] == [1, 1, 1, 1, 1, 2, 2, 3]
    assert result["count"] == 3


def test_cumulative_total_is_a_running_sum(team, store):
    store(PAGEVIEWS)

    display = {"display": "ActionsLineGraphCumulative"}
    result = only(run(trends(node(), trendsFilter=display), team=team, now=NOW))

    assert result["data"] == [1, 1, 1, 1, 1, 4, 4, 5]
    assert result["count"] == 5


@pytest.mark.parametrize(("math", "value"), [("total", 5), ("dau", 3)])
@pytest.mark.parametrize("display", ["ActionsPie", "ActionsTable", "ActionsBarValue", "BoldNumber"])
def test_a_total_value_has_one_number_and_no_days(team, store, math, value, display):
    store(PAGEVIEWS)

    result = only(run(trends(node(math=math), trendsFilter={"display": display}), team=team, now=NOW))

    assert result["aggregated_value"] == value
    assert (result["data"], result["days"], result["count"]) == ([], [], 0)
    assert "labels" not in result


def test_a_bold_number_of_7_days_is_the_last_168_hours(team, store):
    store(PAGEVIEWS)

    query = trends(node(), trendsFilter={"display": "BoldNumber"}, dateRange={"date_from": "-7d"})
    answer = run(query, team=team, now=NOW)

    assert only(answer)["aggregated_value"] == 4
    assert answer["resolved_date_range"] == {
        "date_from": "2024-01-03T15:30:00+00:00",
        "date_to": "2024-01-10T15:30:00+00:00",
    }


def test_event_and_person_properties_filter(team, store):
    store(PAGEVIEWS, [SamplePerson(1, {"plan": "paid"}), SamplePerson(2, {"plan": "free"})])

    paid = {"type": "person", "key": "plan", "operator": "exact", "value": ["paid"]}
    chrome = {"key": "$browser", "value": "Chrome"}

    def count(*filters):
        return only(run(trends(node(properties=list(filters))), team=team, now=NOW))["count"]

    assert [count(), count(paid), count(chrome), count(paid, chrome)] == [5, 3, 2, 1]


def test_wrapped_queries_run_as_their_source(team, store):
    store(PAGEVIEWS)

    wrapped = {"kind": "InsightVizNode", "source": trends(node())}

    assert run(wrapped, team=team, now=NOW) == run(trends(node()), team=team, now=NOW)


def test_no_series_no_results(team):
    assert run(trends(), team=team, now=NOW)["results"] == []


def test_all_events_is_the_name_of_a_series_without_an_event(team, store):
    store(PAGEVIEWS)

    result = only(run(trends(node(None, custom_name="Everything")), team=team, now=NOW))

    assert result["label"] == "All events"
    assert result["action"]["custom_name"] == "Everything"
    assert result["count"] == 6


def test_all_begins_at_the_first_event(team, store):
    store(PAGEVIEWS)

    result = only(run(trends(node(), dateRange={"date_from": "all"}), team=team, now=NOW))

    assert result["days"][0] == "2024-01-02"
    assert result["count"] == 6


def test_smoothing_is_a_trailing_mean_rounded_down(team, store):
    store(PAGEVIEWS)

    result = only(run(trends(node(), trendsFilter={"smoothingIntervals": 3}), team=team, now=NOW))

    assert result["data"] == [1, 0, 0, 0, 0, 1, 1, 1]


def test_weekly_active_looks_back_before_the_range(team, store):
    store(PAGEVIEWS)

    result = only(run(trends(node(math="weekly_active")), team=team, now=NOW))

    # Day by day from 3 January: person 4 of the 2nd stays until the 8th.
    assert result["data"] == [2, 2, 2, 2, 2, 3, 2, 3]


def test_compare_puts_the_week_before_after_the_week(team, store):
    store(PAGEVIEWS)

    answer = run(trends(node(), compareFilter={"compare": True}), team=team, now=NOW)

    current, previous = answer["results"]
    assert (current["compare_label"], previous["compare_label"]) == ("current", "previous")
    assert previous["days"][0] == "2023-12-27"
    assert previous["days"][-1] == "2024-01-03"
    assert previous["data"] == [0, 0, 0, 0, 0, 0, 1, 1]


def test_breakdown_ranks_values_and_puts_missing_ones_last(team, store):
    store(PAGEVIEWS)

    answer = run(trends(node(), breakdownFilter={"breakdown": "$browser"}), team=team, now=NOW)

    assert [(one["breakdown_value"], one["count"]) for one in answer["results"]] == [
        ("Chrome", 2),
        ("Safari", 2),
        ("$$_posthog_breakdown_null_$$", 1),
    ]
    assert answer["hasMore"] is False


def test_breakdown_beyond_the_limit_is_other(team, store):
    store(PAGEVIEWS)

    asked = {"breakdown": "$browser", "breakdown_limit": 1}
    answer = run(trends(node(), breakdownFilter=asked), team=team, now=NOW)

    assert [(one["label"], one["count"]) for one in answer["results"]] == [
        ("Chrome", 2),
        ("$$_posthog_breakdown_other_$$", 3),
    ]
    assert answer["hasMore"] is True


def test_property_maths_ignore_what_is_no_number(team, store):
    prices = [10, "20.5", "dear", None, True, "1e999", "  30 "]
    store([SampleEvent("bought", NOW, properties={"price": price}) for price in prices])

    def value(math):
        series = node("bought", math=math, math_property="price")
        return only(run(trends(series, trendsFilter={"display": "ActionsTable"}), team=team, now=NOW))[
            "aggregated_value"
        ]

    assert [value(math) for math in ("sum", "avg", "min", "max", "median")] == [60.5, 60.5 / 3, 10, 30, 20.5]


def test_counts_per_actor(team, store):
    store(PAGEVIEWS)

    result = only(run(trends(node(math="avg_count_per_actor")), team=team, now=NOW))

    assert result["data"] == [1, 0, 0, 0, 0, 1.5, 0, 1]


def test_sessions_missing_count_as_one(team, store):
    sessions = ["a", "a", "b", None, None]
    store([SampleEvent("$pageview", NOW, properties={"$session_id": session}) for session in sessions])

    assert only(run(trends(node(math="unique_session")), team=team, now=NOW))["count"] == 3


def test_a_formula_reckons_bucket_by_bucket(team, store):
    store(PAGEVIEWS)

    shown = {"formulaNodes": [{"formula": "A / B", "custom_name": "Per person"}, {"formula": "a + 1"}]}
    results = run(trends(node(), node(math="dau"), trendsFilter=shown), team=team, now=NOW)["results"]

    assert [one["data"] for one in results] == [[1, 0, 0, 0, 0, 1.5, 0, 1], [2, 1, 1, 1, 1, 4, 1, 2]]
    assert [(one["label"], one["order"], one["action"]) for one in results] == [
        ("Per person", 0, None),
        ("Formula (a + 1)", 1, None),
    ]
    assert [one["count"] for one in results] == [3.5, 13]


def test_a_formula_over_total_values_has_no_data(team, store):
    store(PAGEVIEWS)

    shown = {"formula": "A / B", "display": "BoldNumber"}
    result = only(run(trends(node(), node(math="dau"), trendsFilter=shown), team=team, now=NOW))

    assert (result["aggregated_value"], result["data"]) == (5 / 3, None)


def test_a_formula_is_reckoned_for_every_breakdown_value(team, store):
    store(PAGEVIEWS)

    query = trends(
        node(), node("signed up"), trendsFilter={"formula": "A + B * 2"}, breakdownFilter={"breakdown": "$browser"}
    )
    results = run(query, team=team, now=NOW)["results"]

    assert [(one["breakdown_value"], one["count"]) for one in results] == [
        ("Chrome", 2),
        ("Safari", 2),
        ("$$_posthog_breakdown_null_$$", 3),
    ]


def test_a_formula_with_an_unknown_letter_is_refused(team):
    with pytest.raises(Refusal, match="no series 'B'"):
        run(trends(node(), trendsFilter={"formula": "A + B"}), team=team, now=NOW)


def test_test_accounts_are_left_out_as_the_project_says(team, store):
    store(PAGEVIEWS, [SamplePerson(1, {"email": "me@example.com"})])
    team.test_account_filters = [
        {"key": "email", "type": "person", "operator": "not_icontains", "value": "@example.com"},
        {"key": "$browser", "operator": "is_not", "value": ["Chrome"]},
    ]

    assert only(run(trends(node(), filterTestAccounts=True), team=team, now=NOW))["count"] == 1
    assert only(run(trends(node()), team=team, now=NOW))["count"] == 5


def test_another_project_is_never_counted(team, store):
    store(PAGEVIEWS)
    elsewhere = ProjectFactory().team

    assert only(run(trends(node()), team=elsewhere, now=NOW))["count"] == 0


def test_days_are_the_projects_days(team, store):
    team.timezone = "America/New_York"
    store([SampleEvent("$pageview", at("2024-01-09 04:59:59")), SampleEvent("$pageview", at("2024-01-09 05:00:00"))])

    assert only(run(trends(node()), team=team, now=NOW))["data"][-3:] == [1, 1, 0]


def test_unique_groups_leave_out_events_without_one(team, store):
    groups = ["acme", "acme", "globex", "", None]
    store([SampleEvent("$pageview", NOW, properties={"$group_0": group}) for group in groups])

    assert only(run(trends(node(math="unique_group", math_group_type_index=0)), team=team, now=NOW))["count"] == 2


def test_hours_and_minutes(team, store):
    store(PAGEVIEWS)

    hours = only(run(trends(node(), interval="hour", dateRange={"date_from": "-8h"}), team=team, now=NOW))
    minutes = only(
        run(
            trends(
                node(), interval="minute", dateRange={"date_from": "2024-01-10 08:59", "date_to": "2024-01-10 09:01"}
            ),
            team=team,
            now=NOW,
        )
    )

    assert (hours["days"][2], hours["labels"][2], hours["data"][2]) == ("2024-01-10 09:00:00", "10-Jan 09:00", 1)
    assert (minutes["data"], minutes["labels"][0]) == ([0, 1, 0], "10-Jan 08:59")


def seen(*days, person=1, event="$pageview"):
    return [SampleEvent(event, at(f"{day} 12:00:00"), person=person) for day in days]


def test_monthly_active_looks_back_thirty_days(team, store):
    store(seen("2023-12-12") + seen("2023-12-11", person=2))

    result = only(run(trends(node(math="monthly_active"), dateRange={"date_from": "-1d"}), team=team, now=NOW))

    # The 30 days that end on 9 and on 10 January begin on 11 and on 12 December.
    assert result["data"] == [2, 1]


@pytest.mark.parametrize(("math", "interval"), [("weekly_active", "month"), ("monthly_active", "month")])
def test_active_people_of_long_intervals_are_those_of_the_interval(team, store, math, interval):
    store(seen("2023-12-31") + seen("2024-01-01", "2024-01-09", person=2))

    query = trends(node(math=math), interval=interval, dateRange={"date_from": "2024-01-01"})

    assert only(run(query, team=team, now=NOW))["data"] == [1]


def test_weekly_active_by_week_is_that_of_the_week(team, store):
    store(seen("2024-01-02", "2024-01-08") + seen("2024-01-06", person=2))

    query = trends(node(math="weekly_active"), interval="week", dateRange={"date_from": "2023-12-31"})

    assert only(run(query, team=team, now=NOW))["data"] == [2, 1]


def test_monthly_active_by_week_is_that_of_the_first_day_of_the_week(team, store):
    store(seen("2023-12-02") + seen("2023-12-01", person=2) + seen("2024-01-01", person=3))

    query = trends(node(math="monthly_active"), interval="week", dateRange={"date_from": "2023-12-31"})

    # 31 December and 7 January are Sundays: 30 days before their ends it was 2 and 9 December.
    assert only(run(query, team=team, now=NOW))["data"] == [1, 1]


def test_weekly_active_by_hour_is_that_of_168_hours(team, store):
    store([SampleEvent("$pageview", at("2024-01-03 12:00:00"))])

    dates = {"date_from": "2024-01-10T10:00", "date_to": "2024-01-10T12:59"}
    result = only(run(trends(node(math="weekly_active"), interval="hour", dateRange=dates), team=team, now=NOW))

    assert result["data"] == [1, 1, 0]


@pytest.mark.parametrize(("math", "value"), [("weekly_active", 2), ("monthly_active", 3)])
@pytest.mark.parametrize("date_from", ["-1d", "-90d"])
def test_active_people_in_all_are_those_of_the_last_days_of_the_range(team, store, math, value, date_from):
    store(
        seen("2024-01-10") + seen("2024-01-04", person=2) + seen("2024-01-03", person=3) + seen("2023-12-11", person=4)
    )

    query = trends(node(math=math), dateRange={"date_from": date_from}, trendsFilter={"display": "ActionsTable"})

    assert only(run(query, team=team, now=NOW))["aggregated_value"] == value


def grouped(*keys, **properties):
    return [
        SampleEvent("$pageview", NOW, person=number, properties={"$group_1": key, **properties})
        for number, key in enumerate(keys)
    ]


@pytest.mark.parametrize("math", ["dau", "weekly_active", "monthly_active", "unique_group"])
def test_actors_may_be_groups(team, store, math):
    store(grouped("acme", "acme", "globex", "", None))

    result = only(run(trends(node(math=math, math_group_type_index=1)), team=team, now=NOW))

    assert result["data"][-1] == 2
    assert result["action"]["math_group_type_index"] == 1


def test_cumulative_groups_are_counted_once(team, store):
    store(
        [
            SampleEvent("$pageview", at(f"2024-01-0{day} 01:00:00"), properties={"$group_0": key})
            for day, key in ((4, "acme"), (5, "acme"), (6, "globex"), (7, "acme"))
        ]
    )

    series = node(math="unique_group", math_group_type_index=0)
    result = only(run(trends(series, trendsFilter={"display": "ActionsLineGraphCumulative"}), team=team, now=NOW))

    assert result["data"] == [0, 1, 1, 2, 2, 2, 2, 2]


def test_a_first_time_is_that_of_a_person_whatever_else_is_counted(team, store):
    store(grouped("acme", "acme", None))

    for math in ("first_time_for_user", "first_matching_event_for_user"):
        result = only(run(trends(node(math=math), aggregation_group_type_index=1), team=team, now=NOW))
        assert result["count"] == 3


@pytest.mark.parametrize(("math", "value"), [("sum", -60), ("avg", -20), ("min", -30), ("max", -10), ("p90", -12)])
def test_numbers_are_multiplied_before_anything_is_made_of_them(team, store, math, value):
    store([SampleEvent("bought", NOW, properties={"price": price}) for price in (100, 200, 300)])

    series = node("bought", math=math, math_property="price", math_multiplier=-0.1)
    result = only(run(trends(series, trendsFilter={"display": "ActionsTable"}), team=team, now=NOW))

    assert result["aggregated_value"] == pytest.approx(value)


def test_a_multiplier_leaves_counts_alone(team, store):
    store(PAGEVIEWS)

    assert only(run(trends(node(math_multiplier=100)), team=team, now=NOW))["count"] == 5


def test_a_combined_series_may_ask_for_all_parts_at_once(team, store):
    store(PAGEVIEWS)
    safari = node(properties=[{"key": "$browser", "value": "Safari"}])
    early = node(None, properties=[{"key": "$browser", "operator": "is_set"}])

    def count(*nodes):
        return only(run(trends({"kind": "GroupNode", "operator": "AND", "nodes": nodes}), team=team, now=NOW))["count"]

    assert count(safari, early) == 2
    assert count(safari, node("signed up")) == 0
    assert count(node(None), node("signed up")) == 1


def test_a_sample_is_everything(team, store):
    store(PAGEVIEWS)

    assert only(run(trends(node(), samplingFactor=0.1), team=team, now=NOW))["count"] == 5


def test_all_time_is_not_compared(team, store):
    store(PAGEVIEWS)

    query = trends(node(), dateRange={"date_from": "all"}, compareFilter={"compare": True})

    assert "compare_label" not in only(run(query, team=team, now=NOW))


def test_compare_to_moves_the_whole_period(team, store):
    store(seen("2024-01-10", "2023-12-27", "2023-12-20"))

    query = trends(node(), compareFilter={"compare": True, "compare_to": "-2w"})
    current, previous = run(query, team=team, now=NOW)["results"]

    assert (current["days"][0], previous["days"][0], previous["days"][-1]) == ("2024-01-03", "2023-12-20", "2023-12-27")
    assert previous["data"] == [1, 0, 0, 0, 0, 0, 0, 1]


def test_hidden_others_still_say_that_there_is_more(team, store):
    store(PAGEVIEWS)

    asked = {"breakdown": "$browser", "breakdown_limit": 1, "breakdown_hide_other_aggregation": True}
    answer = run(trends(node(), breakdownFilter=asked), team=team, now=NOW)

    assert [one["breakdown_value"] for one in answer["results"]] == ["Chrome"]
    assert answer["hasMore"] is True


def test_compared_breakdowns_are_ranked_each_in_its_own_period(team, store):
    store(
        [
            SampleEvent("$pageview", at(f"{day} 12:00:00"), properties={"plan": plan})
            for day, plan in (("2024-01-10", "a"), ("2024-01-10", "a"), ("2024-01-09", "b"), ("2024-01-01", "b"))
        ]
    )

    query = trends(node(), breakdownFilter={"breakdown": "plan"}, compareFilter={"compare": True})
    results = run(query, team=team, now=NOW)["results"]

    assert [(one["compare_label"], one["breakdown_value"], one["count"]) for one in results] == [
        ("current", "a", 2),
        ("current", "b", 1),
        ("previous", "b", 1),
    ]


@pytest.mark.parametrize("value", [True, False])
def test_booleans_are_written_out(team, store, value):
    store([SampleEvent("$pageview", NOW, properties={"is_new": value})])

    result = only(run(trends(node(), breakdownFilter={"breakdown": "is_new"}), team=team, now=NOW))

    assert result["breakdown_value"] == ("true" if value else "false")


def test_an_empty_text_is_as_good_as_no_value(team, store):
    store([SampleEvent("$pageview", NOW, properties={"plan": plan}) for plan in ("", None, "a")])

    results = run(trends(node(), breakdownFilter={"breakdown": "plan"}), team=team, now=NOW)["results"]

    assert [(one["breakdown_value"], one["count"]) for one in results] == [
        ("a", 1),
        ("$$_posthog_breakdown_null_$$", 2),
    ]


def test_a_month_is_counted_whole_and_a_week_from_its_day(team, store):
    store(seen("2024-01-01", "2024-01-02", "2024-01-03"))

    def data(interval):
        return only(run(trends(node(), interval=interval, dateRange={"date_from": "2024-01-02"}), team=team, now=NOW))

    assert (data("month")["data"], data("month")["labels"]) == ([3], ["Jan 2024"])
    assert (data("week")["data"], data("week")["labels"]) == ([2, 0], ["2–6 Jan", "7–10 Jan"])


def test_totals_count_by_the_day_whatever_the_interval(team, store):
    store(seen("2024-01-01", "2024-01-02"))

    query = trends(
        node(), interval="month", dateRange={"date_from": "2024-01-02"}, trendsFilter={"display": "ActionsTable"}
    )

    assert only(run(query, team=team, now=NOW))["aggregated_value"] == 1


def test_smoothing_rounds_down_what_is_below_zero_too(team, store):
    store([SampleEvent("bought", NOW, properties={"price": -3})])

    series = node("bought", math="sum", math_property="price")
    result = only(run(trends(series, trendsFilter={"smoothingIntervals": 2}), team=team, now=NOW))

    assert result["data"] == [0, 0, 0, 0, 0, 0, 0, -2]
