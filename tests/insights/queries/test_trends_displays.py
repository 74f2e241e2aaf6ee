"""What each display makes of trends: heat maps, box plots, slopes, metrics, maps of the world."""

from datetime import UTC, datetime, timedelta

import pytest

from common.exceptions import Refusal
from insights.queries import run
from tests.insights.queries.reference.samples import SampleEvent

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)


def node(event="bought", **keys):
    return {"kind": "EventsNode", "event": event, **keys}


@pytest.fixture
def ask(team):
    def asked(display, *series, **query):
        looks = {"display": display, **query.pop("trendsFilter", {})}
        return run({"kind": "TrendsQuery", "series": list(series), "trendsFilter": looks, **query}, team=team, now=NOW)

    return asked


def events(*moments, event="bought", person=1, **properties):
    return [SampleEvent(event, datetime.fromisoformat(at), person, properties) for at in moments]


# 8 January 2024 is a Monday.
BUSY = [
    *events("2024-01-08T09:10+00:00", "2024-01-08T09:50+00:00", "2024-01-09T09:00+00:00"),
    *events("2024-01-08T09:59+00:00", "2024-01-07T23:59+00:00", person=2),
]


def test_a_heat_map_counts_by_day_of_the_week_and_hour(ask, store):
    store(BUSY)

    answer = ask("CalendarHeatmap", node(custom_name="Sales"))

    [result] = answer["results"]
    assert result["calendar_heatmap_data"] == {
        "data": [
            {"row": 1, "column": 9, "value": 3},
            {"row": 2, "column": 9, "value": 1},
            {"row": 7, "column": 23, "value": 1},
        ],
        "rowAggregations": [{"row": 1, "value": 3}, {"row": 2, "value": 1}, {"row": 7, "value": 1}],
        "columnAggregations": [{"column": 9, "value": 4}, {"column": 23, "value": 1}],
        "allAggregations": 5,
    }
    assert (result["aggregated_value"], result["count"], result["data"]) == (5, 5, [])
    assert (result["label"], result["action"]["name"], result["action"]["math"]) == ("bought", "bought", None)
    assert answer["resolved_date_range"]["date_from"] == "2024-01-03T00:00:00+00:00"


def test_a_heat_map_of_people_counts_each_once_in_every_cell_row_and_column(ask, store):
    store(BUSY)

    [result] = ask("CalendarHeatmap", node(math="dau"))["results"]

    found = result["calendar_heatmap_data"]
    assert found["data"][0] == {"row": 1, "column": 9, "value": 2}
    assert found["columnAggregations"] == [{"column": 9, "value": 2}, {"column": 23, "value": 1}]
    assert found["allAggregations"] == 2


def test_a_heat_map_is_that_of_the_project_s_clock(ask, store, team):
    team.timezone = "Asia/Kolkata"
    store(events("2024-01-07T18:30+00:00"))

    [result] = ask("CalendarHeatmap", node())["results"]

    assert result["calendar_heatmap_data"]["data"] == [{"row": 1, "column": 0, "value": 1}]


def test_a_heat_map_without_events_is_empty(ask, team):
    [result] = ask("CalendarHeatmap", node())["results"]

    assert result["calendar_heatmap_data"] == {
        "data": [],
        "rowAggregations": [],
        "columnAggregations": [],
        "allAggregations": 0,
    }


@pytest.mark.parametrize(
    ("series", "query", "words"),
    [
        (node(math="sum", math_property="x"), {}, "series.0.math: sum with the display CalendarHeatmap"),
        (node(math="weekly_active"), {}, "series.0.math: weekly_active with the display CalendarHeatmap"),
        (node(), {"breakdownFilter": {"breakdown": "x"}}, "breakdownFilter: with the display CalendarHeatmap"),
        (node(), {"compareFilter": {"compare": True}}, "compareFilter: with the display CalendarHeatmap"),
        (node(), {"trendsFilter": {"formula": "A"}}, "trendsFilter.formula: with the display CalendarHeatmap"),
        (node(), {"calendarHeatmapFilter": {"bucketBySessionStart": True}}, "bucketBySessionStart"),
    ],
)
def test_a_heat_map_refuses_what_it_has_no_place_for(ask, series, query, words):
    with pytest.raises(Refusal, match=words):
        ask("CalendarHeatmap", series, **query)


def test_a_box_plot_says_how_numbers_are_spread(ask, store):
    moments = [f"2024-01-09T0{hour}:00+00:00" for hour in range(5)]
    store([event for price, at in enumerate(moments, 1) for event in events(at, price=price * price)])

    dates = {"date_from": "2024-01-08", "date_to": "2024-01-09"}
    answer = ask("BoxPlot", node(math_property="price"), node("sold", math_property="price"), dateRange=dates)

    empty = {"min": 0, "p25": 0, "median": 0, "p75": 0, "max": 0, "mean": 0}
    full = {"min": 1, "p25": 4, "median": 9, "p75": 16, "max": 25, "mean": 11}
    days = [{"day": f"2024-01-0{day}", "label": f"{day}-Jan-2024"} for day in (8, 9)]
    names = [{"series_index": 0, "series_label": "bought - price"}, {"series_index": 1, "series_label": "sold - price"}]
    assert answer["results"] == [
        {**days[0], **empty, **names[0]},
        {**days[1], **full, **names[0]},
        {**days[0], **empty, **names[1]},
        {**days[1], **empty, **names[1]},
    ]


def test_a_box_plot_of_sessions_counts_each_once(ask, store):
    store(
        [
            *events(
                "2024-01-09T01:00+00:00", "2024-01-09T01:00:30+00:00", "2024-01-09T01:01+00:00", **{"$session_id": "a"}
            ),
            *events("2024-01-09T01:00+00:00", "2024-01-09T01:02+00:00", **{"$session_id": "b"}),
            *events("2024-01-09T01:00+00:00"),
        ]
    )

    dates = {"date_from": "2024-01-09T01:00", "date_to": "2024-01-09T01:59"}
    series = node(math_property="$session_duration", math_property_type="session_properties")
    [box] = ask("BoxPlot", series, interval="hour", dateRange=dates)["results"]

    assert (box["day"], box["min"], box["median"], box["mean"], box["max"]) == ("2024-01-09 01:00:00", 60, 90, 90, 120)


@pytest.mark.parametrize(
    ("series", "query", "words"),
    [
        (node(), {}, "series.0.math_property: required with the display BoxPlot"),
        (node(math_property="x"), {"breakdownFilter": {"breakdown": "x"}}, "breakdownFilter: with the display BoxPlot"),
        (node(math_property="x"), {"compareFilter": {"compare": True}}, "compareFilter: with the display BoxPlot"),
    ],
)
def test_a_box_plot_refuses_what_it_has_no_place_for(ask, series, query, words):
    with pytest.raises(Refusal, match=words):
        ask("BoxPlot", series, **query)


def test_a_slope_has_the_first_and_the_last_bucket(ask, store):
    store([SampleEvent("bought", NOW - timedelta(days=days)) for days in (0, 0, 0, 3, 7, 7)])

    query = {"compareFilter": {"compare": True}, "trendsFilter": {"smoothingIntervals": 3}}
    [result] = ask("SlopeGraph", node(), **query)["results"]

    assert (result["data"], result["days"]) == ([2, 3], ["2024-01-03", "2024-01-10"])
    assert result["labels"] == ["3-Jan-2024", "10-Jan-2024"]
    assert (result["count"], result["incomplete_end"]) == (5, True)
    assert "compare_label" not in result


def test_a_slope_of_the_past_is_complete_and_may_be_a_single_point(ask, store):
    store(BUSY)

    def slope(date_from, date_to, **query):
        [result] = ask("SlopeGraph", node(), dateRange={"date_from": date_from, "date_to": date_to}, **query)["results"]
        return result["data"], result["incomplete_end"]

    assert slope("2024-01-07", "2024-01-09") == ([1, 1], False)
    assert slope("2024-01-08", "2024-01-08") == ([3], False)
    assert slope("2024-01-07", "2024-01-09", trendsFilter={"formula": "A * 2"}) == ([2, 2], False)
    assert slope("2024-01-01", None, interval="month") == ([5], True)


def test_a_metric_is_drawn_from_a_series(ask, store):
    store(BUSY)

    looks = {"metricSummary": "total", "metricShowChange": True}
    [result] = ask("Metric", node(), trendsFilter=looks)["results"]

    assert result["data"] == [0, 0, 0, 0, 1, 3, 1, 0]


def test_a_map_of_the_world_has_room_for_all_countries(ask, store):
    store([event for code in range(251) for event in events("2024-01-09T01:00+00:00", country=f"{code:03}")])

    answer = ask("WorldMap", node(), breakdownFilter={"breakdown": "country", "breakdown_limit": 5})

    assert len(answer["results"]) == 251
    assert answer["results"][-1]["breakdown_value"] == "$$_posthog_breakdown_other_$$"
    assert answer["hasMore"] is True


@pytest.mark.parametrize(
    "display",
    ["ActionsLineGraph", "ActionsBar", "ActionsUnstackedBar", "ActionsStackedBar", "ActionsAreaGraph", "Auto"],
)
def test_other_displays_are_looks_alone(ask, store, display):
    store(BUSY)

    [result] = ask(display, node())["results"]

    assert result["data"] == [0, 0, 0, 0, 1, 3, 1, 0]


def test_hours_of_a_day_with_a_change_of_clocks(ask, store, team):
    """On 31 March 2024 there is no third hour in Berlin; on 27 October there are two of them."""
    team.timezone = "Europe/Berlin"
    store(
        events("2024-03-31T00:59+00:00", "2024-03-31T01:00+00:00", "2024-10-27T00:30+00:00", "2024-10-27T01:30+00:00")
    )

    def found(day):
        dates = {"date_from": f"{day}T00:00", "date_to": f"{day}T04:00"}
        [result] = ask("ActionsLineGraph", node(), interval="hour", dateRange=dates)["results"]
        return [one[11:16] for one in result["days"]], result["data"]

    assert found("2024-03-31") == (["00:00", "01:00", "03:00", "04:00"], [0, 1, 1, 0])
    assert found("2024-10-27") == (["00:00", "01:00", "02:00", "02:00", "03:00", "04:00"], [0, 0, 1, 1, 0, 0])
