"""POST /query/:kind/, /query/upgrade/ and /query/check_auth_for_async/."""

import pytest

from tests.factories.insights import TRENDS, WRAPPED_TRENDS


@pytest.mark.parametrize(
    ("kind", "query"),
    [("TrendsQuery", TRENDS), ("TrendsQuery", WRAPPED_TRENDS), ("InsightVizNode", WRAPPED_TRENDS)],
)
def test_the_kind_may_stand_in_the_path(api, url, kind, query):
    response = api("query:read").post(url(f"query/{kind}/"), {"query": query})

    assert (response.status_code, response.json()["results"][0]["label"]) == (200, "$pageview")


def test_another_kind_than_the_body_says_is_refused(api, url):
    response = api().post(url("query/FunnelsQuery/"), {"query": TRENDS})

    assert (response.status_code, response.json()["attr"]) == (400, "query")


@pytest.mark.parametrize("path", ["query/1/", "query/nonsense/", "query/trendsQuery/"])
def test_what_is_no_kind_is_missing(api, url, path):
    assert api().post(url(path), {"query": TRENDS}).status_code == 404


def test_a_query_is_up_to_date_as_it_is(api, url):
    response = api("query:read").post(url("query/upgrade/"), {"query": WRAPPED_TRENDS})

    assert (response.status_code, response.json()) == (200, {"query": WRAPPED_TRENDS})


@pytest.mark.parametrize("body", [{}, {"query": None}, {"query": {"kind": "NoSuchQuery"}}])
def test_what_is_no_query_cannot_be_brought_up_to_date(api, url, body):
    assert api().post(url("query/upgrade/"), body).status_code == 400


def test_who_may_ask_is_told_so(api, url, session):
    assert api("query:read").post(url("query/check_auth_for_async/")).json() == {"user": "ok"}
    assert session().post(url("query/check_auth_for_async")).status_code == 200


@pytest.mark.parametrize("path", ["query/TrendsQuery/", "query/upgrade/", "query/check_auth_for_async/"])
def test_all_of_them_need_the_scope(api, url, path):
    assert api("insight:write").post(url(path), {"query": TRENDS}).status_code == 403


def test_an_agent_gets_a_text_table_besides(api, url):
    body = {"query": {**TRENDS, "trendsFilter": {"display": "BoldNumber"}}}

    for_agents = api().post(url("query/"), body, headers={"x-posthog-client": "mcp"}).json()
    for_others = api().post(url("query/"), body).json()

    assert for_agents["formatted_results"] == "Series|Total\n$pageview|0"
    assert "formatted_results" not in for_others
