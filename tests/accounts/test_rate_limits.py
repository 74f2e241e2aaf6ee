"""So many requests of a key in a minute and in an hour, counted for all workers in one table."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models import F
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from accounts import throttles
from accounts.models import RateCount
from accounts.rates import Rate
from accounts.throttles import APIRateThrottle, ClickHouseRateThrottle
from tests.factories.accounts import PersonalAPIKeyFactory

MINUTE, HOUR = Rate("burst", 3, seconds=60), Rate("sustained", 5, seconds=3600)


@pytest.fixture(autouse=True)
def small_rates(settings, monkeypatch):
    settings.RATE_LIMIT_ENABLED = True
    monkeypatch.setattr(APIRateThrottle, "rates", (MINUTE, HOUR))
    monkeypatch.setattr(throttles, "SWEEPS_PER_CHECK", 0)


@pytest.fixture
def statuses(url):
    return lambda client, times: [client.get(url("tags/")).status_code for _ in range(times)]


def let_pass(seconds):
    RateCount.objects.update(ends_at=F("ends_at") - timedelta(seconds=seconds))


def test_the_rates_are_those_of_posthog():
    rates = {rate.name: (rate.requests, rate.seconds) for rate in ClickHouseRateThrottle.rates}

    assert rates == {
        "burst": (480, 60),
        "sustained": (4800, 3600),
        "clickhouse_burst": (240, 60),
        "clickhouse_sustained": (1200, 3600),
    }


def test_one_too_many_waits_as_long_as_the_answer_says(api, url, statuses):
    client = api()
    assert statuses(client, 3) == [200] * 3

    response = client.get(url("tags/"))

    wait = int(response["Retry-After"])
    assert response.status_code == 429
    assert 0 < wait <= 60
    assert response.json() == {
        "type": "throttled_error",
        "code": "throttled",
        "detail": f"Request was throttled. Expected available in {wait} seconds.",
        "attr": None,
    }


def test_goes_on_after_the_minute_until_the_hours_share_is_used(api, url, statuses):
    client = api()
    assert statuses(client, 4) == [200, 200, 200, 429]

    let_pass(60)
    assert statuses(client, 2) == [200, 429]
    assert int(client.get(url("tags/"))["Retry-After"]) > 3000

    let_pass(3600)
    assert statuses(client, 2) == [200, 200]


def test_each_key_is_counted_for_itself(api, bob, statuses):
    first, second, bobs = api(), api(), api(user=bob)

    assert statuses(first, 4)[-1] == 429
    assert statuses(second, 1) + statuses(bobs, 1) == [200, 200]


def test_a_key_is_one_wherever_it_stands(api, alice, url):
    key = PersonalAPIKeyFactory(user=alice).value
    in_header = {"headers": {"authorization": f"Bearer {key}"}}
    answers = [
        APIClient().get(url("tags/"), **in_header),
        APIClient().get(url("tags/"), {"personal_api_key": key}),
        APIClient().post(url("data_color_themes/"), {"name": "x", "personal_api_key": key}),
        APIClient().get(url("tags/"), **in_header),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 201, 429]


def test_every_view_counts_and_they_count_together(api, url):
    client = api()
    paths = [url("tags/"), url("data_color_themes/"), "/api/users/@me/", "/api/projects/"]

    assert [client.get(path).status_code for path in paths] == [200, 200, 200, 429]


def test_sessions_are_free(session, statuses):
    assert statuses(session(), 6) == [200] * 6
    assert not RateCount.objects.exists()


def test_who_may_not_is_told_so_and_not_counted(api, charlie, statuses):
    assert statuses(api(user=charlie), 5) == [403] * 5
    assert statuses(api("annotation:read"), 5) == [403] * 5
    assert not RateCount.objects.exists()


class OpenView(APIView):
    permission_classes = [AllowAny]
    throttle_classes = [APIRateThrottle]

    def get(self, request):
        return Response()


def test_strangers_are_counted_by_address(db):
    def ask(address):
        return OpenView.as_view()(APIRequestFactory().get("/", REMOTE_ADDR=address)).status_code

    assert [ask("203.0.113.9") for _ in range(4)] == [200, 200, 200, 429]
    assert ask("203.0.113.10") == 200
    assert [ask(f"2001:db8::{n}") for n in range(4)] == [200, 200, 200, 429]


def test_what_cannot_be_counted_passes(api, statuses, monkeypatch):
    def fail(self, *args):
        raise OperationalError("no table")

    monkeypatch.setattr(type(RateCount.objects.all()), "count_request", fail)
    monkeypatch.setattr(type(RateCount.objects), "count_request", fail)

    assert statuses(api(), 6) == [200] * 6


def test_off_it_costs_nothing_and_on_one_statement(api, url, settings, django_assert_num_queries):
    client = api()
    settings.RATE_LIMIT_ENABLED = False
    client.get(url("tags/"))

    # key and user, project and membership, count of tags
    with django_assert_num_queries(3):
        client.get(url("tags/"))
    settings.RATE_LIMIT_ENABLED = True
    with django_assert_num_queries(4):
        client.get(url("tags/"))


def test_windows_that_are_over_are_swept_away_and_the_others_not(api, alice, statuses, monkeypatch):
    statuses(api(), 1)
    let_pass(61)
    monkeypatch.setattr(throttles, "SWEEPS_PER_CHECK", 1)

    statuses(api(), 1)

    assert RateCount.objects.filter(key__startswith="burst").count() == 1
    assert RateCount.objects.filter(key__startswith="sustained").count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_as_many_pass_as_may():
    rates = (Rate("burst", 20, seconds=60), Rate("sustained", 30, seconds=3600))

    def ask(_):
        try:
            return [RateCount.objects.count_request("somebody", rates) for _ in range(10)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        waits = [wait for answers in pool.map(ask, range(8)) for wait in answers]

    assert waits.count(None) == 20
    assert dict(RateCount.objects.values_list("key", "count")) == {"burst somebody": 80, "sustained somebody": 80}
