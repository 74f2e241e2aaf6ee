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
