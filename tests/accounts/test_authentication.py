"""Where a key is looked for, in which order, and what is said of a bad one. Asked on `users/@me`."""

import pytest
from rest_framework.test import APIClient

from tests.factories.accounts import PersonalAPIKeyFactory

pytestmark = pytest.mark.django_db

ME = "/api/users/@me/"


@pytest.fixture
def key(alice):
    return PersonalAPIKeyFactory(user=alice)


@pytest.fixture
def anonymous():
    return APIClient()


@pytest.mark.parametrize("header", ["Bearer {}", "Bearer  {}", "  Bearer {}  "])
def test_takes_a_bearer(anonymous, key, header):
    assert anonymous.get(ME, HTTP_AUTHORIZATION=header.format(key.value)).status_code == 200


@pytest.mark.parametrize("header", ["bearer {}", "Token {}", "Basic {}", "Bearer"])
def test_looks_on_where_the_header_is_no_bearer(anonymous, key, header):
    response = anonymous.get(ME, HTTP_AUTHORIZATION=header.format(key.value))

    assert response.status_code == 401
    assert response.json() == {
        "type": "authentication_error",
        "code": "not_authenticated",
        "detail": "Authentication credentials were not provided.",
        "attr": None,
    }


def test_takes_the_key_from_the_query_of_an_unsafe_method(anonymous, key):
    response = anonymous.patch(f"{ME}?personal_api_key={key.value}", {"first_name": "Alicia"})

    assert response.status_code == 200
    assert response.json()["first_name"] == "Alicia"


@pytest.mark.parametrize("content_type", ["json", "multipart"])
def test_takes_the_key_from_the_body(anonymous, key, content_type):
    body = {"personal_api_key": key.value, "first_name": "Alicia"}

    assert anonymous.patch(ME, body, format=content_type).json()["first_name"] == "Alicia"


def test_names_the_place_of_a_key_that_opens_nothing(anonymous):
    header = anonymous.get(ME, HTTP_AUTHORIZATION="Bearer phx_wrong")
    body = anonymous.patch(ME, {"personal_api_key": "phx_wrong"})
    query = anonymous.get(f"{ME}?personal_api_key=phx_wrong")

    assert [response.status_code for response in (header, body, query)] == [401] * 3
    assert header.json()["code"] == "authentication_failed"
    assert header.json()["detail"] == "Personal API key found in request Authorization header is invalid."
    assert body.json()["detail"] == "Personal API key found in request body is invalid."
    assert query.json()["detail"] == "Personal API key found in request query string is invalid."


def test_there_is_no_oauth(anonymous, key):
    response = anonymous.get(f"{ME}?personal_api_key={key.value}", HTTP_AUTHORIZATION="Bearer pha_token")

    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")
    assert response.json()["detail"] == "Invalid access token."


def test_a_good_key_in_the_query_does_not_rescue_a_bad_header(anonymous, key):
    response = anonymous.get(f"{ME}?personal_api_key={key.value}", HTTP_AUTHORIZATION="Bearer phx_wrong")

    assert response.status_code == 401


def test_a_project_token_opens_nothing(anonymous, team):
    assert anonymous.get(ME, HTTP_AUTHORIZATION=f"Bearer {team.api_token}").status_code == 401


def test_the_key_of_an_inactive_user_opens_nothing(anonymous, key, alice):
    alice.is_active = False
    alice.save()

    assert anonymous.get(ME, HTTP_AUTHORIZATION=f"Bearer {key.value}").status_code == 401


def test_asks_for_a_bearer(anonymous, url):
    assert anonymous.get(ME)["WWW-Authenticate"] == "Session"
    assert anonymous.get("/api/projects/")["WWW-Authenticate"] == "Bearer"


def test_a_stranger_with_a_broken_body_is_first_of_all_a_stranger(anonymous):
    response = anonymous.patch(ME, b"{broken", content_type="application/json")

    assert response.status_code == 401


def test_notes_the_use_of_a_key_at_most_once_an_hour(anonymous, key, time_machine):
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {key.value}")
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)

    anonymous.get(ME)
    key.refresh_from_db()
    first_use = key.last_used_at
    time_machine.shift(3599)
    anonymous.get(ME)
    key.refresh_from_db()
    within_the_hour = key.last_used_at
    time_machine.shift(2)
    anonymous.get(ME)
    key.refresh_from_db()

    assert first_use == within_the_hour < key.last_used_at


def test_authenticates_with_one_query(anonymous, key, django_assert_num_queries):
    anonymous.credentials(HTTP_AUTHORIZATION=f"Bearer {key.value}")
    anonymous.get(ME)

    # The key with its user. The rest is the answer: user, two roads to organizations, memberships, projects, teams.
    with django_assert_num_queries(1):
        anonymous.get("/api/personal_api_keys/@current/")
