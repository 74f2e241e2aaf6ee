"""How statements that are put together by hand are run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.conf import settings
from django.db import connection, transaction

from common.exceptions import Refusal
from events.filtering.sql import Sql

# The protocol counts them in two bytes.
_MOST_PARAMETERS = 2**16 - 1


def fetch(query: Sql) -> list[tuple[Any, ...]]:
    """Raises Refusal for more parameters than a statement can have."""
    if len(query.params) > _MOST_PARAMETERS:
        raise Refusal("The filters hold too many values.")
    with connection.cursor() as cursor:
        cursor.execute(query.text, cast(Any, query.params))
        return cursor.fetchall()


@contextmanager
def time_limit() -> Iterator[None]:
    """Stops each statement within after the time limit of queries. The handler of exceptions has words for that."""
    with transaction.atomic():
        fetch(Sql("SELECT set_config('statement_timeout', %s, true)", (f"{settings.QUERY_TIMEOUT_SECONDS}s",)))
        yield
