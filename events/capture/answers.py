"""How capture answers: `{"status": 1}`, or the four keys that every error of this program has."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, DataError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from common.exception_handler import RETRY_AFTER_SECONDS, error
from common.exceptions import Forbidden, Missing, Refusal, TooLarge
from events.capture.refusals import KeyRefused, NotUnderstood
from events.ingestion import PersonsChanged
from events.partitions import MonthsStillMissing

logger = structlog.get_logger(__name__)

METHODS = ("GET", "POST", "OPTIONS")
STATUSES: dict[type[Refusal], tuple[int, str]] = {
    KeyRefused: (401, "authentication_error"),
    Forbidden: (403, "authentication_error"),
    Missing: (404, "invalid_request"),
    NotUnderstood: (415, "invalid_request"),
    TooLarge: (413, "invalid_request"),
    Refusal: (400, "validation_error"),
}


def answer(body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/json", headers=headers)


def stored(request: HttpRequest) -> HttpResponse:
    """Exactly 200, which SDKs insist on; but a beacon wants no body."""
    return HttpResponse(status=204) if request.GET.get("beacon") == "1" else answer({"status": 1})


def public_endpoint(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views that SDKs call with nothing but a project token. GET is POST for those who can only GET."""

    @csrf_exempt
    @wraps(view)
    def public_view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method not in METHODS:
            detail = f'Method "{request.method}" not allowed.'
            return answer(
                error("invalid_request", "method_not_allowed", detail),
                status=405,
                headers={"Allow": ", ".join(METHODS)},
            )
        if request.method == "OPTIONS":
            return HttpResponse()
        try:
            return view(request, **kwargs)
        except Exception as exc:
            refused = _refused(exc)
            if refused is None:
                raise
            return refused

    return public_view


def _refused(exc: Exception) -> HttpResponse | None:
    if isinstance(exc, Refusal):
        status, type_ = next(meaning for kind, meaning in STATUSES.items() if isinstance(exc, kind))
        return answer(error(type_, exc.code, exc.detail, exc.attr), status=status)
    if isinstance(exc, RequestDataTooBig):
        return answer(error("invalid_request", "request_too_large", "The request is too large."), status=413)
    if isinstance(exc, UnreadablePostError | MultiPartParserError | SuspiciousOperation | BadRequest | DataError):
        detail = "Malformed request data: It cannot be read or stored."
        return answer(error("validation_error", "invalid_payload", detail), status=400)
    if isinstance(exc, MonthsStillMissing | PersonsChanged):
        return _try_again("The server is not ready for these events yet. Try again.", retry_after=1)
    if isinstance(exc, DatabaseError | InterfaceError):
        logger.warning("capture_failed", error=type(exc.__cause__ or exc).__name__)
        return _try_again("The events could not be stored right now. Try again.", retry_after=RETRY_AFTER_SECONDS)
    return None


def _try_again(detail: str, *, retry_after: int) -> HttpResponse:
    return answer(error("server_error", "unavailable", detail), status=503, headers={"Retry-After": str(retry_after)})
