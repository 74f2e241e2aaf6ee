"""Where tiles lie. Pure geometry on two grids: `sm` of twelve columns, `xs` of one.

A tile's `layouts` are JSON of the client's making, stored as sent. So numbers are read with patience here: a text "3"
is three, and what is no number at all counts as absent.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

COLUMNS = {"sm": 12, "xs": 1}
INSIGHT_SIZE = (6, 5)
CARD_SIZE = (2, 2)
# A tile without a coordinate is sorted as if it lay here.
NOWHERE = 100.0
# No dashboard is longer; sums of rows stay integers that JSON can carry.
MOST_ROWS = 1_000_000

Layouts = dict[str, dict[str, int]]


class Box(NamedTuple):
    x: int
    y: int
    w: int
    h: int

    @property
    def bottom(self) -> int:
        return self.y + self.h

    def shares_column_with(self, other: "Box") -> bool:
        return self.x < other.x + other.w and other.x < self.x + self.w

    def overlaps(self, other: "Box") -> bool:
        return self.shares_column_with(other) and self.y < other.bottom and other.y < self.bottom


class Shape(NamedTuple):
    """A tile as an arrangement sees it."""

    layouts: Any
    is_text: bool = False


def number(value: Any) -> float | None:
    """The finite number in a coordinate, whatever its type, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def position(layouts: Any, size: str = "sm") -> tuple[float, float]:
    """The key that tiles are sorted by: y, then x."""
    place = _place(layouts, size)
    y, x = number(place.get("y")), number(place.get("x"))
    return (NOWHERE if y is None else y, NOWHERE if x is None else x)


def box(layouts: Any, size: str = "sm") -> Box | None:
    """What the tile covers, brought inside the grid. None if it has no place there."""
    place = _place(layouts, size)
    x, y = number(place.get("x")), number(place.get("y"))
    if x is None or y is None:
        return None
    columns = COLUMNS[size]
    width, height = dimensions(layouts, size)
    left = min(max(math.floor(x), 0), columns - 1)
    top = min(max(math.floor(y), 0), MOST_ROWS)
    return Box(left, top, min(width, columns - left), height)


def dimensions(layouts: Any, size: str = "sm", default: tuple[int, int] = INSIGHT_SIZE) -> tuple[int, int]:
    """Width and height, each positive; the width no more than the grid has."""
    place = _place(layouts, size)
    width, height = (_length(place.get(key), usual) for key, usual in zip("wh", default, strict=True))
    return min(width, COLUMNS[size]), min(height, MOST_ROWS)


class Grid:
    """The lower edge of all that lies on a dashboard, column by column, to which new tiles are put."""

    def __init__(self, layouts: Iterable[Any] = ()) -> None:
        self._bottoms = {size: [0] * columns for size, columns in COLUMNS.items()}
        for taken in layouts:
            self.cover(taken)

    def cover(self, layouts: Any) -> None:
        for size in COLUMNS:
            taken = box(layouts, size)
            if taken is not None:
                self._cover(size, taken)

    def place(self, width: int, height: int) -> Layouts:
        """Lays a tile on the lowest free segment, the leftmost of equals, and below all others in one column."""
        return {"sm": self._drop("sm", width, height), "xs": self._drop("xs", 1, height)}

    def _drop(self, size: str, width: int, height: int) -> dict[str, int]:
        bottoms = self._bottoms[size]
        tops = [max(bottoms[x : x + width]) for x in range(len(bottoms) - width + 1)]
        left = tops.index(min(tops))
        self._cover(size, Box(left, tops[left], width, height))
        return {"x": left, "y": tops[left], "w": width, "h": height}

    def _cover(self, size: str, taken: Box) -> None:
        bottoms = self._bottoms[size]
        for column in range(taken.x, taken.x + taken.w):
            bottoms[column] = max(bottoms[column], taken.bottom)


def compact(layouts: Sequence[Any]) -> list[Any]:
    """Every tile moved up as far as it goes, on each grid; all that is no `y` stays as it was."""
    compacted = list(layouts)
    for size in COLUMNS:
        lifted: list[Box] = []
        for index in sorted(range(len(compacted)), key=lambda i: (*position(compacted[i], size), i)):
            found = box(compacted[index], size)
            if found is None:
                continue
            risen = found._replace(y=_highest(found, lifted))
            lifted.append(risen)
            compacted[index] = {**compacted[index], size: {**compacted[index][size], "y": risen.y}}
    return compacted


def preserve(shapes: Sequence[Shape]) -> list[Layouts]:
    """Tiles in this order, each as large as it is."""
    grid = Grid()
    return [grid.place(*dimensions(shape.layouts)) for shape in shapes]


def two_column(shapes: Sequence[Shape]) -> list[Layouts]:
    return _in_columns(shapes, width=6)


def full_width(shapes: Sequence[Shape]) -> list[Layouts]:
    return _in_columns(shapes, width=12)


def three_column(shapes: Sequence[Shape]) -> list[Layouts]:
    """Three insights to a row. A text has a row of its own, as high as it is."""
    grid = Grid()
    return [
        grid.place(12, dimensions(shape.layouts, default=(12, 2))[1]) if shape.is_text else grid.place(4, 5)
        for shape in shapes
    ]


ARRANGEMENTS: dict[str, Callable[[Sequence[Shape]], list[Layouts]]] = {
    "preserve": preserve,
    "two_column": two_column,
    "full_width": full_width,
    "three_column": three_column,
}


def _in_columns(shapes: Sequence[Shape], *, width: int, height: int = 5) -> list[Layouts]:
    grid = Grid()
    return [grid.place(width, height) for _ in shapes]


def _highest(found: Box, lifted: Iterable[Box]) -> int:
    """The smallest y at which the box overlaps none of the others."""
    top = 0
    for other in sorted((other for other in lifted if other.shares_column_with(found)), key=lambda other: other.y):
        if other.y >= top + found.h:
            break
        top = max(top, other.bottom)
    return top


def _place(layouts: Any, size: str) -> dict[str, Any]:
    place = layouts.get(size) if isinstance(layouts, dict) else None
    return place if isinstance(place, dict) else {}


def _length(value: Any, default: int) -> int:
    found = number(value)
    return math.ceil(found) if found is not None and found > 0 else default
