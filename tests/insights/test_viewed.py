from datetime import UTC, datetime, timedelta

import pytest

from insights.models import ViewLog
from tests.factories.accounts import ProjectFactory
from tests.factories.insights import InsightFactory, ViewLogFactory
from tests.insights.test_list import BASIC_KEYS


def test_views_are_recorded_once_per_user_and_insight(api, url, team, alice, bob):
    first, second = InsightFactory.create_batch(2, team=team)

    response = api("insight:read").post(url("insights/viewed/"), {"insight_ids": [first.pk, second.pk, first.pk]})
    api("insight:read").post(url("insights/viewed/"), {"insight_ids": [first.pk]})
    api(user=bob).post(url("insights/viewed/"), {"insight_ids": [first.pk]})

    assert (response.status_code, response.content) == (201, b"")
    assert ViewLog.objects.filter(user=alice).count() == 2
    assert ViewLog.objects.filter(user=bob).count() == 1


def test_unknown_deleted_and_foreign_ids_are_passed_over(api, url, team):
    gone, foreign = InsightFactory(team=team, deleted=True), InsightFactory(team=ProjectFactory().team)

    response = api().post(url("insights/viewed/"), {"insight_ids": [gone.pk, foreign.pk, 10**15]})

    assert response.status_code == 201
    assert not ViewLog.objects.exists()


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({}, "insight_ids"),
        ({"insight_ids": []}, "insight_ids"),
        ({"insight_ids": "1"}, "insight_ids"),
        ({"insight_ids": ["x"]}, "insight_ids__0"),
        ({"insight_ids": list(range(2501))}, "insight_ids"),
    ],
)
def test_a_bad_list_is_refused(api, url, body, attr):
    response = api().post(url("insights/viewed/"), body)

    assert (response.status_code, response.json()["attr"]) == (400, attr)


def test_the_last_five_that_i_viewed_come_newest_first(api, url, team, alice, bob):
    now = datetime.now(UTC)
    insights = InsightFactory.create_batch(7, team=team)
    for age, insight in enumerate(insights):
        ViewLogFactory(user=alice, ref=insight.pk, viewed_at=now - timedelta(hours=age))
        ViewLogFactory(user=bob, ref=insights[6].pk, viewed_at=now) if age == 6 else None

    answer = api("insight:read").get(url("insights/my_last_viewed/")).json()

    assert [insight["id"] for insight in answer] == [insight.pk for insight in insights[:5]]
    assert set(answer[0]) == BASIC_KEYS


def test_who_viewed_nothing_has_an_empty_list(api, url, team):
    InsightFactory(team=team)

    assert api().get(url("insights/my_last_viewed")).json() == []
