from datetime import UTC, datetime, timedelta

import pytest

from common.exceptions import Refusal
from events.models import Person
from insights.queries import run
from tests.insights.queries.reference.samples import SampleEvent

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
DAYS = {"date_from": "2024-01-07", "date_to": "2024-01-10"}


def visits(person, *days, event="$pageview", **properties):
    return [
        SampleEvent(event, datetime(2024, 1, day, 12, tzinfo=UTC), person=person, properties=properties) for day in days
    ]


def lifecycle(**query):
    return {
        "kind": "LifecycleQuery",
        "series": [{"kind": "EventsNode", "event": "$pageview"}],
        "dateRange": DAYS,
    } | query


@pytest.fixture
def ask(team):
    """Persons were created with their first event of January, or on the day given."""

    def asked(query, **created):
        for number in range(1, 6):
            first = team.events.filter(person_id=number).order_by("timestamp").first()
            moment = created.get(f"person_{number}") or (first and first.timestamp) or NOW
            Person.objects.filter(team=team, number=number).update(created_at=moment)
        return run(query, team=team, now=NOW)["results"]

    return asked


def data(results):
    return {one["status"]: one["data"] for one in results}


def test_everybody_active_has_one_status_and_who_left_is_dormant(ask, store):
    store(visits(1, 7, 8, 10) + visits(2, 6, 7) + visits(3, 1, 9))

    results = ask(lifecycle())

    assert data(results) == {
        "new": [1, 0, 0, 0],
        "returning": [1, 1, 0, 0],
        "resurrecting": [0, 0, 1, 1],
        "dormant": [0, -1, -1, -1],
    }
    assert [one["status"] for one in results] == ["new", "returning", "resurrecting", "dormant"]
    assert results[0] == {
        "action": {"id": "$pageview", "name": "$pageview", "type": "events", "order": 0, "math": "total"},
        "label": "$pageview - new",
        "status": "new",
        "data": [1, 0, 0, 0],
        "days": ["2024-01-07", "2024-01-08", "2024-01-09", "2024-01-10"],
        "labels": ["7-Jan-2024", "8-Jan-2024", "9-Jan-2024", "10-Jan-2024"],
        "count": 1,
    }


def test_who_was_created_before_the_first_event_is_never_new(ask, store):
    store(visits(1, 7))

    results = ask(lifecycle(), person_1=NOW - timedelta(days=100))

    assert data(results)["resurrecting"] == [1, 0, 0, 0]


def test_only_the_dates_of_the_insight(ask, store):
    store(visits(1, 6, 7))

    results = ask(lifecycle(lifecycleFilter={"onlyUseInsightDates": True}))

    assert data(results)["new"] == [1, 0, 0, 0]
    assert data(results)["dormant"] == [0, -1, 0, 0]


def test_events_that_touch_no_profile_do_not_count(ask, store):
    store(visits(1, 7, **{"$process_person_profile": False}))

    assert not any(any(numbers) for numbers in data(ask(lifecycle())).values())


def test_groups_are_as_old_as_their_first_event(ask, store):
    acme = {"$group_0": "acme"}
    store(visits(1, 8, event="other", **acme) + visits(2, 8, 9, **acme) + visits(3, 9, **{"$group_0": ""}))

    results = ask(lifecycle(aggregation_group_type_index=0))

    assert (data(results)["new"], data(results)["returning"]) == ([0, 1, 0, 0], [0, 0, 1, 0])


def test_the_last_bucket_counts_to_its_end(ask, store):
    store(visits(1, 13))
    weeks = {"date_from": "2024-01-01", "date_to": "2024-01-10"}

    assert data(ask(lifecycle(interval="week", dateRange=weeks)))["new"] == [0, 1]


def test_who_comes_every_day_returns_also_on_the_first(ask, store):
    store(visits(1, 5, 6, 7))

    assert data(ask(lifecycle()))["returning"] == [1, 0, 0, 0]


def test_all_four_statuses_come_whichever_are_shown(ask, store):
    results = ask(lifecycle(lifecycleFilter={"toggledLifecycles": ["new"], "showLegend": True}))

    assert [one["status"] for one in results] == ["new", "returning", "resurrecting", "dormant"]
    assert results[3]["data"] == [0, 0, 0, 0]


@pytest.mark.parametrize("math", [None, "total", "dau"])
def test_persons_are_counted_however_often_they_come(ask, store, math):
    store(visits(1, 7, 7))

    assert data(ask(lifecycle(series=[{"kind": "EventsNode", "event": "$pageview", "math": math}])))["new"][0] == 1


def test_no_series_no_results(ask):
    assert ask(lifecycle(series=[])) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (lifecycle(series=[{"kind": "EventsNode"}] * 2), "series: a lifecycle has one"),
        (lifecycle(series=[{"kind": "ActionsNode", "id": 1}]), "Action ID 1 does not exist!"),
        (lifecycle(series=[{"kind": "EventsNode", "math": "sum"}]), "series.0.math: sum"),
        (lifecycle(interval="second"), "interval: second"),
        (lifecycle(aggregation_group_type_index=9), "aggregation_group_type_index"),
        (lifecycle(customAggregationTarget=True), "customAggregationTarget"),
        (lifecycle(dateRange={"date_from": "0001-01-01", "date_to": "0001-01-02"}), "too far away"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(ask, query, words):
    with pytest.raises(Refusal, match=words):
        ask(query)
