"""`?sharing_access_token=` at the API: what a guest may read, and that nobody else notices."""

import pytest
from rest_framework.test import APIClient

from insights.models import CachedResult
from insights.results import answers
from tests.factories.accounts import ProjectFactory
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.insights import InsightFactory
from tests.factories.themes import DataColorThemeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(visitor, url, share):
    def call(path, *, token=None, method="get", **parameters):
        query = {"sharing_access_token": token or share.access_token, **parameters}
        return getattr(visitor, method)(url(path), query_params=query)

    return call


def test_reads_the_insights_of_the_dashboard_and_no_others(get, insight, team):
    other = InsightFactory(team=team)
    gone = InsightTileFactory(dashboard=insight.dashboard_tiles.get().dashboard, insight__team=team)
    gone.__class__.objects.filter(pk=gone.pk).update(deleted=True)

    assert get(f"insights/{insight.pk}/").json()["result"][0]["count"] == 1239
    assert get(f"insights/{insight.short_id}/").status_code == 200
    assert [row["id"] for row in get("insights/").json()["results"]] == [insight.pk]
    for uncovered in (other, gone.insight):
        assert (get(f"insights/{uncovered.pk}/").status_code, get("insights/").json()["count"]) == (404, 1)


def test_a_deleted_insight_is_not_covered(get, insight):
    type(insight).objects.filter(pk=insight.pk).update(deleted=True)

    assert get(f"insights/{insight.pk}/").status_code == 404
    assert get("insights/").json()["count"] == 0


def test_an_insights_share_covers_that_insight(get, insight, insight_share, dashboard, team):
    InsightTileFactory(dashboard=dashboard, insight=InsightFactory(team=team))

    shown = get("insights/", token=insight_share.access_token).json()

    assert [row["id"] for row in shown["results"]] == [insight.pk]
    assert shown["results"][0]["result"][0]["count"] == 1239


def test_in_a_dashboards_list_there_are_no_answers_without_its_filters(get):
    assert get("insights/").json()["results"][0]["result"] is None


def test_asks_as_the_shared_dashboard_does(get, insight, dashboard, team):
    other = DashboardFactory(team=team)
    InsightTileFactory(dashboard=other, insight=insight)
    type(dashboard).objects.filter(pk=dashboard.pk).update(filters={"date_from": "-3d"})

    for parameters in ({}, {"from_dashboard": other.pk}, {"filters_override": '{"date_from": "all"}'}):
        query = get(f"insights/{insight.pk}/", **parameters).json()["query"]
        assert query["source"]["dateRange"]["date_from"] == "-3d"


def test_never_makes_the_server_compute(get, insight, monkeypatch):
    monkeypatch.setattr(answers.queries, "run", lambda query, **kwargs: 1 / 0)
    CachedResult.objects.all().delete()

    for refresh in ("true", "force_blocking", "blocking", "async"):
        assert get(f"insights/{insight.pk}/", refresh=refresh).json()["result"] is None


def test_reads_themes_in_their_public_shape(get, team):
    own = DataColorThemeFactory(team=team)
    foreign = DataColorThemeFactory()

    names = [theme["name"] for theme in get("data_color_themes/").json()["results"]]
    assert names == ["Default Theme", own.name]
    assert set(get(f"data_color_themes/{own.pk}/").json()) == {"id", "name", "colors", "is_global"}
    assert get(f"data_color_themes/{foreign.pk}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "patch", "put", "delete"])
def test_writes_nothing(get, insight, method):
    for path in ("insights/", f"insights/{insight.pk}/", "data_color_themes/"):
        response = get(path, method=method)
        assert (response.status_code, response.json()["code"], response.json()["detail"]) == (
            403,
            "authentication_failed",
            "Sharing access token can only be used for GET requests.",
        )


@pytest.mark.parametrize("path", ["insights/my_last_viewed/", "insights/viewed/"])
def test_other_actions_are_closed(get, path):
    response = get(path)

    assert response.status_code in {403, 405}
    if response.status_code == 403:
        assert response.json()["detail"] == "You do not have permission to perform this action."


def test_another_project_is_closed(visitor, share):
    elsewhere = ProjectFactory()

    response = visitor.get(f"/api/projects/{elsewhere.pk}/insights/?sharing_access_token={share.access_token}")

    assert (response.status_code, response.json()["detail"]) == (
        403,
        "You do not have permission to perform this action.",
    )


@pytest.mark.parametrize("name", ["@current", "999999", "abc"])
def test_a_project_that_is_not_there_is_missing(visitor, share, name):
    response = visitor.get(f"/api/projects/{name}/insights/?sharing_access_token={share.access_token}")

    assert (response.status_code, response.json()["detail"]) == (404, "Project not found.")


@pytest.mark.parametrize("path", ["dashboards/", "dashboards/{dashboard}/", "dashboards/{dashboard}/sharing/", "tags/"])
def test_other_views_do_not_know_it(visitor, url, share, path):
    path = url(path.format(dashboard=share.dashboard_id))

    response = visitor.get(f"{path}?sharing_access_token={share.access_token}")

    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["dashboards/", "tags/"])
def test_an_unlocked_share_is_no_bearer_of_other_views(visitor, url, locked, path):
    token = visitor.post(f"/shared/{locked.access_token}", {"password": "correct horse"}).json()["shareToken"]

    response = APIClient().get(url(path), HTTP_AUTHORIZATION=f"Bearer {token}")

    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")
    assert response.json()["detail"] == "Token invalid."


def test_views_that_know_it_refuse_with_403_as_posthog_does(url, db):
    anonymous = APIClient().get(url("insights/"))
    bad_key = APIClient().get(url("insights/"), HTTP_AUTHORIZATION="Bearer phx_nonsense")

    assert (anonymous.status_code, anonymous.json()["code"]) == (403, "not_authenticated")
    assert (bad_key.status_code, bad_key.json()["code"]) == (403, "authentication_failed")


def test_costs_other_views_nothing(api, url, dashboard, django_assert_num_queries):
    client = api()
    client.get(url("tags/"))

    with django_assert_num_queries(3):  # key and user; project and membership; tags
        client.get(url("tags/?sharing_access_token=anything"))


@pytest.mark.parametrize("token", ["", "%00", "x" * 5000, "٣"])
def test_a_strange_token_is_refused(visitor, url, share, token):
    assert visitor.get(f"{url('insights/')}?sharing_access_token={token}").status_code in {400, 403}
    assert visitor.get(f"{url('insights/')}", HTTP_AUTHORIZATION=f"Bearer {'a' * 3000}.b.c").status_code == 403


def test_members_see_what_they_always_saw(api, url, insight, share):
    shown = api().get(url(f"insights/{insight.pk}/")).json()

    assert shown["created_by"]["email"] == "alice@hogflix.com"
