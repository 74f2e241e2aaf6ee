"""No query makes the server hold more than it can."""

import pytest

from common.exceptions import Refusal
from insights.queries.hogql import statements


@pytest.fixture(autouse=True)
def little(monkeypatch):
    monkeypatch.setattr("insights.queries.hogql.select.MOST_GATHERED", 100_000)
    monkeypatch.setattr(statements, "LARGEST_ANSWER", 100_000)


MUCH = "(SELECT toString(number) AS x, number AS n FROM numbers(5000))"


@pytest.mark.parametrize(
    "gathered",
    [
        "length(groupArray(x))",
        "length(groupArray(3)(x))",
        "length(groupArrayIf(x, n >= 0))",
        "argMax(x, n)",
        "argMin(x, n)",
        "topK(1)(x)",
        "quantileExact(0.5)(n)",
        "length(groupConcat(x))",
        "sum(n), length(groupArray(x)), length(groupArray(n))",
        "length(groupArray(arrayJoin([x, x])))",
    ],
)
@pytest.mark.parametrize("groups", ["", " GROUP BY n % 10", " GROUP BY n % 10 ORDER BY 1 LIMIT 1 BY n % 10"])
def test_rows_that_do_not_fit_into_arrays_are_refused(ask, gathered, groups):
    with pytest.raises(Refusal, match="gathers more than"):
        ask(f"SELECT {gathered} FROM {MUCH}{groups}")


def test_arrays_without_a_table_are_weighed_too(ask):
    with pytest.raises(Refusal, match="gathers more than"):
        ask("SELECT length(groupArray(arrayJoin(range(100000))))")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"SELECT length(groupArray(x)) FROM {MUCH} WHERE n < 1000", 1000),
        (f"SELECT length(groupArrayIf(x, n < 1000)) FROM {MUCH}", 1000),
        (f"SELECT length(groupUniqArray(n % 7)) FROM {MUCH}", 7),
        (f"SELECT any(x) FROM {MUCH}", "0"),
        (f"SELECT max(n), uniq(x), count() FROM {MUCH}", 4999),
        (f"WITH few AS (SELECT x FROM {MUCH} LIMIT 9) SELECT length(groupArray(x)) FROM few", 9),
        (f"SELECT length(groupArray(y)) FROM (SELECT arrayJoin([1, 2]) AS y, n FROM {MUCH}) WHERE n < 2", 4),
        ("SELECT length(groupArray(1))", 1),
    ],
)
def test_rows_that_fit_are_not(ask, text, expected):
    assert ask(text)[0][0] == expected


@pytest.mark.parametrize(
    "text",
    [
        "SELECT repeat('x', 1000) FROM numbers(5000) LIMIT 5000",
        "SELECT range(1000) FROM numbers(5000) LIMIT 5000",
        "SELECT groupArray(number) OVER () FROM numbers(1000) LIMIT 1000",
    ],
)
def test_an_answer_that_is_too_large_is_refused(ask, text):
    with pytest.raises(Refusal, match="The answer is larger than"):
        ask(text)


def test_after_a_refusal_the_connection_serves_on(ask):
    with pytest.raises(Refusal):
        ask("SELECT repeat('x', 10000) FROM numbers(5000) LIMIT 5000")

    assert ask("SELECT 1") == [[1]]
