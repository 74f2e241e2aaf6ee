import json
from datetime import UTC, datetime, timedelta

import pytest

from insights.models import CachedResult
from insights.queries import QueryTimeout
from tests.factories.accounts import ProjectFactory
from tests.factories.events import EventFactory, PersonFactory
from tests.factories.insights import TRENDS, WRAPPED_TRENDS, CachedResultFactory

RESPONSE_KEYS = {
    "results",
    "hasMore",
    "is_cached",
    "last_refresh",
    "cache_key",
    "cache_target_age",
    "next_allowed_client_refresh",
    "timezone",
    "resolved_date_range",
    "hogql",
    "modifiers",
    "timings",
    "error",
    "query_status",
    "calculation_trigger",
}


@pytest.fixture
def ask(api, url):
    """`ask({"query": …})` as Alice; a keyword gives the query string."""
    return lambda body, **parameters: api("query:read").post(url("query/"), body, query_params=parameters)


@pytest.fixture
def visits(team):
    ann = PersonFactory(team=team)
    for days in (0, 1, 40):
        EventFactory(person=ann, timestamp=datetime.now(UTC) - timedelta(days=days))


def test_a_question_has_an_answer(ask, visits):
    response = ask({"query": TRENDS})

    assert response.status_code == 200
    answer = response.json()
    assert set(answer) >= RESPONSE_KEYS
    assert [series["count"] for series in answer["results"]] == [2]
    assert (answer["is_cached"], answer["query_status"], answer["error"]) == (False, None, None)
    assert answer["last_refresh"] < answer["next_allowed_client_refresh"] < answer["cache_target_age"]


def test_asked_again_the_stored_answer_comes_and_is_the_same(ask, visits, team):
    first = ask({"query": TRENDS}).json()
    EventFactory(person=PersonFactory(team=team))
    second = ask({"query": TRENDS}).json()

    assert second == {**first, "is_cached": True}
    assert CachedResult.objects.count() == 1


@pytest.mark.parametrize("refresh", [True, "true", "1", "Yes", "", "force_blocking"])
def test_who_forces_gets_a_new_one(ask, visits, team, refresh):
    ask({"query": TRENDS})
    EventFactory(person=PersonFactory(team=team))

    answer = ask({"query": TRENDS, "refresh": refresh}).json()

    assert (answer["results"][0]["count"], answer["is_cached"]) == (3, False)
    assert CachedResult.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"refresh": None},
        {"refresh": False},
        {"refresh": "false"},
        {"refresh": "0"},
        {"refresh": "force_cache"},
        {"refresh": "blocking"},
        {"refresh": "async_except_on_cache_miss"},
        {"async": False},
    ],
)
def test_what_is_missing_is_computed_in_every_other_mode(ask, visits, body):
    assert ask({"query": TRENDS, **body}).json()["results"][0]["count"] == 2


def test_what_is_stale_is_computed_anew(ask, visits, team):
    CachedResultFactory(team=team, query=TRENDS, last_refresh=datetime.now(UTC) - timedelta(hours=7))

    assert ask({"query": TRENDS}).json()["is_cached"] is False


def test_the_lazy_mode_is_content_with_older_ones(ask, visits, team):
    CachedResultFactory(team=team, query=TRENDS, last_refresh=datetime.now(UTC) - timedelta(hours=7))

    assert ask({"query": TRENDS, "refresh": "lazy_async"}).json()["is_cached"] is True


def test_an_answer_about_the_past_is_never_stale(ask, team):
    settled = {"results": [], "timezone": "UTC", "resolved_date_range": {"date_to": "2020-01-01T00:00:00+00:00"}}
    CachedResultFactory(team=team, query=TRENDS, response=settled, last_refresh=datetime.now(UTC) - timedelta(days=30))

    assert ask({"query": TRENDS}).json()["is_cached"] is True


def test_a_wrapped_query_is_the_same_question(ask, visits):
    bare = ask({"query": TRENDS}).json()
    wrapped = ask({"query": WRAPPED_TRENDS}).json()

    assert wrapped == {**bare, "is_cached": True}


def test_a_dashboard_s_filters_may_be_laid_over_it(ask, visits):
    answer = ask({"query": TRENDS, "filters_override": {"date_from": "-60d"}}).json()

    assert answer["results"][0]["count"] == 3


def test_all_that_clients_send_is_taken(ask, visits):
    body = {
        "query": TRENDS,
        "client_query_id": "abc",
        "name": "my query",
        "limit_context": "posthog_ai",
        "variables_override": {},
        "filters_override": None,
        "async": None,
        "query_type": "TrendsQuery",
    }

    assert ask(body).status_code == 200


def test_other_keys_are_refused_by_name(ask):
    response = ask({"query": TRENDS, "colour": "red", "size": 5})

    assert response.status_code == 400
    assert response.json() == {
        "type": "validation_error",
        "code": "parse_error",
        "detail": "2 validation errors for QueryRequest\n"
        "colour\n  Extra inputs are not permitted\nsize\n  Extra inputs are not permitted",
        "attr": None,
    }


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "query"),
        ({"query": None}, "parse_error", None),
        ({"query": "select 1"}, "parse_error", None),
        ({"query": {}}, "parse_error", None),
        ({"query": {"kind": "NoSuchQuery"}}, "parse_error", None),
        ({"query": TRENDS, "refresh": "soon"}, "invalid_choice", "refresh"),
        ({"query": TRENDS, "refresh": []}, "invalid_choice", "refresh"),
        ({"query": TRENDS, "filters_override": "x"}, "not_a_dict", "filters_override"),
        ({"query": TRENDS, "filters_override": {"properties": 5}}, "invalid_input", "filters_override__properties"),
        ({"query": TRENDS, "filters_override": {"date_from": 5}}, "parse_error", None),
        ({"query": TRENDS, "name": "x" * 129}, "max_length", "name"),
        ({"query": TRENDS, "limit_context": "x"}, "invalid_choice", "limit_context"),
        ({"query": TRENDS, "async": "perhaps"}, "invalid_input", "async"),
    ],
)
def test_a_bad_request_is_refused(ask, body, code, attr):
    response = ask(body)

    assert response.status_code == 400, response.json()
    assert (response.json()["code"], response.json()["attr"]) == (code, attr)


@pytest.mark.parametrize("body", [[], "x", 5])
def test_a_body_that_is_no_object_is_refused(ask, body):
    assert ask(body).status_code == 400


def test_a_kind_that_is_not_computed_here_is_refused_by_name(ask):
    response = ask({"query": {"kind": "GroupsQuery", "group_type_index": 0}})

    assert response.status_code == 400
    assert response.json()["detail"] == "Unsupported query kind: GroupsQuery"


def test_a_question_that_takes_too_long_is_a_timeout(ask, monkeypatch):
    def run(*args, **kwargs):
        raise QueryTimeout()

    monkeypatch.setattr("insights.queries.run", run)

    response = ask({"query": TRENDS})

    assert (response.status_code, response.json()["type"]) == (504, "server_error")
    assert not CachedResult.objects.exists()


def test_a_crash_is_a_server_error_without_its_text(ask, monkeypatch):
    monkeypatch.setattr("insights.queries.run", lambda *args, **kwargs: {}["secret"])

    response = ask({"query": TRENDS})

    assert response.status_code == 500
    assert response.json()["detail"] == "A server error occurred."


def test_two_projects_do_not_share_answers(ask, api, alice, visits):
    other = ProjectFactory(organization=alice.current_organization)
    ask({"query": TRENDS})

    answer = api().post(f"/api/projects/{other.pk}/query/", {"query": TRENDS}).json()

    assert (answer["results"][0]["count"], answer["is_cached"]) == (0, False)


@pytest.mark.parametrize("prefix", ["projects", "environments"])
@pytest.mark.parametrize("path", ["query", "query/"])
def test_both_prefixes_and_both_endings_lead_here(api, url, prefix, path):
    assert api().post(url(path, prefix=prefix), {"query": TRENDS}).status_code == 200


def test_only_post_is_known(session, url):
    assert session().get(url("query/")).status_code == 405


@pytest.mark.parametrize("scope", ["insight:write", "dashboard:write"])
def test_the_scope_is_query_read(api, url, scope):
    response = api(scope).post(url("query/"), {"query": TRENDS})

    assert response.status_code == 403
    assert response.json()["detail"] == "API key missing required scope 'query:read'"


def test_a_stranger_asks_nothing(api, url, charlie):
    assert api(user=charlie).post(url("query/"), json.dumps({}), content_type="application/json").status_code == 403
