"""Geometry, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.layouts import (
    ARRANGEMENTS,
    COLUMNS,
    Box,
    Grid,
    Shape,
    box,
    compact,
    dimensions,
    number,
    position,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.sampled_from("xywh"), children, max_size=4),
    max_leaves=8,
)
coordinates = st.one_of(st.integers(-5, 30), st.integers(0, 30).map(str), st.floats(0, 30), json_values)
sizes = st.dictionaries(st.sampled_from("xywh"), coordinates)
any_layouts = st.one_of(
    st.dictionaries(st.sampled_from(["sm", "xs", "lg"]), st.one_of(sizes, json_values)), json_values
)
shapes = st.lists(st.builds(Shape, any_layouts, st.booleans()), max_size=25)


def overlaps(boxes: list[Box]) -> list[tuple[Box, Box]]:
    return [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.overlaps(b)]


def test_tiles_fill_the_lowest_free_segment_from_the_left():
    grid = Grid()

    placed = [grid.place(6, 5)["sm"] for _ in range(3)] + [grid.place(2, 2)["sm"]]

    assert [(p["x"], p["y"]) for p in placed] == [(0, 0), (6, 0), (0, 5), (6, 5)]


def test_one_column_is_a_stack():
    grid = Grid()

    assert [grid.place(6, height)["xs"] for height in (5, 2, 1)] == [
        {"x": 0, "y": 0, "w": 1, "h": 5},
        {"x": 0, "y": 5, "w": 1, "h": 2},
        {"x": 0, "y": 7, "w": 1, "h": 1},
    ]


def test_a_new_tile_does_not_lie_on_one_with_coordinates_of_text():
    grid = Grid([{"sm": {"x": "0", "y": "2", "w": "12", "h": "3"}}])

    assert grid.place(6, 5)["sm"]["y"] == 5


@pytest.mark.parametrize(
    ("value", "expected"),
    [("3", 3), (" 4.5 ", 4.5), (7, 7), (True, None), ("x", None), ("inf", None), ("nan", None), ([1], None),
     (10**400, None), (None, None), ({}, None)],
)  # fmt: skip
def test_numbers_are_read_with_patience(value, expected):
    assert number(value) == expected


def test_a_tile_without_coordinates_is_sorted_at_a_hundred():
    assert position({"sm": {"y": "2"}}) == (2, 100)
    assert position({}) == position(None) == position({"sm": [1]}) == (100, 100)
    assert position({"xs": {"x": 0, "y": 1}}, "xs") == (1, 0)


def test_two_columns():
    placed = ARRANGEMENTS["two_column"]([Shape({})] * 3)

    assert [layouts["sm"] for layouts in placed] == [
        {"x": 0, "y": 0, "w": 6, "h": 5},
        {"x": 6, "y": 0, "w": 6, "h": 5},
        {"x": 0, "y": 5, "w": 6, "h": 5},
    ]
    assert [layouts["xs"]["y"] for layouts in placed] == [0, 5, 10]


def test_full_width():
    placed = ARRANGEMENTS["full_width"]([Shape({"sm": {"w": 3, "h": 9}})] * 2)

    assert [layouts["sm"] for layouts in placed] == [
        {"x": 0, "y": 0, "w": 12, "h": 5},
        {"x": 0, "y": 5, "w": 12, "h": 5},
    ]


def test_three_columns_with_a_text_between():
    insight, text = Shape({}), Shape({"sm": {"w": 4, "h": 1}}, is_text=True)

    placed = [layouts["sm"] for layouts in ARRANGEMENTS["three_column"]([insight] * 4 + [text, insight])]

    assert [(p["x"], p["y"], p["w"], p["h"]) for p in placed] == [
        (0, 0, 4, 5), (4, 0, 4, 5), (8, 0, 4, 5), (0, 5, 4, 5), (0, 10, 12, 1), (0, 11, 4, 5),
    ]  # fmt: skip


def test_preserve_keeps_widths_and_heights():
    placed = ARRANGEMENTS["preserve"]([Shape({"sm": {"w": w, "h": 2}}) for w in (4, 40, 8, "2", -1)])

    assert [(p["sm"]["x"], p["sm"]["y"], p["sm"]["w"], p["sm"]["h"]) for p in placed] == [
        (0, 0, 4, 2), (0, 2, 12, 2), (0, 4, 8, 2), (8, 4, 2, 2), (0, 6, 6, 2),
    ]  # fmt: skip


def test_compacting_moves_up_and_keeps_everything_else():
    below = {"sm": {"x": 0, "y": 9, "w": 6, "h": 5, "minW": 3}, "lg": {"y": 4}}

    assert compact([below, {}, "nonsense"]) == [
        {"sm": {"x": 0, "y": 0, "w": 6, "h": 5, "minW": 3}, "lg": {"y": 4}},
        {},
        "nonsense",
    ]


@given(shapes, st.sampled_from(sorted(ARRANGEMENTS)))
def test_an_arrangement_loses_nothing_overlaps_nowhere_and_stays_on_the_grid(given_shapes, arrangement):
    placed = ARRANGEMENTS[arrangement](given_shapes)

    assert len(placed) == len(given_shapes)
    for size, columns in COLUMNS.items():
        boxes = [Box(**layouts[size]) for layouts in placed]
        assert not overlaps(boxes)
        assert all(b.x >= 0 and b.y >= 0 and b.w >= 1 and b.h >= 1 and b.x + b.w <= columns for b in boxes)


@given(shapes, st.sampled_from(sorted(ARRANGEMENTS)))
def test_arranging_twice_is_arranging_once(given_shapes, arrangement):
    once = ARRANGEMENTS[arrangement](given_shapes)

    again = [Shape(layouts, shape.is_text) for layouts, shape in zip(once, given_shapes, strict=True)]

    assert ARRANGEMENTS[arrangement](again) == once


@given(st.lists(any_layouts, max_size=20), st.integers(1, 12), st.integers(1, 9))
def test_a_placed_tile_overlaps_none_of_those_before_it(taken, width, height):
    placed = Grid(taken).place(width, height)

    for size in COLUMNS:
        assert not any(Box(**placed[size]).overlaps(b) for b in (box(t, size) for t in taken) if b)


@given(st.lists(any_layouts, max_size=20))
def test_compacting_ends_every_overlap_and_moves_no_tile_twice(layouts):
    compacted = compact(layouts)

    for size in COLUMNS:
        assert not overlaps([b for b in (box(c, size) for c in compacted) if b])
    assert compact(compacted) == compacted
    assert len(compacted) == len(layouts)


@given(any_layouts)
def test_garbage_never_crashes(layouts):
    position(layouts)
    dimensions(layouts)
    box(layouts)
