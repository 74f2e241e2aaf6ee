"""The one way to the database: a read-only transaction with a time limit, and errors put into words."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.conf import settings
from django.db import DataError, OperationalError, connection, transaction
from psycopg.errors import InvalidRegularExpression, ProgramLimitExceeded, QueryCanceled

from common.exceptions import Refusal
from events.filtering.sql import Sql
from events.querysets.statements import fetch as fetch_rows
from insights.queries.errors import QueryTimeout

logger = structlog.get_logger(__name__)


@contextmanager
def reading() -> Iterator[None]:
    """All statements inside see one state of the data, may only read, and are stopped after the time limit."""
    is_outermost = not connection.in_atomic_block
    try:
        with transaction.atomic():
            if is_outermost:
                _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            with _time_limit(settings.QUERY_TIMEOUT_SECONDS, must_restore=not is_outermost):
                yield
    except (DataError, OperationalError) as error:
        refusal = _in_words(error)
        if refusal is None:
            raise
        raise refusal from error


@contextmanager
def _time_limit(seconds: int, *, must_restore: bool) -> Iterator[None]:
    """A setting that is local to the transaction outlives a savepoint: an outer transaction gets its own back."""
    before = fetch_rows(Sql("SELECT current_setting('statement_timeout')"))[0][0] if must_restore else None
    _set_timeout(f"{seconds * 1000}ms")
    yield
    if before is not None:
        _set_timeout(before)


def _set_timeout(value: str) -> None:
    fetch_rows(Sql("SELECT set_config('statement_timeout', %s, true)", (value,)))


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _in_words(error: Exception) -> Refusal | None:
    """Postgres' own words may quote data and SQL, so callers get ours."""
    cause = error.__cause__
    if isinstance(cause, QueryCanceled):
        return QueryTimeout()
    if isinstance(cause, InvalidRegularExpression | ProgramLimitExceeded):
        return Refusal("Invalid regular expression: not supported by the database.")
    if isinstance(error, DataError):
        logger.warning("query_data_error", error=str(error))
        return Refusal("The query cannot be computed over these values.")
    return None
