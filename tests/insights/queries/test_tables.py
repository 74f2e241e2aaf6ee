"""Every kind's real results as the small text table that agents read."""

from datetime import UTC, datetime, timedelta

import pytest

from insights.formatting import format_results
from insights.queries import run
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
DATES = {"date_from": "2024-01-09", "date_to": "2024-01-10"}
SERIES = [{"kind": "EventsNode", "event": "a"}, {"kind": "EventsNode", "event": "b", "custom_name": "Paid"}]
ROWS = {"EventsQuery", "ActorsQuery", "PersonsNode", "HogQLQuery"}
BROWSER = {"breakdownFilter": {"breakdown": "$browser"}}


def seen(name, minutes, person, **properties):
    return SampleEvent(name, NOW - timedelta(minutes=minutes), person=person, properties=properties)


@pytest.fixture
def table(team, store):
    store(
        [
            seen("a", 1500, 1),
            seen("a", 10, 1, **{"$browser": "Safari"}),
            seen("b", 8, 1, **{"$browser": "Safari"}),
            seen("a", 5, 2),
        ],
        [SamplePerson(1, {"plan": "paid"})],
    )

    def shown(**query):
        query = {"dateRange": DATES, **query}
        if query["kind"] in ROWS:
            del query["dateRange"]
        return format_results(query, run(query, team=team, now=NOW))

    return shown


def test_funnels(table):
    steps = table(kind="FunnelsQuery", series=SERIES)
    assert steps == (
        "Step|Name|Count|Conversion|From previous|Average seconds|Median seconds\n"
        "1|a|2|100%|100%|-|-\n"
        "2|Paid|1|50%|50%|120|120"
    )
    broken_down = table(kind="FunnelsQuery", series=SERIES, **BROWSER)
    assert broken_down.startswith("Safari\nStep|")
    assert "\n\n(empty)\nStep|" in broken_down
    trends = table(kind="FunnelsQuery", series=SERIES, funnelsFilter={"funnelVizType": "trends"})
    assert trends == "Date|Conversion %\n2024-01-09|100\n2024-01-10|50"
    times = table(kind="FunnelsQuery", series=SERIES, funnelsFilter={"funnelVizType": "time_to_convert"})
    assert times == "Average seconds to convert: 120\nFrom second|Persons\n120|1\n180|0"


def test_retention(table):
    asked = {"totalIntervals": 2, "targetEntity": {"id": "a"}, "returningEntity": {"id": "a"}}

    assert table(kind="RetentionQuery", retentionFilter=asked) == (
        "Date|Persons|Day 0|Day 1\n2024-01-09T00:00:00+00:00|1|100%|100%\n2024-01-10T00:00:00+00:00|2|100%|"
    )
    plans = {"breakdown": "plan", "breakdown_type": "person"}
    broken_down = table(kind="RetentionQuery", retentionFilter=asked, breakdownFilter=plans)
    assert broken_down.splitlines()[1] == "paid|2024-01-09T00:00:00+00:00|1|100%|100%"
    assert broken_down.splitlines()[4] == "(empty)|2024-01-10T00:00:00+00:00|1|100%|"


def test_lifecycle(table):
    assert table(kind="LifecycleQuery", series=SERIES[:1]).splitlines()[0] == "Date|new|returning|resurrecting|dormant"


def test_stickiness(table):
    assert table(kind="StickinessQuery", series=SERIES) == "Active for|a|Paid\n1 day|1|1\n2 days|1|0"


def test_paths(table):
    assert table(kind="PathsQuery", pathsFilter={}) == "Source|Target|Count|Average seconds\n1_a|2_b|1|120"


def test_events(table):
    shown = table(kind="EventsQuery", select=["event", "properties"], event="b")

    assert shown == 'event|properties\nb|{"$browser":"Safari"}'


def test_aggregates_of_events(table):
    assert table(kind="EventsQuery", select=["event", "count() -- How many"]) == "event|count() -- How many\na|2\nb|1"


def test_persons(table):
    persons = table(kind="ActorsQuery", select=["properties.plan", "count()"], orderBy=["count()", "properties.plan"])

    assert persons == "properties.plan|count()\npaid|1\n|1"
    assert table(kind="PersonsNode").splitlines()[0] == "person"
    assert '"plan":"paid"' in table(kind="PersonsNode")


def test_sql(table):
    assert table(kind="HogQLQuery", query="SELECT event, count() AS c FROM events GROUP BY 1 ORDER BY 2") == (
        "event|c\nb|1\na|3"
    )


def test_nothing_is_no_data(team):
    query = {"kind": "PathsQuery", "pathsFilter": {}}

    assert format_results(query, run(query, team=team, now=NOW)) == "No data."
