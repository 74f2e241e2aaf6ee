"""/e/ and its kin: what browsers send, in every wrapping of posthog-js."""

import base64
import gzip
from urllib.parse import quote, urlencode

import orjson
import pytest
from django.test import Client

from events.models import Event, Person


@pytest.fixture
def browser_batch(token):
    """Browsers put the token twice and the distinct id into the properties."""
    event = {"event": "$pageview", "properties": {"token": token, "distinct_id": "ann", "text": "a?>~ü"}, "offset": 10}
    return orjson.dumps({"api_key": token, "batch": [event]})


def test_takes_gzip_that_nothing_announces(post, browser_batch, stored):
    assert post("/e/", gzip.compress(browser_batch), content_type="text/plain").status_code == 200
    assert stored() == ["$pageview"]


def test_takes_json_as_plain_text(post, browser_batch, stored):
    assert post("/e/", browser_batch, content_type="text/plain").status_code == 200
    assert stored() == ["$pageview"]


def test_takes_base64_in_a_form(post, browser_batch):
    form = urlencode({"data": base64.b64encode(browser_batch).decode()}).encode()

    response = post("/e/?compression=base64", form, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 200
    assert Event.objects.get().properties["text"] == "a?>~ü"


def test_takes_a_form_whose_plus_signs_became_spaces(post, browser_batch, stored):
    form = b"data=" + base64.b64encode(gzip.compress(browser_batch))  # `+` unescaped

    assert post("/e/?compression=gzip-js", form, content_type="application/x-www-form-urlencoded").status_code == 200
    assert stored() == ["$pageview"]


def test_takes_a_form_sent_as_a_beacon(post, browser_batch, stored):
    form = b"data=" + quote(base64.b64encode(browser_batch)).encode()

    assert post("/e/?beacon=1", form, content_type="text/plain").status_code == 204
    assert stored() == ["$pageview"]


def test_takes_bare_base64_with_and_without_padding(post, browser_batch, stored):
    encoded = base64.b64encode(browser_batch + b" " * (3 - len(browser_batch) % 3 + 1))

    assert post("/e/", encoded, content_type="text/plain").status_code == 200
    assert post("/e/", encoded.rstrip(b"="), content_type="text/plain").status_code == 200
    assert stored() == ["$pageview", "$pageview"]


def test_takes_a_multipart_form(token, stored):
    event = orjson.dumps({"event": "a", "distinct_id": "ann"}).decode()

    assert Client().post("/e/", {"data": event, "api_key": token}).status_code == 200
    assert stored() == ["a"]


def test_takes_the_payload_from_the_address(token, stored):
    event = base64.b64encode(orjson.dumps({"event": "a", "distinct_id": "ann", "token": token})).decode()

    assert Client().get("/e/", {"data": event}).status_code == 200
    assert stored() == ["a"]


def test_an_engage_without_a_name_is_an_identify(post, token, person_of):
    body = orjson.dumps({"$token": token, "$distinct_id": "ann", "$set": {"email": "ann@hogflix.com"}})

    assert post("/engage/", body).status_code == 200
    assert Event.objects.get().event == "$identify"
    assert person_of("ann").properties["email"] == "ann@hogflix.com"


def test_browsers_of_any_site_may_send():
    response = Client().options(
        "/e/",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert Client().options("/e/").status_code == 200


def test_session_recordings_are_taken_and_dropped(post, db):
    assert post("/s/", b"whatever").json() == {"status": 1}
    assert not Person.objects.exists()
