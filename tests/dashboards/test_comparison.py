"""No database: what became different between two results, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.comparison import NO_CHANGES, describe_changes, numbers_in


def tile(data, name="Signups"):
    return {"insight_name": name, "data": data}


def changes(before, after):
    return describe_changes({"1": tile(before)}, {"1": tile(after)})


def series(label, data, **more):
    days = [f"2026-01-0{day + 1}" for day in range(len(data))]
    return {"label": label, "data": data, "days": days, "count": sum(data), **more}


def test_says_what_changed_by_how_much_and_on_which_day():
    before = [series("Pageview", [10, 20, 30])]
    after = [series("Pageview", [10, 50, 33])]

    assert changes(before, after) == (
        "- Signups: Pageview rose from 60 to 93 (+55.0%), most on 2026-01-02 (from 20 to 50)."
    )


def test_the_largest_change_comes_first_whatever_its_tile():
    before = {"1": tile([series("A", [100]), series("B", [100])]), "2": tile([series("C", [10])], "Other")}
    after = {"1": tile([series("A", [110]), series("B", [150])]), "2": tile([series("C", [2])], "Other")}

    assert describe_changes(before, after).splitlines() == [
        "- Other: C fell from 10 to 2 (-80.0%).",
        "- Signups: B rose from 100 to 150 (+50.0%).",
        "- Signups: A rose from 100 to 110 (+10.0%).",
    ]


STEP = {"name": "$pageview", "custom_name": None}
ROWS = {
    "total": ([{"label": "A", "aggregated_value": 5, "data": []}], [{"label": "A", "aggregated_value": 6, "data": []}],
              "A rose from 5 to 6 (+20.0%)."),
    "breakdown": ([series("Chrome", [1], breakdown_value="Chrome")], [series("Chrome", [2], breakdown_value="Chrome")],
                  "Chrome rose from 1 to 2 (+100.0%)."),
    "compared": ([series("A", [4], compare_label="previous")], [series("A", [2], compare_label="previous")],
                 "A - previous fell from 4 to 2 (-50.0%)."),
    "funnel": ([{**STEP, "order": 0, "count": 4}, {**STEP, "order": 1, "count": 3}],
               [{**STEP, "order": 0, "count": 4}, {**STEP, "order": 1, "count": 1}],
               "step 2, $pageview fell from 3 to 1 (-66.7%)."),
    "funnel by browser": ([[{**STEP, "order": 0, "count": 4, "breakdown_value": ["Chrome"]}]],
                          [[{**STEP, "order": 0, "count": 8, "breakdown_value": ["Chrome"]}]],
                          "step 1, $pageview - Chrome rose from 4 to 8 (+100.0%)."),
    "time to convert": ({"bins": [[0, 1], [60, 2]], "average_conversion_time": 10},
                        {"bins": [[0, 1], [60, 2]], "average_conversion_time": 30},
                        "average_conversion_time rose from 10 to 30 (+200.0%)."),
    "retention": ([{"label": "Day 0", "values": [{"count": 10}, {"count": 5}]}],
                  [{"label": "Day 0", "values": [{"count": 10}, {"count": 4}]}],
                  "Day 0, after 1 fell from 5 to 4 (-20.0%)."),
    "paths": ([{"source": "1_/a", "target": "2_/b", "value": 3}], [{"source": "1_/a", "target": "2_/b", "value": 6}],
              "1_/a → 2_/b rose from 3 to 6 (+100.0%)."),
    "rows": ([["Chrome", 3], ["Safari", 1]], [["Safari", 1], ["Chrome", 4]], "Chrome rose from 3 to 4 (+33.3%)."),
    "rows of numbers": ([[1, 2.5]], [[1, 5]], "column 2 rose from 2.5 to 5 (+100.0%)."),
    "one number": (4, 5, "Signups rose from 4 to 5 (+25.0%)."),
    "new": ([], [series("A", [7])], "A is new, at 7."),
    "gone": ([series("A", [7])], [], "A is gone; it was 7."),
    "from nothing": ([series("A", [0])], [series("A", [7])], "A rose from 0 to 7."),
    "unknown": ({"a": {"b": 1}}, {"a": {"b": 2}}, "a, b rose from 1 to 2 (+100.0%)."),
    "words alone": ([["x"]], [["y"]], "Signups: the result has changed, but none of its numbers."),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "line"), ROWS.values(), ids=ROWS)
def test_reads_results_of_every_shape(before, after, line):
    text = changes(before, after)

    assert text.endswith(line)
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({"1": tile([1])}, {"1": tile([1])}),
        ({"1": tile([1])}, {"2": tile([2])}),
        ({}, {"1": tile([1])}),
        ({"1": tile({"a": 1, "b": 2})}, {"1": tile({"b": 2, "a": 1})}),
    ],
)
def test_nothing_to_say(before, after):
    assert describe_changes(before, after) == NO_CHANGES


def test_it_ends_before_it_bores():
    before = {str(pk): tile([series(f"S{n}", [n + 1]) for n in range(30)], f"T{pk}") for pk in range(10)}
    after = {str(pk): tile([series(f"S{n}", [n + 2]) for n in range(30)], f"T{pk}") for pk in range(10)}

    lines = describe_changes(before, after).splitlines()

    assert len(lines) == 21
    assert lines[-1] == "- and 30 smaller changes."


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["data", "days", "count", "values", "label", "source", "target", "value", "order",
                             "aggregated_value", "action", "breakdown_value", "name", "date", "x"]),
            inner, max_size=5,
        )
    ),
    max_leaves=20,
)  # fmt: skip


@given(json_values, json_values)
def test_no_json_breaks_it(before, after):
    text = changes(before, after)

    assert text == NO_CHANGES or text.startswith("- Signups")
    assert all(isinstance(value, float) for value in numbers_in(before).values())
