"""Answers as pictures, numbers and dates. Pure."""

from datetime import date

import pytest

from sharing.drawings import Drawing, drawing_of
from sharing.markdown import html_of
from sharing.moments import is_unfinished, span_name
from sharing.numbers import BigNumber, big_number, number_text
from sharing.palettes import FALLBACK, palette_of
from sharing.pictures import MOST_LINKS, MOST_SLICES, picture_of
from tests.face.gallery import DAYS, KINDS, line, total, trends

PALETTE = palette_of([], None, None)


def draw(result, query=None, columns=None):
    return picture_of(result, columns, drawing_of(query), PALETTE)


@pytest.mark.parametrize("name", list(KINDS))
def test_each_kind_has_its_picture(name):
    kind, query, result = KINDS[name]

    picture = draw(result, query)

    assert (picture and picture["kind"]) == kind


def test_periods_that_are_compared_share_colours():
    both = [line(compare_label="current"), line(compare_label="previous")]

    series = draw(both)["series"]

    assert [one["previous"] for one in series] == [False, True]
    assert series[0]["color"] == series[1]["color"]


@pytest.mark.parametrize(
    ("display", "marks", "stacked"),
    [
        (None, "line", False),
        ("ActionsLineGraphCumulative", "line", False),
        ("ActionsAreaGraph", "area", True),
        ("ActionsBar", "bar", True),
        ("ActionsUnstackedBar", "bar", False),
    ],
)
def test_marks_follow_the_display(display, marks, stacked):
    picture = draw([line()], trends(display))

    assert (picture["marks"], picture["stacked"]) == (marks, stacked)


def test_many_slices_are_summed_up():
    slices = draw([total(str(n), 100 - n) for n in range(30)], trends("ActionsPie"))["slices"]

    assert (len(slices), slices[-1]["name"]) == (MOST_SLICES, "19 more")


def test_steps_of_a_funnel_are_parts_of_the_first_or_of_the_one_before():
    result, looks = KINDS["Funnel"][2], {"funnelStepReference": "previous"}

    of_first = draw(result)["groups"][0]["steps"]
    of_previous = draw(result, {"kind": "FunnelsQuery", "funnelsFilter": looks})["groups"][0]["steps"]

    assert [step["rate"] for step in of_first] == [1, 0.4, 0.1]
    assert [step["rate"] for step in of_previous] == [1, 0.4, 0.25]


def test_the_future_of_a_cohort_is_blank():
    rows = draw(KINDS["Retention"][2])["rows"]

    assert rows[0]["rates"] == [1, 0.8, 0.6, 0.4]
    assert rows[3]["rates"] == [1, None, None, None]


def test_paths_name_pages_without_their_host():
    nodes = draw(KINDS["Paths"][2])["nodes"]

    assert [(node["label"], node["step"]) for node in nodes] == [("/", 0), ("/pricing", 1), ("/", 2)]


def test_columns_that_were_chosen_are_drawn():
    settings = {"xAxis": {"column": "day"}, "yAxis": [{"column": "n"}]}
    query = {"kind": "DataVisualizationNode", "source": {}, "display": "ActionsBar", "chartSettings": settings}

    picture = draw([["mon", "a", 1], ["tue", "b", None]], query, ["day", "x", "n"])

    assert (picture["labels"], picture["series"][0]["data"]) == (["mon", "tue"], [1, None])
    assert draw([["mon", 1]], query, ["day", "other"]) is None


@pytest.mark.parametrize(
    "result",
    [
        None,
        {},
        "text",
        [],
        [[]],
        [1],
        [{}],
        [[{}]],
        [{"days": [], "data": []}],
        [{"days": ["x"], "data": None}],
        [{"values": None}],
        [{"values": [], "label": "x"}],
        [{"bins": None}],
        [{"source": "a", "target": "a", "value": 1}],
        [{"source": None, "target": None, "value": None}],
        [{"count": 0, "name": "a"}],
    ],
)
def test_what_cannot_be_drawn_is_not_drawn(result):
    assert draw(result) is None


def test_a_picture_does_not_grow_without_end():
    links = [{"source": f"1_{n}", "target": f"2_{n}", "value": 1} for n in range(500)]

    assert len(draw(links)["links"]) == MOST_LINKS
    assert len(draw([line(str(n)) for n in range(500)])["series"]) == 25


# Colours.


def test_colours_come_from_the_wanted_theme_else_the_global_one():
    themes = [
        {"id": 1, "is_global": True, "colors": ["#111111", "#222222"]},
        {"id": 2, "is_global": False, "colors": {"preset-1": "#333333"}},
    ]

    assert palette_of(themes, None, None)(1, None) == "#222222"
    assert palette_of(themes, 2, None)(1, None) == "#333333"
    assert palette_of(themes, None, [{"breakdownValue": "pro", "colorToken": "preset-1"}])(1, "pro") == "#111111"
    assert palette_of([{"id": 3, "is_global": True, "colors": ["red;x"]}], None, "nonsense")(0, "x") == FALLBACK[0]


# Numbers.


@pytest.mark.parametrize(
    ("value", "format", "text"),
    [
        (1234.5, {}, "1,234.5"),
        (1234, {"prefix": "$", "postfix": " net"}, "$1,234 net"),
        (0.1234, {"kind": "percentage_scaled", "decimals": 1}, "12.3%"),
        (12, {"kind": "percentage"}, "12%"),
        (3725, {"kind": "duration"}, "1h 2m"),
        (1500, {"kind": "duration_ms"}, "1.5s"),
        (0, {"kind": "duration"}, "0s"),
        (2_500_000, {"kind": "short"}, "2.5M"),
        (None, {}, ""),
        ("many", {}, "many"),
    ],
)
def test_numbers_are_written_as_the_query_says(value, format, text):
    assert number_text(value, format) == text


@pytest.mark.parametrize(
    ("now", "before", "number"),
    [
        (50, 40, BigNumber("50", "40", "25.0%", True)),
        (30, 40, BigNumber("30", "40", "25.0%", False)),
        (30, 0, BigNumber("30", "0", "", True)),
        (None, 40, BigNumber("–")),
    ],
)
def test_a_number_stands_against_the_period_before(now, before, number):
    result = [total("x", now, compare_label="current"), total("x", before, compare_label="previous")]

    assert big_number(result, {}) == number


def test_two_numbers_are_no_number():
    assert big_number([total("a", 1), total("b", 2)], {}) is None
    assert big_number(None, {}) is None


# Dates.


@pytest.mark.parametrize(
    ("start", "interval", "as_of", "timezone", "unfinished"),
    [
        ("2026-11-22", "day", "2026-11-22T12:00:00Z", "UTC", True),
        ("2026-11-21", "day", "2026-11-22T00:00:00Z", "UTC", False),
        ("2026-11-21", "day", "2026-11-22T00:00:00Z", "America/New_York", True),
        ("2026-11-01", "month", "2026-11-30T23:00:00Z", "UTC", True),
        ("2026-11-01", "month", "2026-12-01T00:00:00Z", "UTC", False),
        ("2026-11-22 11:00:00", "hour", "2026-11-22T11:59:00Z", None, True),
        ("1 day", "day", "2026-11-22T11:59:00Z", "UTC", False),
        ("2026-11-22", "day", None, "UTC", False),
        ("2026-11-22", "day", "2026-11-22T12:00:00Z", "No/Where", False),
    ],
)
def test_the_last_period_may_not_be_over(start, interval, as_of, timezone, unfinished):
    assert is_unfinished(start, interval, as_of=as_of, timezone=timezone) is unfinished


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        ("2026-10-24T00:00:00Z", "2026-11-22T23:59:59Z", "24 Oct – 22 Nov 2026"),
        ("2025-12-24T00:00:00Z", "2026-01-02T23:59:59Z", "24 Dec 2025 – 2 Jan 2026"),
        ("2026-11-22T00:00:00Z", "2026-11-22T23:59:59Z", "22 Nov 2026"),
        (None, "2026-11-22T23:59:59Z", ""),
    ],
)
def test_a_span_of_days_has_a_short_name(start, end, name):
    assert span_name(start, end) == name


# Looks and texts.


def test_looks_say_nothing_of_the_question():
    drawing = drawing_of(trends("ActionsBar", looks={"aggregationAxisPrefix": "$", "showLegend": True}))

    assert drawing == Drawing(kind="TrendsQuery", display="ActionsBar", format={"prefix": "$"}, has_legend=True)
    assert drawing_of(None) == drawing_of({}) == Drawing()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](javascript:alert(1))",
        '[x](https://a.b "onmouseover=alert(1)")',
        "<a href=x onclick=alert(1)>",
        '![" onerror="alert(1)](https://a.b)',
        "[x](data:text/html,x)",
        "|a|\n|:-:|\n|b|",
        "a\0b",
        "#" * 300,
        "> " * 200 + "x",
    ],
)
def test_markdown_can_do_no_harm(text):
    html = html_of(text)

    assert "<script" not in html
    assert "<img" not in html
    assert "style=" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert "<a href=x" not in html


def test_headings_leave_no_level_out():
    assert html_of("# a\n#### b\n# c").replace("\n", "") == "<h2>a</h2><h3>b</h3><h2>c</h2>"


def test_days_of_the_gallery_are_real():
    assert [date.fromisoformat(day) for day in DAYS]
