"""A result as a table that people can read, whatever kind of query it came from. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import groupby, zip_longest
from typing import Any

from sharing.names import group_name, title_of, value_name

JSON = dict[str, Any]
MOST_ROWS = 500
MOST_COLUMNS = 60
HOURS = 24
#: Two decimals say nothing of what is smaller, and digits nothing of what is larger.
SMALL, LARGE, LONG = 0.01, 1e15, 2**64
NUMBER = re.compile(r"-?[\d,]+(\.\d+)?(e[+-]\d+)?")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BOX = {
    "min": "Least",
    "p25": "Lower quartile",
    "median": "Median",
    "p75": "Upper quartile",
    "max": "Largest",
    "mean": "Mean",
}


@dataclass(frozen=True)
class Table:
    """`number` instead of rows where the answer is one number. `is_cut` if there was more."""

    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    number: str | None = None
    is_cut: bool = False

    @cached_property
    def words(self) -> set[int]:
        """The columns beside the first, by their place, that hold anything but numbers."""
        cells = (enumerate(row[1:], 1) for row in self.rows)
        return {place for row in cells for place, cell in row if cell and not NUMBER.fullmatch(cell)}


def table_of(result: Any, columns: Any = None) -> Table | None:
    """None where there is nothing to show."""
    if not isinstance(result, list) or not result:
        return None
    if all(isinstance(row, list) for row in result):
        return _groups(result) if _is_of_objects(result) else _grid(result, columns)
    if not all(isinstance(row, dict) for row in result):
        return _cut(["Value"], [[value] for value in result])
    return _objects(result)


def _objects(result: list[JSON]) -> Table:
    first = result[0]
    if first.get("days") and "data" in first:
        return _dates(result)
    if "calendar_heatmap_data" in first:
        return _weeks(result)
    if "series_label" in first:
        return _boxes(result)
    if "aggregated_value" in first:
        return _cut(["Series", "Total"], [[title_of(one), one.get("aggregated_value")] for one in result])
    if "values" in first:
        return _cohorts(result)
    if "source" in first and "target" in first:
        rows = [[one.get(name) for name in ("source", "target", "value")] for one in result]
        return _cut(["From", "To", "Count"], rows)
    if "bins" in first:
        return _cut(["Seconds", "People"], [row for row in first["bins"] or [] if isinstance(row, list)])
    if "count" in first:
        return _cut(["Step", "Count"], [[title_of(one), one.get("count")] for one in result])
    names = [str(name) for name, value in first.items() if not isinstance(value, dict | list)]
    return _cut(names, [[one.get(name) for name in names] for one in result])


def _dates(result: list[JSON]) -> Table:
    """A row per date and a column per series."""
    days = max((one.get("days") or [] for one in result), key=len)
    columns = [one.get("data") or [] for one in result[:MOST_COLUMNS]]
    rows = [list(row) for row in zip_longest(days, *columns)]
    return _cut(["Date", *(title_of(one) for one in result[:MOST_COLUMNS])], rows)


def _weeks(result: list[JSON]) -> Table:
    """A row per day of the week and a column per hour."""
    rows = [[name, *cells] for one in result for name, cells in _week(one, title_of(one) if result[1:] else "")]
    return _cut(["Day", *(f"{hour}:00" for hour in range(HOURS))], rows)


def _week(one: JSON, title: str) -> Iterator[tuple[str, list[Any]]]:
    cells = {(cell["row"], cell["column"]): cell["value"] for cell in one["calendar_heatmap_data"]["data"]}
    for row, weekday in enumerate(WEEKDAYS, 1):
        yield " - ".join(filter(None, (title, weekday))), [cells.get((row, hour), 0) for hour in range(HOURS)]


def _boxes(result: list[JSON]) -> Table:
    """How numbers are spread: a row per bucket of each series."""
    rows = [[one["label"], one["series_label"], *(one[name] for name in BOX)] for one in result]
    return _cut(["Date", "Series", *BOX.values()], rows)


def _cohorts(result: list[JSON]) -> Table:
    """Retention: a row per cohort."""
    rows = [row for _, group in groupby(result, key=group_name) for row in _counts(list(group))]
    width = max(map(len, rows), default=1)
    header = ["Cohort", *(str(number) for number in range(width - 1))]
    return _cut(header, [[*row, *[None] * (width - len(row))] for row in rows])


def _counts(group: list[JSON]) -> Iterator[list[Any]]:
    for place, one in enumerate(group):
        counts = [value.get("count") for value in one.get("values") or []]
        title = " - ".join(filter(None, (group_name(one), title_of(one))))
        yield [title, *(None if is_ahead(place + n, count, group) else count for n, count in enumerate(counts))]


def is_ahead(period: int, count: int | None, group: list[JSON]) -> bool:
    """Whether a cohort has not come to the period, counted from the first cohort of its group."""
    return period >= len(group) and not count


def _groups(result: list[list[JSON]]) -> Table:
    """Steps by breakdown value."""
    steps = [step for group in result for step in group]
    rows = [[value_name(step.get("breakdown_value")), title_of(step), step.get("count")] for step in steps]
    return _cut(["Group", "Step", "Count"], rows)


def _grid(result: list[list[Any]], columns: Any) -> Table:
    width = max(map(len, result))
    names = [str(name) for name in columns] if isinstance(columns, list) else []
    header = [*names[:width], *("" for _ in range(width - len(names)))]
    if len(result) == 1 and width == 1 and isinstance(result[0][0], int | float):
        return Table(number=_text(result[0][0]))
    return _cut(header, [[*row, *[None] * (width - len(row))] for row in result])


def _is_of_objects(result: list[list[Any]]) -> bool:
    return any(result) and all(isinstance(one, dict) for row in result for one in row)


def _cut(header: list[str], rows: list[list[Any]]) -> Table:
    shown = [[_text(cell) for cell in row[:MOST_COLUMNS]] for row in rows[:MOST_ROWS]]
    is_cut = len(rows) > MOST_ROWS or len(header) > MOST_COLUMNS
    return Table(header=header[:MOST_COLUMNS], rows=shown, is_cut=is_cut)


def _decimal(value: float) -> str:
    if value and not SMALL <= abs(value) < LARGE:
        return f"{value:.4g}"
    return f"{value + 0.0:,.2f}".rstrip("0").rstrip(".")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return _decimal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}" if abs(value) < LONG else f"{Decimal(value):.4g}"
    return str(value)
