"""The main job: the official SDK captures, curl builds a dashboard, `run_insights` tells the true numbers."""

import json
import shutil
import subprocess

import pytest
from posthog import Posthog

from tests.factories.accounts import PersonalAPIKeyFactory

SIGNUPS = {"kind": "EventsNode", "event": "signed up", "math": "total"}
PEOPLE = {"kind": "EventsNode", "event": "signed up", "math": "dau"}
PRO = {
    **SIGNUPS,
    "properties": [{"type": "person", "key": "plan", "operator": "exact", "value": ["pro"]}],
}


@pytest.fixture
def curl(live_server, alice):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    key = PersonalAPIKeyFactory(user=alice).value

    def call(method: str, path: str, body=None):
        command = ["curl", "-sS", "-X", method, f"{live_server.url}{path}", "-H", f"Authorization: Bearer {key}"]
        if body is not None:
            command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)

    return call


@pytest.mark.django_db(transaction=True)
def test_from_an_event_to_a_number_on_a_dashboard(live_server, team, curl):
    sdk = Posthog(team.api_token, host=live_server.url, sync_mode=True)
    for person, plan in [("ann", "pro"), ("bea", "free"), ("cem", "pro")]:
        sdk.set(distinct_id=person, properties={"plan": plan})
        sdk.capture("signed up", distinct_id=person)
    sdk.capture("signed up", distinct_id="ann")
    sdk.capture("something else", distinct_id="ann")

    dashboard = curl("POST", f"/api/projects/{team.pk}/dashboards/", {"name": "Growth"})
    query = {"kind": "TrendsQuery", "series": [SIGNUPS, PEOPLE, PRO], "dateRange": {"date_from": "-1d"}}
    insight = curl(
        "POST",
        f"/api/projects/{team.pk}/insights/",
        {"name": "Signups", "dashboards": [dashboard["id"]], "query": {"kind": "InsightVizNode", "source": query}},
    )
    answer = curl(
        "GET",
        f"/api/projects/{team.pk}/dashboards/{dashboard['id']}/run_insights/?refresh=blocking&output_format=json",
    )

    (tile,) = answer["results"]
    assert tile["insight"]["id"] == insight["id"]
    assert [series["count"] for series in tile["insight"]["result"]] == [4, 3, 3]
    assert [series["data"][0] for series in tile["insight"]["result"]] == [0, 0, 0]
