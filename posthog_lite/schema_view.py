"""GET /api/schema/: the OpenAPI document, built once per process for each version and served as bytes."""

import hashlib
import threading
from functools import cache
from typing import Any

import orjson
import yaml
from django.http import HttpRequest, HttpResponse
from django.views import View
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

VERSIONS = {"3.0": "3.0.3", "3.1": "3.1.1"}
_lock = threading.Lock()


class SchemaView(View):
    """YAML, or JSON by `?format=json` or Accept. `?oas=3.0` for tools that do not read 3.1 yet."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wants_json = request.GET.get("format") == "json" or (
            "format" not in request.GET and "json" in request.headers.get("Accept", "")
        )
        body, etag = _document(VERSIONS.get(request.GET.get("oas", ""), VERSIONS["3.1"]), wants_json)
        headers = {"ETag": etag, "Vary": "Accept"}
        if request.headers.get("If-None-Match") == etag:
            return HttpResponse(status=304, headers=headers)
        content_type = "application/vnd.oai.openapi+json" if wants_json else "application/vnd.oai.openapi"
        return HttpResponse(body, content_type=content_type, headers=headers)


def _document(version: str, as_json: bool) -> tuple[bytes, str]:
    with _lock:
        return _build(version, as_json)


@cache
def _build(version: str, as_json: bool) -> tuple[bytes, str]:
    schema = openapi(version)
    body = orjson.dumps(schema) if as_json else yaml.safe_dump(schema, sort_keys=False).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def openapi(version: str = VERSIONS["3.1"]) -> dict[str, Any]:
    """The document, built anew, which takes seconds."""
    with patched_settings({"OAS_VERSION": version}):
        schema = SchemaGenerator().get_schema(request=None, public=True)
    # Without the subclasses of str and dict that Django and DRF leave in it, which YAML does not know.
    return orjson.loads(orjson.dumps(schema, default=str))
