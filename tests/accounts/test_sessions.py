import pytest
from rest_framework.test import APIClient

LOGIN = "/api/login/"


@pytest.fixture
def browser(alice):
    alice.set_password("correct horse")
    alice.save()
    return APIClient(enforce_csrf_checks=True)


def test_signs_in_and_out(browser):
    signed_in = browser.post(LOGIN, {"email": "Alice@hogflix.com", "password": "correct horse"})

    assert (signed_in.status_code, signed_in.json()) == (200, {"success": True})
    assert {"sessionid", "posthog_csrftoken"} <= set(signed_in.cookies)
    assert browser.get("/api/users/@me/").json()["email"] == "alice@hogflix.com"
    token = signed_in.cookies["posthog_csrftoken"].value
    assert browser.post("/api/logout/", HTTP_X_CSRFTOKEN=token).status_code == 204
    assert browser.get("/api/users/@me/").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"email": "alice@hogflix.com", "password": "wrong"},
        {"email": "nobody@hogflix.com", "password": "correct horse"},
    ],
)
def test_says_the_same_of_a_wrong_password_and_an_unknown_email(browser, body):
    response = browser.post(LOGIN, body)

    assert response.status_code == 400
    assert response.json() == {
        "type": "validation_error",
        "code": "invalid_credentials",
        "detail": "Invalid email or password.",
        "attr": None,
    }


def test_an_unsafe_method_needs_the_csrf_token(browser):
    browser.post(LOGIN, {"email": "alice@hogflix.com", "password": "correct horse"})

    response = browser.patch("/api/users/@me/", {"first_name": "Mallory"})

    assert response.status_code == 403
    assert response.json()["code"] == "permission_denied"
    assert response.json()["detail"].startswith("CSRF Failed:")


def test_the_eleventh_try_in_a_minute_waits(browser):
    tries = [browser.post(LOGIN, {"email": "alice@hogflix.com", "password": "wrong"}) for _ in range(11)]

    assert [response.status_code for response in tries] == [400] * 10 + [429]
    assert tries[-1].json()["type"] == "throttled_error"
    assert int(tries[-1]["Retry-After"]) <= 60
    other = browser.post(LOGIN, {"email": "bob@hogflix.com", "password": "wrong"})
    assert other.status_code == 400


def test_a_nul_in_the_password_is_a_bad_request(browser):
    assert browser.post(LOGIN, {"email": "alice@hogflix.com", "password": "a\x00b"}).status_code == 400
