from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command

from dashboards.models import Dashboard
from events.models import Event, Person
from insights.models import Insight
from posthog_lite.demo.content import DASHBOARDS, INSIGHTS
from posthog_lite.demo.product import DAYS, Diary
from sharing.models import SharingConfiguration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_tells_the_same_story_twice():
    first, second = (list(Diary(until=NOON).days()) for _ in range(2))

    assert len(first) == DAYS
    assert first == second


def test_tells_nothing_of_the_future():
    last_day = list(Diary(until=NOON).days())[-1]

    assert max(event["timestamp"] for event in last_day) <= NOON.isoformat()


def test_every_insight_is_on_a_dashboard_and_every_name_is_known():
    shown = [name for dashboard in DASHBOARDS for name in dashboard["insights"]]

    assert set(shown) == set(INSIGHTS)
    assert len(INSIGHTS) == 12


@pytest.mark.django_db
def test_fills_a_project_once(alice, team, api, url):
    call_command("demo", project=team.pk)
    events = Event.objects.count()
    call_command("demo", project=team.pk)

    assert Event.objects.count() == events > 10_000
    assert Person.objects.filter(is_identified=True).count() > 100
    assert (Dashboard.objects.count(), Insight.objects.count()) == (3, 12)
    assert SharingConfiguration.objects.open().get().dashboard.name == DASHBOARDS[0]["name"]
    for dashboard in Dashboard.objects.all():
        path = url(f"dashboards/{dashboard.pk}/run_insights/?refresh=blocking&output_format=json")
        results = api().get(path).json()["results"]
        assert results
        assert all(tile["insight"]["result"] for tile in results)


@pytest.mark.django_db
def test_a_project_that_is_not_there(db):
    with pytest.raises(CommandError):
        call_command("demo", project=999_999)
