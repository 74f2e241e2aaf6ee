"""Every display of trends through HTTP: as JSON, as text for assistants, on a page that anybody may see."""

from datetime import UTC, datetime

import pytest

from tests.factories.events import EventFactory, PersonFactory

DISPLAYS = ["CalendarHeatmap", "BoxPlot", "SlopeGraph", "Metric", "WorldMap"]


@pytest.mark.parametrize("display", DISPLAYS)
def test_a_display_is_answered_everywhere(api, client, url, team, display):
    at = datetime(2024, 1, 9, 1, tzinfo=UTC)
    EventFactory(person=PersonFactory(team=team), event="bought", timestamp=at, properties={"price": 3})
    alice = api()
    query = {
        "kind": "TrendsQuery",
        "series": [{"kind": "EventsNode", "event": "bought", "math_property": "price"}],
        "trendsFilter": {"display": display},
        "dateRange": {"date_from": "2024-01-08", "date_to": "2024-01-09"},
    }

    board = alice.post(url("dashboards/"), {"name": "All"}, format="json").json()["id"]
    body = {"name": "Mine", "query": {"kind": "InsightVizNode", "source": query}, "dashboards": [board]}
    insight = alice.post(url("insights/"), body, format="json").json()["id"]
    answers = url(f"dashboards/{board}/run_insights/?refresh=force_blocking")
    [as_json] = alice.get(f"{answers}&output_format=json").json()["results"]
    [as_text] = alice.get(answers).json()["results"]
    share = alice.patch(url(f"insights/{insight}/sharing/"), {"enabled": True}, format="json").json()
    page = client.get(f"/shared/{share['access_token']}")

    assert as_json["insight"]["result"]
    assert "|" in as_text["insight"]["result"]
    assert (page.status_code, b"Mine" in page.content) == (200, True)
