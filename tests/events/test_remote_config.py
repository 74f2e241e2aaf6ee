"""What SDKs ask before they send: /flags/, /decide/ and /array/."""

import orjson
import pytest
from django.test import Client

EMPTY = {"flags": {}, "featureFlags": {}, "featureFlagPayloads": {}, "errorsWhileComputingFlags": False}


@pytest.mark.parametrize("key", ["token", "api_key"])
@pytest.mark.parametrize("path", ["/flags/?v=2", "/flags", "/decide/?v=4"])
def test_there_are_no_flags(post, token, path, key):
    response = post(path, orjson.dumps({key: token, "distinct_id": "ann", "groups": {}}))

    assert response.status_code == 200
    assert EMPTY.items() <= response.json().items()


def test_decide_tells_old_sdks_how_to_send(post, token):
    body = post("/decide/?v=3", orjson.dumps({"token": token, "distinct_id": "ann"})).json()

    assert body["supportedCompression"] == ["gzip", "gzip-js"]
    assert body["sessionRecording"] is False


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"distinct_id": "ann"}, 401),
        ({"distinct_id": "ann", "token": "phc_unknown"}, 401),
        ({"token": "TOKEN"}, 400),
        (["TOKEN"], 400),
    ],
)
def test_flags_are_refused_as_capture_is(post, token, body, status):
    response = post("/flags/", orjson.dumps(body).replace(b"TOKEN", token.encode()))

    assert response.status_code == status
    assert set(response.json()) == {"type", "code", "detail", "attr"}


@pytest.mark.parametrize("slash", ["", "/"])
def test_browsers_get_their_settings(client, token, slash):
    config = client.get(f"/array/{token}/config{slash}").json()

    assert config["hasFeatureFlags"] is False
    assert config["analytics"] == {"endpoint": "/i/v0/e/"}


def test_and_the_same_as_a_script(client, token):
    response = client.get(f"/array/{token}/config.js")

    assert response.headers["Content-Type"] == "application/javascript"
    assert f'window._POSTHOG_REMOTE_CONFIG["{token}"] = {{"config":'.encode() in response.content


@pytest.mark.parametrize("path", ["config", "config.js"])
def test_no_project_no_settings(db, path):
    assert Client().get(f"/array/phc_unknown/{path}").status_code == 404
