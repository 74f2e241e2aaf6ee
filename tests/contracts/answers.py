"""Every answer of the suite, held against our own OpenAPI document: status, media type, fields, types.

An object whose fields are documented has no others. What is asked outside of the document (capture, pages, unknown
paths) is not looked at, nor what is streamed.
"""

import re
from copy import deepcopy
from functools import cache
from typing import Any

import jsonschema_rs
import orjson
import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import Resolver404

from posthog_lite.schema_view import openapi
from sharing.authentication import ShareGuest
from tests.contracts.routes import readable

DOCUMENT = "urn:posthog-lite:openapi"
METHODS = {"get", "post", "put", "patch", "delete"}
# Whoever asks for what is not there, in a way that is not meant, is told so by these.
OF_NO_OPERATION = {400, 401, 403, 404, 405, 413, 415}


class Undocumented(AssertionError):
    """The API answered what its document does not say."""


def watch_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no test client of Django's or DRF's returns an undocumented answer: it raises `Undocumented`."""
    ask = Client.request

    def request(client: Client, **environ: Any) -> HttpResponseBase:
        answer = ask(client, **environ)
        check(environ.get("REQUEST_METHOD", "GET").lower(), answer)
        return answer

    monkeypatch.setattr(Client, "request", request)


def check(method: str, answer: Any) -> None:
    operations = _operations_at(_route_of(answer))
    if operations is None or method not in METHODS:
        return
    path, documented = operations
    place = f"{method.upper()} {path} answered {answer.status_code}"
    if method not in documented:
        if answer.status_code not in OF_NO_OPERATION:
            raise Undocumented(f"{place}: there is no such operation.")
        return
    contents = documented[method].get(str(answer.status_code))
    if contents is None:
        raise Undocumented(f"{place}, which is not documented: {_start_of(answer)}")
    _check_content(place, answer, contents)


def _check_content(place: str, answer: Any, contents: dict[str, Any]) -> None:
    if answer.streaming:
        return
    media_type = answer.headers.get("Content-Type", "").split(";")[0]
    if not contents:
        if answer.content:
            raise Undocumented(f"{place} with a body, and none is documented: {_start_of(answer)}")
        return
    if media_type not in contents:
        raise Undocumented(f"{place} as {media_type!r}; documented are {sorted(contents)}: {_start_of(answer)}")
    if media_type != "application/json":
        return
    validator = _validator(contents[media_type], is_redacted=_is_for_a_share(answer))
    error = next(validator.iter_errors(orjson.loads(answer.content)), None)
    if error:
        where = "/".join(str(step) for step in error.instance_path)
        raise Undocumented(f"{place}, and at /{where}: {error.message[:500]}")


def _route_of(answer: Any) -> str:
    try:
        return getattr(answer.resolver_match, "route", "")
    except Resolver404:
        return ""


def _is_for_a_share(answer: Any) -> bool:
    """Who holds no more than a link gets the same objects, with what is private left out."""
    request = (getattr(answer, "renderer_context", None) or {}).get("request")
    return request is not None and isinstance(request.auth, ShareGuest)


def _start_of(answer: Any) -> str:
    return "(a stream)" if answer.streaming else repr(answer.content[:300])


@cache
def _operations_at(route: str) -> tuple[str, dict[str, dict[str, dict[str, Any]]]] | None:
    """The path in the document and, by method and status, what is documented by media type. None: it is not there."""
    path = "/" + readable(route)
    by_shape = {_shape(documented): documented for documented in _document()["paths"]}
    documented = by_shape.get(_shape(path))
    if documented is None:
        return None
    return documented, {
        method: {
            status: {
                kind: content.get("schema", {}) for kind, content in _resolved(response).get("content", {}).items()
            }
            for status, response in operation["responses"].items()
        }
        for method, operation in _document()["paths"][documented].items()
    }


def _resolved(response: dict[str, Any]) -> dict[str, Any]:
    name = response.get("$ref", "").rpartition("/")[2]
    return _document()["components"]["responses"][name] if name else response


def _shape(path: str) -> str:
    """`{pk}` of the routes is `{id}` in the document."""
    return re.sub(r"{\w+}", "{}", path)


@cache
def _document(is_redacted: bool = False) -> dict[str, Any]:
    """With the fields of each object closed, which the document leaves open to grow."""
    document = deepcopy(our_document())
    _close(document["components"]["schemas"], is_redacted=is_redacted)
    return document


@cache
def our_document() -> dict[str, Any]:
    return openapi()


def _close(schema: Any, *, is_redacted: bool) -> None:
    if isinstance(schema, list):
        for part in schema:
            _close(part, is_redacted=is_redacted)
    if not isinstance(schema, dict):
        return
    for part in schema.values():
        _close(part, is_redacted=is_redacted)
    if isinstance(schema.get("properties"), dict) and schema.get("type") in ("object", ["object", "null"]):
        schema.setdefault("additionalProperties", False)
        if is_redacted:
            schema.pop("required", None)


@cache
def _registry(is_redacted: bool) -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(DOCUMENT, _document(is_redacted))], draft=jsonschema_rs.Draft202012)


def _validator(schema: dict[str, Any], *, is_redacted: bool) -> jsonschema_rs.Draft202012Validator:
    return _compiled(orjson.dumps(schema), is_redacted)


@cache
def _compiled(schema: bytes, is_redacted: bool) -> jsonschema_rs.Draft202012Validator:
    """References of a response's schema are to the components of the document, which the registry knows."""
    whole = orjson.loads(schema.replace(b'"#/components/', f'"{DOCUMENT}#/components/'.encode()))
    return jsonschema_rs.Draft202012Validator(whole, registry=_registry(is_redacted), validate_formats=True)
