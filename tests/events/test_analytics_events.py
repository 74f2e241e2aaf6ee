"""POST /i/v1/analytics/events: the newer protocol, with an answer for each event."""

import gzip
import zlib
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from django.test import Client

from events.models import Event

A, B, C = (f"0192f5a0-0000-7000-8000-00000000000{letter}" for letter in "abc")
KEYS = {"type", "code", "detail", "attr", "error", "error_description", "error_uri"}


@pytest.fixture
def send(token):
    def post(body, *, key=None, content_type="application/json", encoding=None, **headers):
        headers |= {"Authorization": f"Bearer {key or token}"} if key != "" else {}
        headers |= {"Content-Encoding": encoding} if encoding else {}
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        client = Client(enforce_csrf_checks=True, headers=headers, raise_request_exception=False)
        return client.post("/i/v1/analytics/events", raw, content_type=content_type)

    return post


def seen(uuid=A, **fields):
    return {"event": "seen", "uuid": uuid, "distinct_id": "ann", "properties": {}, **fields}


def test_tells_what_became_of_each_event(send):
    batch = [seen(), seen(B, event=""), seen(C, distinct_id=None), seen(A)]

    response = send({"created_at": "2026-03-01T12:00:00Z", "batch": batch}, **{"PostHog-Request-Id": "r1"})

    assert response.status_code == 200
    results = response.json()["results"]
    assert {uuid: result["result"] for uuid, result in results.items()} == {A: "ok", B: "drop", C: "drop"}
    assert results[B]["details"] == "Malformed request data: An event was sent without a name."
    assert response["PostHog-Request-Id"] == "r1"
    assert response["Date"]
    assert str(Event.objects.get().uuid) == A


def test_options_and_headers_become_properties(send):
    event = seen(
        options={"process_person_profile": False, "cookieless_mode": True},
        session_id="s",
        window_id="w",
        properties={"$set": {"plan": "free"}},
    )

    send({"batch": [event]}, **{"PostHog-Sdk-Info": "posthog-python/8.0"})

    properties = Event.objects.get().properties
    assert {name: properties[name] for name in sorted(properties) if name not in ("$ip", "$set")} == {
        "$cookieless_mode": True,
        "$lib": "posthog-python",
        "$lib_version": "8.0",
        "$process_person_profile": False,
        "$session_id": "s",
        "$window_id": "w",
    }


@pytest.mark.parametrize(("options", "off_by_hours"), [({}, 1), ({"disable_skew_correction": True}, 2)])
def test_the_clock_of_the_client_is_corrected(send, options, off_by_hours):
    now = datetime.now(UTC)
    headers = {"PostHog-Request-Timestamp": (now - timedelta(hours=1)).isoformat()}

    send({"batch": [seen(timestamp=(now - timedelta(hours=2)).isoformat(), options=options)]}, **headers)

    gone = now - Event.objects.get().timestamp
    assert abs(gone - timedelta(hours=off_by_hours)) < timedelta(seconds=30)


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("identity", bytes)]
)
def test_is_unpacked(send, encoding, pack):
    assert send(pack(orjson.dumps({"batch": [seen()]})), encoding=encoding).status_code == 200
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "status", "error"),
    [
        ({"body": {"batch": []}}, 400, "request_parsing_error"),
        ({"body": {"batch": {}}}, 400, "request_parsing_error"),
        ({"body": []}, 400, "request_parsing_error"),
        ({"body": b"{"}, 400, "request_parsing_error"),
        ({"body": {"batch": [{"event": "a"}]}}, 400, "request_parsing_error"),
        ({"body": {"batch": [seen("nonsense")]}}, 400, "request_parsing_error"),
        ({"body": {"batch": ["x"]}}, 400, "request_parsing_error"),
        ({"body": b"x", "encoding": "gzip"}, 400, "request_parsing_error"),
        ({"body": b"x", "encoding": "deflate"}, 400, "request_parsing_error"),
        ({"body": {"batch": [seen()]}, "key": "phc_unknown"}, 401, "missing_authorization"),
        ({"body": {"batch": [seen()]}, "key": ""}, 401, "missing_authorization"),
        ({"body": zlib.compress(b" " * 21 * 1024 * 1024), "encoding": "deflate"}, 413, "payload_too_large"),
        ({"body": {"batch": [seen()]}, "content_type": "text/plain"}, 415, "unsupported_content_type"),
        ({"body": {"batch": [seen()]}, "encoding": "zstd"}, 415, "unsupported_content_type"),
    ],
)  # fmt: skip
def test_says_no_in_words_of_its_own(send, arguments, status, error):
    response = send(**arguments)

    assert (response.status_code, response.json()["error"]) == (status, error)
    assert set(response.json()) == KEYS
    assert not Event.objects.exists()


def test_a_browser_may_ask_first(db):
    response = Client().options(
        "/i/v1/analytics/events",
        headers={
            "Origin": "https://hogflix.com",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,posthog-sdk-info",
        },
    )

    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "https://hogflix.com"
    allowed = response["Access-Control-Allow-Headers"].lower()
    assert all(name in allowed for name in ("authorization", "posthog-sdk-info", "posthog-request-id"))
