"""Running a compiled query: equal parameters become one, large answers are refused, errors are put into words."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import DatabaseError, connection

from common.exceptions import Refusal
from events.filtering.sql import Sql

logger = structlog.get_logger(__name__)

#: In bytes.
MOST_GATHERED = 256 << 20
LARGEST_ANSWER = 64 << 20
ROWS_AT_ONCE = 20
#: What the database is made to stumble over; no text of a user is ever read in this way.
TOO_MUCH_GATHERED = "too much gathered: "
_GATHERED = (
    f"The query gathers more than {MOST_GATHERED >> 20} MB into arrays (groupArray, topK, argMin, argMax …):"
    " ask for fewer rows or for less of each."
)

_MARKS = re.compile(r"%%|%s(::[a-z0-9_]+(?:\[\])*)?")
# By SQLSTATE, or by its class.
_SENTENCES = {
    "42": "The query is not valid.",
    "53": "The query needs more memory than the server has.",
    "54": "Query is too complex.",
    "XX": "The query makes values that are too large.",
    "42803": "Every column must be aggregated or stand in GROUP BY; aggregates cannot be nested or stand in WHERE.",
    "42P20": "A window function cannot stand here, or its frame is not valid.",
    "42883": "A function or operator gets values of a type that it does not take.",
    "42804": "Values of different types meet where they must be of one type.",
    "0A000": "The query uses something that the database does not support here.",
}


def fetch(query: Sql) -> list[tuple]:
    """A few rows at a time, so that an answer which is too large never lies in memory as a whole."""
    text, parameters = with_shared_parameters(query)
    rows: list[tuple] = []
    weight = 0
    with errors_in_words(), connection.cursor() as cursor, connection.wrap_database_errors:
        for row in cursor.cursor.stream(text, parameters, size=ROWS_AT_ONCE):
            rows.append(row)
            weight += sum(_weight(cell) for cell in row)
            if weight > LARGEST_ANSWER:
                raise Refusal(
                    f"The answer is larger than {LARGEST_ANSWER >> 20} MB: ask for fewer rows or for less of each."
                )
    return rows


def _weight(cell: object) -> int:
    if isinstance(cell, list):
        return sum(_weight(one) for one in cell)
    return len(cell) if isinstance(cell, str) else 8


def with_shared_parameters(query: Sql) -> tuple[str, dict[str, Any]]:
    """Postgres knows two expressions as the same (in SELECT and GROUP BY) only if they name the same parameters."""
    names: dict[tuple[Any, ...], str] = {}
    values = iter(query.params)

    def named(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return match[0]
        value, cast = next(values), match[1] or ""
        key = (type(value), repr(value), cast)
        name = names.setdefault(key, f"p{len(names)}")
        parameters[name] = value
        return f"%({name})s{cast}"

    parameters: dict[str, Any] = {}
    return _MARKS.sub(named, query.text), parameters


@contextmanager
def errors_in_words() -> Iterator[None]:
    """What Postgres finds wrong with the statement is wrong with the question."""
    try:
        yield
    except DatabaseError as error:
        if TOO_MUCH_GATHERED in str(error):
            raise Refusal(_GATHERED) from error
        code = str(getattr(error.__cause__, "sqlstate", None) or "")
        sentence = _SENTENCES.get(code) or _SENTENCES.get(code[:2])
        if sentence is None:
            raise
        logger.info("hogql_refused_by_database", sqlstate=code, error=str(error))
        raise Refusal(sentence) from error
