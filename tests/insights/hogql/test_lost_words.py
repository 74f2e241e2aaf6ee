"""What the parser's tree does not hold is put back, or refused by name; it is never left out in silence."""

import pytest

from insights.queries.hogql.parser import parse_order, parse_select


def nulls(text):
    return [order["nulls"] for order in parse_select(text)["order_by"]]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("a NULLS FIRST", ["FIRST"]),
        ("a DESC nulls last", ["LAST"]),
        ("a, b ASC NULLS FIRST, c DESC", [None, "FIRST", None]),
        ("lower(a) /* nulls first */ DESC NULLS LAST -- nulls first", ["LAST"]),
        ("'añ😀 nulls first', b NULLS FIRST", [None, "FIRST"]),
        ("(SELECT x FROM t ORDER BY x NULLS FIRST) DESC", [None]),
        ("`nulls first` NULLS LAST LIMIT 3", ["LAST"]),
    ],
)
def test_orders_know_where_nulls_go(order, expected):
    assert nulls(f"SELECT 1 FROM events ORDER BY {order}") == expected


def test_a_single_order_knows_it_too():
    assert parse_order("a DESC NULLS FIRST -- said")["nulls"] == "FIRST"


def test_many_orders_take_no_longer_than_one_after_the_other():
    text = "SELECT 1 FROM events ORDER BY " + ", ".join(["a NULLS FIRST"] * 600)

    assert nulls(text) == ["FIRST"] * 600


ROWS = "FROM (SELECT 1 AS n UNION ALL SELECT NULL UNION ALL SELECT 2)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"SELECT n {ROWS} ORDER BY n", [[1], [2], [None]]),
        (f"SELECT n {ROWS} ORDER BY n DESC", [[2], [1], [None]]),
        (f"SELECT n {ROWS} ORDER BY n NULLS FIRST", [[None], [1], [2]]),
        (f"SELECT n {ROWS} ORDER BY n DESC NULLS FIRST", [[None], [2], [1]]),
        (f"SELECT DISTINCT n {ROWS} ORDER BY n DESC NULLS FIRST", [[None], [2], [1]]),
        (f"SELECT n, row_number() OVER (ORDER BY n NULLS FIRST) {ROWS} ORDER BY 2", [[None, 1], [1, 2], [2, 3]]),
        (f"SELECT groupArray(toString(n) ORDER BY n DESC) {ROWS}", [[["2", "1"]]]),
    ],
)
def test_nulls_go_where_they_are_sent(ask, text, expected):
    assert ask(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT event FROM events GROUP BY event WITH TOTALS", "WITH TOTALS is not supported."),
        ("SELECT event FROM events GROUP BY event with rollup", "WITH ROLLUP is not supported."),
        ("SELECT event FROM events GROUP BY event WITH /* all */ CUBE", "WITH CUBE is not supported."),
        ("SELECT event FROM events GROUP BY CUBE(event)", "GROUP BY CUBE is not supported."),
        ("SELECT event FROM events GROUP BY GROUPING SETS ((event), ())", "GROUP BY GROUPING SETS is not supported."),
        ("SELECT event FROM events ORDER BY event COLLATE 'en'", "COLLATE is not supported."),
        ("SELECT event IGNORE NULLS FROM events", "IGNORE NULLS is not supported."),
        ("SELECT sum(1) FILTER (WHERE (event = ')')) OVER () FROM events", "FILTER before OVER is not supported"),
        ("SELECT event FROM events LIMIT 3 WITH TIES", "LIMIT WITH TIES is not supported."),
        ("SELECT event FROM events LIMIT 3%", "LIMIT in percent is not supported."),
        ("SELECT event FROM events FINAL", "FINAL is not supported."),
        ("SELECT event FROM events SAMPLE 1/10", "SAMPLE is not supported."),
        ("SELECT event FROM events ORDER BY event WITH FILL", "WITH FILL is not supported."),
        ("SELECT uuid FROM events AS e(a, b)", "Only the columns of a subquery can be given other names."),
        ("SELECT lower(DISTINCT event) FROM events", "Function 'lower' is no aggregate"),
        ("SELECT event FROM events ANY LEFT JOIN persons ON 1 = 1", "Unsupported join: LEFT ANY JOIN."),
        ("SELECT event FROM events ASOF JOIN persons ON 1 = 1", "Unsupported join: ASOF INNER JOIN."),
        ("WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a", "Recursive queries are not supported."),
        ("SELECT uniq(event) OVER () FROM events", "Unsupported function call 'uniq(...)' over a window."),
        ("SELECT quantile(0.9)(1) OVER () FROM events", "Unsupported function call 'quantile(...)' over a window."),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(refusal_or_rows, text, message):
    assert str(refusal_or_rows(text)).startswith(message)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WITH totals AS (SELECT 1 AS n) SELECT n FROM totals", [[1]]),
        ("SELECT 'x WITH TOTALS' -- WITH ROLLUP", [["x WITH TOTALS"]]),
        ("SELECT countIf(1 = 1) AS filter, 2 AS nulls", [[1, 2]]),
        ("SELECT count() FILTER (WHERE 1 = 1), sum(1) OVER () FROM numbers(1)", [[1, 1]]),
        ("SELECT 1 AS `collate` ORDER BY `collate`", [[1]]),
    ],
)
def test_the_same_words_elsewhere_are_names(ask, text, expected):
    assert ask(text) == expected
