"""Results of every kind as tables. Pure."""

import pytest

from sharing.tables import MOST_ROWS, Table, table_of

FUNNEL = [{"name": "Visit", "count": 100}, {"name": "Sign up", "count": 40, "custom_name": "Joined"}]


@pytest.mark.parametrize(
    ("result", "columns", "table"),
    [
        (
            [
                {"label": "a", "days": ["1", "2"], "data": [1, 2.5]},
                {"label": "b", "days": ["1"], "data": [3000], "compare_label": "previous"},
            ],
            None,
            Table(["Date", "a", "b - previous"], [["1", "1", "3,000"], ["2", "2.5", ""]]),
        ),
        ([{"label": "a", "aggregated_value": 12345}], None, Table(["Series", "Total"], [["a", "12,345"]])),
        (
            [{"label": "a", "aggregated_value": 1}, {"label": "b", "aggregated_value": 2}],
            None,
            Table(["Series", "Total"], [["a", "1"], ["b", "2"]]),
        ),
        (FUNNEL, None, Table(["Step", "Count"], [["Visit", "100"], ["Joined", "40"]])),
        (
            [[{**step, "breakdown_value": ["de", "at"]} for step in FUNNEL[:1]]],
            None,
            Table(["Group", "Step", "Count"], [["de::at", "Visit", "100"]]),
        ),
        (
            [
                {"label": "Week 0", "values": [{"count": 9}, {"count": 4}]},
                {"label": "Week 1", "values": [{"count": 7}]},
            ],
            None,
            Table(["Cohort", "0", "1"], [["Week 0", "9", "4"], ["Week 1", "7", ""]]),
        ),
        (
            [
                {"label": "Week 0", "breakdown_value": "de", "values": [{"count": 9}, {"count": 0}, {"count": 0}]},
                {"label": "Week 1", "breakdown_value": "de", "values": [{"count": 0}, {"count": 2}, {"count": 0}]},
                {"label": "Week 0", "breakdown_value": "at", "values": [{"count": 0}, {"count": 0}, {"count": 0}]},
            ],
            None,
            Table(
                ["Cohort", "0", "1", "2"],
                [["de - Week 0", "9", "0", ""], ["de - Week 1", "0", "2", ""], ["at - Week 0", "0", "", ""]],
            ),
        ),
        (
            [{"source": "1_/", "target": "2_/a", "value": 3}],
            None,
            Table(["From", "To", "Count"], [["1_/", "2_/a", "3"]]),
        ),
        ([["x", 1], ["y", None]], ["name", "n"], Table(["name", "n"], [["x", "1"], ["y", ""]])),
        ([[7]], ["count()"], Table(number="7")),
        ([[7, 8], [9]], None, Table(["", ""], [["7", "8"], ["9", ""]])),
        ([1, "a"], None, Table(["Value"], [["1"], ["a"]])),
        ([{"who": "x", "more": {}}], None, Table(["who"], [["x"]])),
    ],
)
def test_reads_like_a_table(result, columns, table):
    assert table_of(result, columns) == table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (123456789012345678, "123,456,789,012,345,678"),
        (123456789.98765, "123,456,789.99"),
        (0.01, "0.01"),
        (0.000012345, "1.234e-05"),
        (-0.004, "-0.004"),
        (1e300, "1e+300"),
        (10**400, "1.000e+400"),
        (float("inf"), "inf"),
        (-0.0, "0"),
    ],
)
def test_no_number_is_rounded_away_or_without_end(value, text):
    assert table_of([[value]]).number == text


def test_columns_of_words_are_known():
    table = table_of([["x", 1.5, "free", None, 1e-9], ["y", -2000, "", "2024-01-01", 3]])

    assert table.words == {2, 3}


@pytest.mark.parametrize("result", [None, [], {}, "text", 7])
def test_nothing_is_no_table(result):
    assert table_of(result) is None


def test_shows_the_beginning_of_what_is_long():
    table = table_of([[number, "x"] for number in range(MOST_ROWS + 1)])

    assert (len(table.rows), table.is_cut) == (MOST_ROWS, True)


@pytest.mark.parametrize(
    "result",
    [
        [[]],
        [[], []],
        [{}],
        [{"days": ["1"], "data": None}],
        [{"values": None}],
        [{"values": [{}]}],
        [{"label": None, "count": None}],
    ],
)
def test_survives_what_is_incomplete(result):
    assert table_of(result) is not None


def test_a_heat_map_is_a_table_of_weekdays_and_hours():
    cells = [{"row": 1, "column": 9, "value": 1234}, {"row": 7, "column": 23, "value": 5}]
    one = {"label": "a", "data": [], "aggregated_value": 1239, "calendar_heatmap_data": {"data": cells}}

    table, both = table_of([one]), table_of([one, {**one, "label": "b"}])

    assert (table.header[:2], table.header[-1]) == (["Day", "0:00"], "23:00")
    assert (table.rows[0][0], table.rows[0][10], table.rows[6][-1], len(table.rows)) == ("Monday", "1,234", "5", 7)
    assert [row[0] for row in both.rows[6:8]] == ["a - Sunday", "b - Monday"]


def test_boxes_are_a_row_each():
    numbers = {"min": 1, "p25": 2, "median": 3, "p75": 4.5, "max": 9000, "mean": 5}
    box = {"day": "2024-01-01", "label": "1-Jan-2024", **numbers, "series_index": 0, "series_label": "a - price"}

    table = table_of([box])

    assert table.header == ["Date", "Series", "Least", "Lower quartile", "Median", "Upper quartile", "Largest", "Mean"]
    assert table.rows == [["1-Jan-2024", "a - price", "1", "2", "3", "4.5", "9,000", "5"]]
