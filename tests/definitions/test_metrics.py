"""GET event_definitions/:id/metrics/"""

from insights.models import Insight


def test_counts_the_insights_that_ask_for_the_event(api, url, signup, charlie):
    query = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [{"event": "signed up"}]}}
    Insight.objects.create(team=signup.team, query=query)
    Insight.objects.create(team=signup.team, query=query, deleted=True)
    Insight.objects.create(team=signup.team, query={"kind": "InsightVizNode", "source": {"series": []}})
    Insight.objects.create(team=charlie.current_team, query=query)

    response = api("event_definition:read").get(url(f"event_definitions/{signup.pk}/metrics/"))

    assert (response.status_code, response.json()) == (200, {"query_usage_30_day": 1})


def test_nobody_asks_for_a_new_one(api, url, signup):
    assert api().get(url(f"event_definitions/{signup.pk}/metrics/")).json() == {"query_usage_30_day": 0}
