"""POST with a password: wrong ones, too many, and how soon the right one works again."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from rest_framework.test import APIClient

from activity.models import ActivityLog
from sharing.models import UnlockBudget
from sharing.services import unlocking
from tests.factories.sharing import InsightShareFactory, SharePasswordFactory
from tests.sharing.conftest import unlock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def guess(visitor, locked):
    """`guess("text", address=…)`: the status of a try."""

    def post(password="wrong", *, address="198.51.100.1", share=None) -> int:
        return unlock(visitor, share or locked, password, REMOTE_ADDR=address).status_code

    return post


@pytest.mark.parametrize(
    "body",
    [{"password": "wrong"}, {}, {"password": None}, {"password": ""}, {"password": ["x"]}, {"password": "x" * 5000}],
)
def test_a_wrong_or_missing_password_is_refused(visitor, locked, body):
    response = visitor.post(f"/shared/{locked.access_token}", body, format="json")

    assert response.status_code == 401
    assert response.json() == {
        "type": "authentication_error",
        "code": "authentication_failed",
        "detail": "Incorrect password",
        "attr": None,
        "error": "Incorrect password",
    }
    assert "posthog_sharing_token" not in response.cookies


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"password": "a\\u0000b"}', 400),
        (b'{"password": "\\ud800"}', 400),
        (b"{broken", 400),
        (b'["password"]', 401),
        (b'"password"', 401),
        (b"\xff", 400),
        (b"", 401),
    ],
)
def test_an_odd_body_is_no_mistake_of_ours(visitor, locked, body, status):
    response = visitor.post(f"/shared/{locked.access_token}", body, content_type="application/json")

    assert response.status_code == status


@pytest.mark.parametrize("body", ["password=a%00b", "password=%ed%a0%80", "password=&password=x", "other=1"])
def test_an_odd_form_is_a_wrong_password(visitor, locked, body):
    assert visitor.post(f"/shared/{locked.access_token}", body, content_type=FORM).status_code == 401


def test_any_of_several_passwords_opens_it(guess, locked):
    SharePasswordFactory(share=locked, text="battery staple")

    assert [guess("correct horse"), guess("battery staple"), guess("Correct horse")] == [200, 200, 401]


def test_a_form_without_javascript_leads_to_the_page(visitor, locked):
    path = f"/shared/{locked.access_token}?legend"

    wrong = visitor.post(path, "password=wrong", content_type=FORM, HTTP_ACCEPT="text/html,*/*;q=0.8")
    right = visitor.post(path, "password=correct+horse", content_type=FORM, HTTP_ACCEPT="text/html,*/*;q=0.8")

    assert (wrong.status_code, wrong["Content-Type"].partition(";")[0]) == (401, "text/html")
    assert "Incorrect password" in wrong.content.decode()
    assert (right.status_code, right["Location"]) == (303, path)
    assert "Signups" in visitor.get(right["Location"]).content.decode()


def test_strangers_have_sixty_tries_a_minute_between_them(clock, guess):
    answers = [guess(address=f"198.51.100.{number % 100}") for number in range(100)]

    assert answers == [401] * 60 + [429] * 40
    clock.shift(timedelta(seconds=61))
    assert guess() == 401


def test_one_address_leaves_tries_to_the_others(clock, guess):
    assert [guess() for _ in range(30)] == [401] * 20 + [429] * 10
    assert guess("correct horse") == 429
    assert guess("correct horse", address="203.0.113.9") == 200


def test_says_when_to_try_again(clock, visitor, locked):
    for _ in range(20):
        unlock(visitor, locked, "wrong")
    clock.shift(timedelta(seconds=20))

    response = unlock(visitor, locked, "wrong")
    page = visitor.post(f"/shared/{locked.access_token}", "password=x", content_type=FORM, HTTP_ACCEPT="text/html")

    assert (response.status_code, response["Retry-After"]) == (429, "40")
    assert response.json()["error"] == response.json()["detail"] == "Too many attempts. Try again in 40 seconds."
    assert (page.status_code, "in 40 seconds" in page.content.decode()) == (429, True)


def test_a_thousand_wrong_passwords_lock_nobody_out_beyond_the_minute(clock, guess):
    for number in range(1000):
        guess(address=f"10.{number % 250}.0.1")

    assert guess("correct horse", address="203.0.113.9") == 429
    clock.shift(timedelta(seconds=60))
    assert guess("correct horse", address="203.0.113.9") == 200


def test_who_has_opened_it_before_is_not_kept_waiting_by_strangers(clock, guess):
    assert guess("correct horse", address="203.0.113.9") == 200
    for number in range(70):
        guess(address=f"10.{number}.0.1")

    assert guess(address="198.51.100.77") == 429
    assert guess("correct horse", address="203.0.113.9") == 200


def test_who_is_known_may_not_guess_for_ever_either(clock, guess):
    guess("correct horse")

    assert [guess() for _ in range(25)] == [401] * 19 + [429] * 6


def test_a_flood_compares_no_more_than_it_may(clock, guess, monkeypatch):
    compared = []
    monkeypatch.setattr(unlocking, "check_password", lambda text, encoded: compared.append(text))

    for number in range(500):
        guess(address=f"10.{number % 200}.0.1")

    assert len(compared) == 60


def test_a_try_is_paid_for_before_it_is_compared(clock, guess, monkeypatch):
    monkeypatch.setattr(unlocking, "check_password", lambda text, encoded: 1 / 0)

    assert guess() == 500
    assert sorted(UnlockBudget.objects.values_list("spent", flat=True)) == [1, 1]


def test_other_shares_have_tries_of_their_own(clock, guess, insight):
    other = InsightShareFactory(insight=insight, password_required=True)
    SharePasswordFactory(share=other)
    for number in range(70):
        guess(address=f"10.{number}.0.1")

    assert guess("correct horse", address="203.0.113.9", share=other) == 200


def test_a_household_of_ipv6_counts_as_one(clock, guess):
    answers = [guess(address=f"2001:db8:0:1::{number:x}") for number in range(25)]

    assert answers == [401] * 20 + [429] * 5
    assert guess(address="2001:db8:0:2::1") == 401


def test_looking_at_the_page_costs_and_restores_nothing(clock, guess, visitor, locked):
    for _ in range(20):
        guess()
    visitor.get(f"/shared/{locked.access_token}")

    assert guess() == 429
    assert UnlockBudget.objects.get(visitor="").spent == 20


def test_addresses_are_not_stored(clock, guess):
    guess(address="198.51.100.1")

    assert all("198" not in budget.visitor[:3] for budget in UnlockBudget.objects.exclude(visitor=""))
    assert {len(budget.visitor) for budget in UnlockBudget.objects.all()} == {0, 64}


def test_what_nobody_needs_any_more_is_swept(clock, guess, monkeypatch):
    guess("correct horse", address="203.0.113.9")
    guess(address="198.51.100.1")
    clock.shift(timedelta(hours=2))
    monkeypatch.setattr(unlocking, "SWEEP_EVERY", 1)

    guess(address="198.51.100.2")

    assert UnlockBudget.objects.count() == 3  # all together, the known one, the present one


def test_tries_are_written_down_without_the_token(guess, locked, dashboard):
    guess("wrong")
    guess("correct horse")

    failed, opened = ActivityLog.objects.filter(item_id=str(dashboard.pk)).order_by("created_at")
    assert (failed.activity, failed.user, failed.scope) == ("share_login_failed", None, "Dashboard")
    assert failed.detail["changes"][0]["after"] == {
        "access_token_suffix": locked.access_token[-6:],
        "client_ip": "198.51.100.1",
        "success": False,
        "resource_type": "dashboard",
    }
    assert opened.activity == "share_login_success"
    assert opened.detail["changes"][0]["after"]["password_note"] == "Untitled password"
    assert locked.access_token not in str(failed.detail)


@pytest.mark.django_db(transaction=True)
def test_a_share_compares_one_try_at_a_time(locked, monkeypatch):

    running, most, lock = [], [], threading.Lock()

    def slow(text, encoded):
        with lock:
            running.append(text)
            most.append(len(running))
        time.sleep(0.1)
        with lock:
            running.remove(text)
        return False

    def attempt(number):
        answers.append(unlock(APIClient(), locked, f"wrong{number}", REMOTE_ADDR=f"10.{number}.0.1").status_code)
        connection.close()

    answers: list[int] = []
    monkeypatch.setattr(unlocking, "check_password", slow)
    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(most) == 1
    assert set(answers) <= {401, 429}
