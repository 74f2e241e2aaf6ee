from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.accounts import MembershipFactory, ProjectFactory, UserFactory
from tests.factories.insights import CachedResultFactory, InsightFactory, ViewLogFactory, trends_of
from tests.insights.test_list import BASIC_KEYS


@pytest.fixture
def get(api, url):
    return lambda **parameters: api("insight:read").get(url("insights/trending/"), parameters)


@pytest.fixture
def view(team):
    def look(insight, *users, days=0):
        for user in users:
            ViewLogFactory(team=team, user=user, ref=insight.pk, viewed_at=datetime.now(UTC) - timedelta(days=days))

    return look


def test_those_that_most_people_viewed_come_first(get, view, team, alice, bob):
    popular, seen, _ = InsightFactory.create_batch(3, team=team, created_by=alice)
    view(seen, alice)
    view(popular, alice, bob)

    answer = get().json()

    assert [row["id"] for row in answer["results"]] == [popular.pk, seen.pk]
    assert (answer["count"], answer["next"], answer["previous"]) == (2, None, None)
    first = answer["results"][0]
    assert set(first) == BASIC_KEYS | {"view_count", "viewers", "last_modified_by"}
    assert first["view_count"] == 2
    assert {viewer["email"] for viewer in first["viewers"]} == {alice.email, bob.email}


def test_the_three_who_looked_last_are_named(get, view, team, organization):
    insight = InsightFactory(team=team)
    users = [MembershipFactory(organization=organization, user=UserFactory()).user for _ in range(5)]
    for days, user in enumerate(users):
        view(insight, user, days=days)

    (row,) = get().json()["results"]

    assert row["view_count"] == 5
    assert [viewer["email"] for viewer in row["viewers"]] == [user.email for user in users[:3]]


def test_older_views_do_not_count_unless_they_are_asked_for(get, view, team, alice):
    insight = InsightFactory(team=team)
    view(insight, alice, days=8)

    assert get().json()["results"] == []
    assert get(days=9).json()["count"] == 1


def test_there_are_as_many_as_asked_for(get, view, team, alice):
    for insight in InsightFactory.create_batch(12, team=team):
        view(insight, alice)

    assert get().json()["count"] == 10
    assert get(limit=3).json()["count"] == 3
    assert get(limit=100_000).json()["count"] == 12


def test_deleted_and_foreign_ones_are_not_listed(get, view, team, alice):
    view(InsightFactory(team=team, deleted=True), alice)
    view(InsightFactory(team=ProjectFactory().team), alice)

    assert get().json()["results"] == []


@pytest.mark.parametrize(
    "parameters", [{"days": "x"}, {"days": 0}, {"days": 10**6}, {"limit": "x"}, {"limit": 0}, {"limit": 1.5}]
)
def test_a_bad_number_is_refused_by_name(get, parameters):
    response = get(**parameters)

    assert (response.status_code, response.json()["attr"]) == (400, *parameters)


@pytest.mark.parametrize("rows", [1, 10])
def test_costs_the_same_for_one_and_for_ten(api, url, view, team, alice, bob, rows, django_assert_num_queries):
    for number in range(rows):
        insight = InsightFactory(team=team, query=trends_of(str(number)))
        CachedResultFactory(team=team, query=insight.query)
        view(insight, alice, bob)
    client = api("insight:read")
    client.get(url("insights/trending/"))

    # key and user, project and membership, insights with views and tags, tiles (of which there are none),
    # viewers, ages of the answers
    with django_assert_num_queries(6):
        answer = client.get(url("insights/trending/")).json()

    assert all(row["last_refresh"] for row in answer["results"])


def test_another_scope_reads_nothing(api, url):
    assert api("dashboard:read").get(url("insights/trending/")).status_code == 403
