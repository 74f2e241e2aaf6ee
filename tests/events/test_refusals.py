"""What capture says no to: always four keys, never a 500, and nothing stored."""

import gzip

import orjson
import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from events.models import Event
from events.querysets import EventUuidQuerySet

MEBIBYTE = 1024 * 1024
GOOD = {"event": "a", "distinct_id": "ann"}


def assert_refused(response, status: int, type_: str, code: str) -> str:
    assert response.status_code == status, response.content
    body = response.json()
    assert set(body) == {"type", "code", "detail", "attr"}
    assert (body["type"], body["code"]) == (type_, code)
    return body["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"{",
        b'"text"',
        b"42",
        b"null",
        b"[]",
        b'{"api_key": "TOKEN", "batch": []}',
        b'{"api_key": "TOKEN", "batch": {"event": "a"}}',
        b"\x1f\x8b\x08 not gzip",
        gzip.compress(b'{"event": "a"}', mtime=0)[:-9],
        b'{"api_key": "TOKEN", "event": "a", "distinct_id": "\\ud800"}',
        b'{"api_key": "TOKEN", "event": "a", "distinct_id": "\xff"}',
        b'{"api_key": "TOKEN", "event": "a", "distinct_id": "ann", "uuid": "not a uuid"}',
        b'{"api_key": "TOKEN", "batch": [{"event": "a", "distinct_id": "ann", "uuid": 7}]}',
        b'{"api_key": "TOKEN", "event": "a", "distinct_id": "ann", "properties": {"n": 1e999}}',
        b'{"api_key": "TOKEN", "event": "a"}',
        b'{"api_key": "TOKEN", "distinct_id": "ann"}',
        b'{"api_key": "TOKEN", "event": "a", "distinct_id": "ann", "properties": ' + b"[" * 65 + b"]" * 65 + b"}",
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
def test_what_cannot_be_understood(post, token, body):
    response = post("/e/", body.replace(b"TOKEN", token.encode()))

    assert assert_refused(response, 400, "validation_error", "invalid_payload").startswith("Malformed request data: ")
    assert not Event.objects.exists()


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}, {"Content-Encoding": "lz64"}])
def test_a_wrapping_that_was_announced_and_is_not_there(post, token, headers):
    response = post("/e/", orjson.dumps({**GOOD, "api_key": token}), **headers)

    assert_refused(response, 400, "validation_error", "invalid_payload")


def test_a_form_of_endless_fields(post, db):
    response = post("/e/", b"a=1&" * 2000, content_type="application/x-www-form-urlencoded")

    assert_refused(response, 400, "validation_error", "invalid_payload")


def test_no_token(post, db):
    detail = assert_refused(post("/e/", orjson.dumps(GOOD)), 401, "authentication_error", "missing_api_key")

    assert detail == "API key not provided. You can find your project API key in PostHog project settings."


@pytest.mark.parametrize("token", ["phc_unknown", "", "  ", "x" * 65, "schlüssel", "a\x00b", "phx_personal", 42, ["a"]])
def test_a_token_of_no_project(post, db, token):
    response = post("/batch/", orjson.dumps({"api_key": token, "batch": [GOOD]}))

    detail = assert_refused(response, 401, "authentication_error", "invalid_api_key")
    assert detail == "Project API key invalid. You can find your project API key in PostHog project settings."


def test_events_that_belong_to_different_projects(post, token):
    response = post("/e/", orjson.dumps([{**GOOD, "token": token}, {**GOOD, "token": "phc_other"}]))

    assert_refused(response, 401, "authentication_error", "invalid_api_key")
    assert not Event.objects.exists()


def test_a_token_with_blanks_around_it_is_fine(post, token):
    assert post("/e/", orjson.dumps({**GOOD, "api_key": f" {token}\n"})).status_code == 200


def test_a_rotated_token_is_out_at_once(post, team):
    old = orjson.dumps({**GOOD, "api_key": team.api_token})
    assert post("/e/", old).status_code == 200

    team.api_token = "phc_new"
    team.save()

    assert post("/e/", old).status_code == 401


def test_a_body_that_is_too_large(post, token):
    body = orjson.dumps({**GOOD, "api_key": token, "properties": {"text": "x" * 20 * MEBIBYTE}})

    assert_refused(post("/e/", body), 413, "invalid_request", "request_too_large")


def test_a_small_body_that_unpacks_to_a_giant(post, token):
    bomb = gzip.compress(b"[" + b" " * 400 * MEBIBYTE + b"]")
    assert len(bomb) < MEBIBYTE

    assert_refused(post("/e/", bomb), 413, "invalid_request", "request_too_large")


def test_more_events_than_anybody_sends_at_once(post, token):
    body = b'{"api_key": "' + token.encode() + b'", "batch": [' + b"1," * 100_000 + b"1]}"

    assert_refused(post("/batch/", body), 413, "invalid_request", "request_too_large")


def test_a_method_that_means_nothing_here(db):
    response = Client(raise_request_exception=False).put("/e/", b"{}")

    assert_refused(response, 405, "invalid_request", "method_not_allowed")


@pytest.mark.parametrize("away", [OperationalError, InterfaceError])
def test_a_database_that_is_away(post, token, monkeypatch, away):
    def fail(*args, **kwargs):
        raise away("the connection is closed")

    monkeypatch.setattr(EventUuidQuerySet, "claim", fail)
    response = post("/e/", orjson.dumps({**GOOD, "api_key": token}))

    assert_refused(response, 503, "server_error", "unavailable")
    assert int(response.headers["Retry-After"]) > 0
    assert not Event.objects.exists()
