"""What SDKs ask before they send: flags and settings. There are no flags here, and the answers say so."""

import time
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from uuid_utils.compat import uuid7

from common.exceptions import Missing
from events.capture.answers import answer, public_endpoint
from events.capture.payload import check_token, find_token
from events.capture.refusals import KeyMissing, KeyRefused, Malformed
from events.capture.requests import Message, read_message
from events.capture.teams import find_team

NO_FLAGS: dict[str, Any] = {
    "flags": {},
    "featureFlags": {},
    "featureFlagPayloads": {},
    "errorsWhileComputingFlags": False,
}
# What /decide told SDKs besides, before there was /array.
DECIDE_CONFIG: dict[str, Any] = {
    "config": {"enable_collect_everything": True},
    "toolbarParams": {},
    "isAuthenticated": False,
    "supportedCompression": ["gzip", "gzip-js"],
    "sessionRecording": False,
}
REMOTE_CONFIG: dict[str, Any] = {
    "supportedCompression": ["gzip", "gzip-js"],
    "hasFeatureFlags": False,
    "sessionRecording": False,
    "surveys": False,
    "autocapture_opt_out": True,
    "toolbarParams": {},
    "isAuthenticated": False,
    "siteApps": [],
    "heatmaps": False,
    "capturePerformance": False,
    "analytics": {"endpoint": "/i/v0/e/"},
    "elementsChainAsString": True,
}


@public_endpoint
def flags(request: HttpRequest) -> HttpResponse:
    message = read_message(request)
    _check(message)
    if message.data.get("distinct_id") in (None, ""):
        raise Malformed("The request has no distinct_id.")
    return answer({**NO_FLAGS, "requestId": str(uuid7()), "evaluatedAt": int(time.time() * 1000)})


@public_endpoint
def decide(request: HttpRequest) -> HttpResponse:
    _check(read_message(request))
    return answer({**NO_FLAGS, **DECIDE_CONFIG})


@public_endpoint
def surveys(request: HttpRequest) -> HttpResponse:
    token = request.GET.get("token")
    if not token:
        raise KeyMissing
    find_team(check_token(token))
    return answer({"surveys": [], "survey_config": None})


@public_endpoint
def remote_config(request: HttpRequest, token: str, script: str | None = None) -> HttpResponse:
    try:
        find_team(check_token(token))
    except KeyRefused as exc:
        raise Missing from exc
    config = {"token": token, **REMOTE_CONFIG}
    return _as_script(token, config) if script else answer(config)


def _check(message: Message) -> None:
    """Raises Malformed and KeyRefused."""
    if not isinstance(message.data, dict):
        raise Malformed("The body is not an object.")
    token = find_token(message.data) or message.hints.token
    if token is None:
        raise KeyMissing
    find_team(check_token(token))


def _as_script(token: str, config: dict[str, Any]) -> HttpResponse:
    """Leaves the settings where posthog-js looks for them. The token is one of ours by now, not the caller's text."""
    registry = "window._POSTHOG_REMOTE_CONFIG"
    entry = orjson.dumps({"config": config, "siteApps": []}).decode()
    name = orjson.dumps(token).decode()
    return HttpResponse(
        f"{registry} = {registry} || {{}};\n{registry}[{name}] = {entry};\n", content_type="application/javascript"
    )
