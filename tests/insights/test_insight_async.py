"""GET of insights in the asynchronous modes."""

from datetime import UTC, datetime, timedelta

import pytest

from insights.models import QueryJob
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.insights import CachedResultFactory, InsightFactory, QueryJobFactory, trends_of


@pytest.fixture
def insight(team):
    return InsightFactory(team=team)


@pytest.fixture
def get(api, url, insight):
    return lambda **parameters: api("insight:read").get(url(f"insights/{insight.pk}/"), parameters).json()


def test_a_missing_result_comes_later(get, work, insight):
    answer = get(refresh="async")

    assert answer["result"] is None
    assert (answer["query_status"]["complete"], answer["query_status"]["insight_id"]) == (False, insight.pk)
    assert work() == 1
    answer = get(refresh="async")
    assert (answer["result"][0]["label"], answer["query_status"]) == ("$pageview", None)


def test_a_stale_result_is_shown_meanwhile(get, team, insight):
    CachedResultFactory(team=team, query=insight.query, last_refresh=datetime.now(UTC) - timedelta(days=1))

    answer = get(refresh="async")

    assert (answer["result"], answer["is_cached"]) == ([{"label": "stored"}], True)
    assert answer["query_status"]["complete"] is False


def test_a_fresh_one_needs_no_job(get, team, insight):
    CachedResultFactory(team=team, query=insight.query)

    assert get(refresh="lazy_async")["query_status"] is None
    assert not QueryJob.objects.exists()


def test_the_client_may_name_the_query(get):
    assert get(refresh="force_async", client_query_id="mine")["query_status"]["id"] == "mine"


def test_a_job_knows_the_dashboard_that_it_is_for(get, team, insight):
    tile = InsightTileFactory(dashboard=DashboardFactory(team=team, filters={"date_from": "-30d"}), insight=insight)

    status = get(refresh="async", from_dashboard=tile.dashboard_id)["query_status"]

    assert (status["dashboard_id"], status["insight_id"]) == (tile.dashboard_id, insight.pk)
    assert QueryJob.objects.get().query["source"]["dateRange"]["date_from"] == "-30d"


@pytest.mark.parametrize("rows", [1, 20])
def test_a_list_puts_all_in_at_once(api, url, team, rows, work, django_assert_num_queries):
    for number in range(rows):
        InsightFactory(team=team, query=trends_of(str(number)))
    client = api("insight:read")
    client.get(url("insights/"))

    # as without, and: savepoint, jobs that wait, the new ones, release
    with django_assert_num_queries(6 + 4):
        page = client.get(url("insights/"), {"refresh": "async"}).json()

    assert [row["query_status"]["complete"] for row in page["results"]] == [False] * rows
    assert work() == rows
    assert all(row["result"] for row in client.get(url("insights/")).json()["results"])


def test_a_list_asked_again_waits_for_the_same_jobs(api, url, team, insight):
    def ids():
        page = api().get(url("insights/"), {"refresh": "async"}).json()
        return [row["query_status"]["id"] for row in page["results"]]

    assert ids() == ids()


def test_where_too_many_wait_the_insight_says_so(get, team):
    QueryJobFactory.create_batch(100, team=team, cache_key="another")

    answer = get(refresh="async")

    assert answer["result"] is None
    assert answer["query_status"]["error_message"] == "concurrency_limit_exceeded"
