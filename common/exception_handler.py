"""Every exception becomes {type, code, detail, attr}. The only place that knows the envelope and the statuses."""

from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from exceptions_hog import exception_handler as hog_handler
from psycopg import errors as postgres
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import set_rollback

from common import exceptions as refusals

logger = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = 5

REFUSALS: dict[type[refusals.Refusal], tuple[int, str]] = {
    refusals.Missing: (status.HTTP_404_NOT_FOUND, "invalid_request"),
    refusals.Forbidden: (status.HTTP_403_FORBIDDEN, "authentication_error"),
    refusals.Conflict: (status.HTTP_409_CONFLICT, "server_error"),
    refusals.Outdated: (status.HTTP_412_PRECONDITION_FAILED, "invalid_request"),
    refusals.TimedOut: (status.HTTP_504_GATEWAY_TIMEOUT, "server_error"),
    refusals.TooLarge: (status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "invalid_request"),
    refusals.Refusal: (status.HTTP_400_BAD_REQUEST, "validation_error"),
}


def error(type_: str, code: str, detail: str, attr: str | None = None) -> dict[str, Any]:
    return {"type": type_, "code": code, "detail": detail, "attr": attr}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. A 500 is left only for our own mistakes; these are logged with their trace."""
    if isinstance(exc, refusals.Refusal):
        return _refusal(exc)
    known = _known(exc)
    if known is not None:
        set_rollback()
        return known
    response = hog_handler(exc, context)
    if isinstance(exc, APIException) and getattr(exc, "auth_header", None) and response is not None:
        response.headers["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]
    return response


def report(exc: BaseException, context: dict[str, Any] | None = None) -> None:
    """drf-exceptions-hog's hook: an exception that is no answer of the API is a mistake of ours."""
    if getattr(exc, "status_code", 500) >= 500:
        logger.error("unhandled_exception", exc_info=exc, view=type((context or {}).get("view")).__name__)


def _refusal(exc: refusals.Refusal) -> Response:
    set_rollback()
    status_code, type_ = next(answer for kind, answer in REFUSALS.items() if isinstance(exc, kind))
    body = error(type_, exc.code, exc.detail, exc.attr)
    if exc.legacy_key:
        body[exc.legacy_key] = exc.detail
    return Response(body, status=status_code)


def _known(exc: Exception) -> Response | None:
    """What Django and Postgres raise for a bad request or a bad hour, which would otherwise be a 500."""
    if isinstance(exc, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return Response(error("invalid_request", "request_too_large", "Request is too large."), status=413)
    if isinstance(exc, UnreadablePostError | MultiPartParserError | SuspiciousOperation):
        return Response(error("invalid_request", "bad_request", "The request could not be read."), status=400)
    if isinstance(exc, RecursionError):
        return Response(error("validation_error", "invalid_input", "The request is nested too deeply."), status=400)
    if isinstance(exc, DatabaseError | InterfaceError):
        return _database(exc)
    return None


def _database(exc: Exception) -> Response | None:
    cause = exc.__cause__
    if isinstance(cause, postgres.QueryCanceled):
        return Response(error("server_error", "timeout", "The query took too long and was stopped."), status=504)
    if isinstance(cause, postgres.DeadlockDetected | postgres.SerializationFailure | postgres.LockNotAvailable):
        return _unavailable("Another write to the same rows was in the way. Try again.", 1)
    if isinstance(exc, DataError):
        return Response(error("validation_error", "invalid_input", "A value cannot be stored."), status=400)
    if isinstance(exc, IntegrityError):
        return Response(error("server_error", "conflict", "The request conflicts with what is stored."), status=409)
    if isinstance(exc, OperationalError | InterfaceError):
        logger.warning("database_unavailable", error=type(cause or exc).__name__)
        return _unavailable("The database is not reachable right now. Try again.", RETRY_AFTER_SECONDS)
    return None


def _unavailable(detail: str, retry_after: int) -> Response:
    return Response(error("server_error", "unavailable", detail), status=503, headers={"Retry-After": str(retry_after)})
