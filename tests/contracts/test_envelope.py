"""Each error has exactly the four keys, and a bad request is never our fault."""

import pytest
from rest_framework.test import APIClient

from tests.contracts.routes import viewset_routes

KEYS = {"type", "code", "detail", "attr"}
ROUTES = viewset_routes()
LISTS = [route for route in ROUTES if route.action == "list" and route.scopes and not route.names_a_row]
WITH_BODY = [route for route in ROUTES if route.method in {"post", "put", "patch"} and route.scopes]


def path_of(route, project, organization):
    return route.path(project_id=project.pk, organization_id=organization.pk, uuid="@me")


def assert_refused(response, *statuses):
    assert response.status_code in statuses, response.content[:300]
    assert response["Content-Type"].startswith("application/json")
    assert set(response.json()) >= KEYS
    assert isinstance(response.json()["detail"], str)


@pytest.mark.parametrize("route", [r for r in ROUTES if not r.viewset.sharing_enabled_actions], ids=str)
def test_an_anonymous_caller_gets_401_with_a_challenge(project, organization, route):
    response = APIClient().generic(route.method.upper(), path_of(route, project, organization))

    assert_refused(response, 401)
    assert set(response.json()) == KEYS
    assert response["WWW-Authenticate"] in {"Bearer", "Session"}


@pytest.mark.parametrize("route", [r for r in ROUTES if r.viewset.sharing_enabled_actions], ids=str)
def test_where_share_tokens_are_taken_an_anonymous_caller_gets_403(project, organization, route):
    """As in PostHog: the first authenticator of these views has no challenge to offer."""
    response = APIClient().generic(route.method.upper(), path_of(route, project, organization))

    assert_refused(response, 403)
    assert response.json()["code"] == "not_authenticated"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{broken", 400),
        (b'{"name": "\\ud800"}', 400),
        (b'{"name": "a\\u0000b", "query": {"\\u0000": 1}}', 400),
        (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
        (b'{"x": ' + b"[" * 70 + b"]" * 70 + b"}", 400),
        (b'{"x": ' + b"9" * 5000 + b"}", 400),
        (b'{"x": 18446744073709551616}', 400),
        (b'{"x": 1e25}', 400),
        (b'{"x": NaN}', 400),
        (b'{"name": "' + b"x" * (11 * 1024 * 1024) + b'"}', 413),
        (b"\xff\xfe", 400),
    ],
    ids=["no-json", "surrogate", "nul", "very-deep", "deep", "5000-digits", "2^64", "1e25", "nan", "11-MiB", "no-utf8"],
)
@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_a_body_that_cannot_be_kept_is_refused(api, project, organization, route, body, status):
    path = path_of(route, project, organization)

    response = api().generic(route.method.upper(), path, body, content_type="application/json")

    # A row that is not there, or that nobody may write, is refused before its body is read.
    assert_refused(response, status, 403, 404)


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null", b"true"])
@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_a_body_of_another_shape_is_no_mistake_of_ours(api, project, organization, route, body):
    path = path_of(route, project, organization)

    response = api().generic(route.method.upper(), path, body, content_type="application/json")

    assert response.status_code < 500
    if response.status_code >= 400:
        assert_refused(response, response.status_code)


@pytest.mark.parametrize(
    "query", ["limit=-1", "limit=abc", f"limit={'9' * 30}", "limit=0", f"offset={'9' * 30}", "offset=x"]
)
@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_bad_page_is_the_first_page(api, project, organization, route, query):
    response = api().get(f"{path_of(route, project, organization)}?{query}")

    # Lists of definitions alone refuse a page that is too small to be one.
    is_refused = "definitions" in route.template and query in {"limit=-1", "limit=0"}
    assert response.status_code == (400 if is_refused else 200)


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_nul_in_the_query_is_refused(api, project, organization, route):
    assert_refused(api().get(f"{path_of(route, project, organization)}?search=%00"), 400)


@pytest.mark.parametrize(
    "path", ["/api/", "/api/nonsense", "/api/nonsense/", "/api/projects/1/nonsense/", "/api/schema"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH"])
def test_an_unknown_path_is_no_endpoint(db, path, method):
    response = APIClient().generic(method, path)

    assert_refused(response, 404)
    assert response.json() == {
        "type": "invalid_request",
        "code": "not_found",
        "detail": "Endpoint not found.",
        "attr": None,
    }


def test_text_is_no_media_type_of_ours(api, url):
    response = api().post(url("insights/"), "name=x", content_type="text/plain")

    assert_refused(response, 415)
    assert response.json()["detail"] == 'Unsupported media type "text/plain" in request.'


def test_a_foreign_host_is_refused_in_json(db):
    assert_refused(APIClient().get("/api/projects/", HTTP_HOST="evil.example"), 400)


def test_an_unknown_format_is_not_found(api):
    response = api().get("/api/projects/?format=xml")

    assert_refused(response, 404)


def test_a_broken_body_is_told_in_the_words_of_python(api, url):
    response = api().post(url("insights/"), b"{", content_type="application/json")

    assert response.json() == {
        "type": "invalid_request",
        "code": "parse_error",
        "detail": "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        "attr": None,
    }
