from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from dashboards.models import Dashboard
from insights.models import Insight


@pytest.fixture
def post(api, url):
    client = api("dashboard:write")
    return lambda **body: client.post(url("dashboards/create_unlisted_dashboard/"), body)


def test_makes_a_dashboard_that_is_not_listed(post, api, url):
    response = post(tag="llm-analytics")

    assert response.status_code == 200
    made = response.json()
    assert (made["creation_mode"], made["tags"], made["name"]) == (
        "unlisted",
        ["llm-analytics"],
        "LLM Analytics Default",
    )
    assert made["filters"]["__template_version"] == 1
    assert made["tiles"]
    assert api().get(url("dashboards/")).json()["count"] == 0
    assert api().get(url("dashboards/?creation_mode=unlisted")).json()["count"] == 1
    assert api().get(url(f"dashboards/{made['id']}/")).status_code == 200


def test_the_tag_may_come_as_the_only_one_of_tags(post):
    made = post(name="Mine", tags=["mcp-analytics"]).json()

    assert (made["name"], made["tags"]) == ("Mine", ["mcp-analytics"])


@pytest.mark.parametrize("body", [{}, {"tag": ""}, {"tag": None}, {"tags": []}, {"tags": ["a", "b"]}, {"tags": "x"}])
def test_a_tag_is_required(post, error, body):
    response = post(**body)

    assert error(response) == (400, "required", "tag")
    assert response.json()["error"] == response.json()["detail"] == "tag is required"


@pytest.mark.parametrize("body", [{"tag": ["x"]}, {"tag": "llm-analytics", "name": "x" * 401}])
def test_every_complaint_comes_under_error_too(post, body):
    response = post(**body)

    assert response.status_code == 400
    assert response.json()["error"] == response.json()["detail"]


def test_an_unknown_tag_is_refused(post, error):
    response = post(tag="X")

    assert error(response) == (400, "invalid_input", "tag")
    assert response.json()["error"] == "Unknown template tag: X"


def test_there_is_one_of_each_tag_until_it_is_removed(post, error, api, url):
    first = post(tag="llm-analytics").json()
    again = post(tag="llm-analytics")

    assert error(again) == (409, "conflict", "tag")
    assert again.json()["error"] == "Unlisted dashboard with tag 'llm-analytics' already exists"
    assert Insight.objects.count() == len(first["tiles"])

    assert post(tag="mcp-analytics").status_code == 200
    api().patch(url(f"dashboards/{first['id']}/"), {"deleted": True})
    assert post(tag="llm-analytics").status_code == 200
    assert error(api().patch(url(f"dashboards/{first['id']}/"), {"deleted": False}))[0] == 409


def test_another_project_has_its_own(post, api, url, charlie):
    post(tag="llm-analytics")

    theirs = url("dashboards/create_unlisted_dashboard/", project_id=charlie.current_team.pk)
    assert api(user=charlie).post(theirs, {"tag": "llm-analytics"}).status_code == 200


def test_needs_the_scope(api, url, error):
    assert (
        error(api("dashboard:read").post(url("dashboards/create_unlisted_dashboard/"), {"tag": "llm-analytics"}))[0]
        == 403
    )


@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_gets_it(post):
    def ask(_):
        try:
            return post(tag="llm-analytics").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(ask, range(20)))

    assert answers == [200] + [409] * 19
    assert Dashboard.objects.filter(creation_mode="unlisted").count() == 1
