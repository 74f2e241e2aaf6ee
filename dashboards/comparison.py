"""What became different between two results of one insight, in words. Pure.

A result is read as named numbers, whatever its shape: series, funnel steps, cohorts, paths, rows of a table, or JSON
that only its sender knows. Equal names are compared; the largest relative change comes first.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

NO_CHANGES = "No significant changes detected in the dashboard data."
MOST_LINES = 20
MOST_LINES_OF_TILE = 5
#: Of one result are read at most so many numbers.
MOST_NUMBERS = 5000
NAME_LENGTH = 80
LARGEST = 1e100

Numbers = dict[str, float]


@dataclass(frozen=True)
class Change:
    """A number that is another one now; None where it is not there."""

    tile: str
    name: str
    before: float | None
    after: float | None
    where: str = ""

    @property
    def size(self) -> tuple[float, float]:
        """Relative to the larger of both, from 0 to 1; then absolute."""
        before, after = self.before or 0.0, self.after or 0.0
        difference, largest = abs(after - before), max(abs(before), abs(after))
        return (difference / largest if largest else 0.0, difference)

    def __str__(self) -> str:
        subject = f"{self.tile}: {self.name}" if self.name else self.tile
        if self.before is None:
            return f"{subject} is new, at {_number(self.after)}."
        if self.after is None:
            return f"{subject} is gone; it was {_number(self.before)}."
        verb = "rose" if self.after > self.before else "fell"
        return (
            f"{subject} {verb} from {_number(self.before)} to {_number(self.after)}"
            f"{_percentage(self.before, self.after)}{self.where}."
        )


def describe_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Bullets, largest change first. Both map tiles to `{insight_name, data}`; tiles on one side only say nothing."""
    changes: list[Change] = []
    wordless: list[str] = []
    for tile in before:
        if tile not in after or before[tile]["data"] == after[tile]["data"]:
            continue
        name = _short(after[tile]["insight_name"] or before[tile]["insight_name"] or f"Tile {tile}")
        found = _changes(name, before[tile]["data"], after[tile]["data"])
        changes += found[:MOST_LINES_OF_TILE]
        if not found:
            wordless.append(f"{name}: the result has changed, but none of its numbers.")
    lines = [str(change) for change in sorted(changes, key=lambda change: change.size, reverse=True)] + wordless
    if not lines:
        return NO_CHANGES
    shown = [f"- {line}" for line in lines[:MOST_LINES]]
    return "\n".join([*shown, *([f"- and {len(lines) - MOST_LINES} smaller changes."] if lines[MOST_LINES:] else [])])


def _changes(tile: str, before: Any, after: Any) -> list[Change]:
    then, now = numbers_in(before), numbers_in(after)
    days_then, days_now = _days_in(before), _days_in(after)
    changes = [
        Change(tile, name, then.get(name), now.get(name), _where(days_then.get(name), days_now.get(name)))
        for name in {**then, **now}
        if not _is_same(then.get(name), now.get(name))
    ]
    return sorted(changes, key=lambda change: change.size, reverse=True)


def numbers_in(result: Any) -> Numbers:
    """The numbers that a result is about, by names that are the same before and after."""
    numbers: Numbers = {}
    met: Counter[str] = Counter()
    for name, value in islice(_read(result, ""), MOST_NUMBERS):
        met[name] += 1
        numbers[name if met[name] == 1 else f"{name} ({met[name]})"] = value
    return numbers


def _read(value: Any, name: str) -> Iterator[tuple[str, float]]:
    if _is_number(value):
        yield name, float(value)
    elif isinstance(value, dict):
        yield from _read_object(value, name)
    elif isinstance(value, list) and value and all(isinstance(row, list) and _is_row(row) for row in value):
        yield from _read_table(value, name)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _read(one, name if isinstance(one, dict | list) else _join(name, f"row {index + 1}"))


def _read_object(value: dict[str, Any], name: str) -> Iterator[tuple[str, float]]:
    for is_such, read in _SHAPES:
        if is_such(value):
            yield from read(value, name)
            return
    for key, one in value.items():
        yield from _read(one, _join(name, _short(key)))


def _read_series(series: dict[str, Any], name: str) -> Iterator[tuple[str, float]]:
    """Trends, lifecycle, stickiness: the total says it; the days are looked at apart."""
    yield _join(name, _title(series)), _total(series)


def _read_cohort(cohort: dict[str, Any], name: str) -> Iterator[tuple[str, float]]:
    label = _join(name, _title(cohort) or _short(cohort.get("date", "")))
    for index, cell in enumerate(cohort["values"]):
        if isinstance(cell, dict) and _is_number(cell.get("count")):
            yield _join(label, f"after {index}"), float(cell["count"])


def _read_step(step: dict[str, Any], name: str) -> Iterator[tuple[str, float]]:
    order = step.get("order")
    number = f"step {order + 1}" if isinstance(order, int) else ""
    yield _join(name, _join(number, _title(step))), float(step["count"])


def _read_path(path: dict[str, Any], name: str) -> Iterator[tuple[str, float]]:
    yield _join(name, f"{_short(path['source'])} → {_short(path['target'])}"), float(path["value"])


_SHAPES: list[tuple[Callable[[dict[str, Any]], bool], Callable[[dict[str, Any], str], Iterator[tuple[str, float]]]]] = [
    (lambda value: _is_series(value), _read_series),
    (lambda value: isinstance(value.get("values"), list), _read_cohort),
    (lambda value: _is_number(value.get("count")), _read_step),
    (lambda value: {"source", "target", "value"} <= value.keys() and _is_number(value["value"]), _read_path),
]


def _read_table(rows: list[list[Any]], name: str) -> Iterator[tuple[str, float]]:
    """A row is known by what it says beside its numbers, or else by its place."""
    for index, row in enumerate(rows):
        words = " ".join(_short(cell) for cell in row if isinstance(cell, str))
        label = _short(words) or (f"row {index + 1}" if len(rows) > 1 else "")
        cells = [(place, cell) for place, cell in enumerate(row) if _is_number(cell)]
        for place, cell in cells:
            yield _join(name, _join(label, f"column {place + 1}" if len(cells) > 1 else "")), float(cell)


def _days_in(result: Any) -> dict[str, dict[str, float]]:
    """Of each series its values by day."""
    if not isinstance(result, list):
        return {}
    return {
        _title(series): {
            str(day): float(value)
            for day, value in zip(series["days"], series["data"], strict=False)
            if _is_number(value)
        }
        for series in result[:MOST_NUMBERS]
        if isinstance(series, dict) and all(isinstance(series.get(key), list) for key in ("days", "data"))
    }


def _where(before: dict[str, float] | None, after: dict[str, float] | None) -> str:
    """The day on which most of it happened."""
    common = [day for day in before or {} if day in (after or {})]
    if not before or not after or len(common) < 2:
        return ""
    day = max(common, key=lambda day: abs(after[day] - before[day]))
    if _is_same(before[day], after[day]):
        return ""
    return f", most on {day} (from {_number(before[day])} to {_number(after[day])})"


def _is_series(value: dict[str, Any]) -> bool:
    return _is_number(value.get("aggregated_value")) or (
        isinstance(value.get("data"), list) and all(_is_number(one) or one is None for one in value["data"])
    )


def _total(series: dict[str, Any]) -> float:
    if _is_number(series.get("aggregated_value")):
        return float(series["aggregated_value"])
    return float(sum(one for one in series["data"] if one is not None))


def _title(thing: dict[str, Any]) -> str:
    """What a person called it, the event's name, the value of a breakdown, the period that it is compared with."""
    action = thing.get("action") if isinstance(thing.get("action"), dict) else {}
    named = (action or {}).get("custom_name") or thing.get("custom_name") or thing.get("label") or thing.get("name")
    value = thing.get("breakdown_value", thing.get("breakdown"))
    values = value if isinstance(value, list) else [value]
    parts = [named, *(one for one in values if one not in (None, "", named)), thing.get("compare_label")]
    return " - ".join(_short(part) for part in parts if part not in (None, ""))


def _join(*names: str) -> str:
    return ", ".join(name for name in names if name)


def _short(text: Any) -> str:
    words = " ".join(str(text).split())
    return words if len(words) <= NAME_LENGTH else f"{words[: NAME_LENGTH - 1]}…"


def _is_row(row: Iterable[Any]) -> bool:
    return all(not isinstance(cell, dict | list) for cell in row)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < LARGEST  # which neither NaN nor infinity is


def _is_same(before: float | None, after: float | None) -> bool:
    """Sums of floats differ in their last digits from one computation to the next."""
    if before is None or after is None:
        return before is after
    return math.isclose(before, after, rel_tol=1e-9, abs_tol=1e-12)


def _percentage(before: float, after: float) -> str:
    return f" ({(after - before) / abs(before) * 100:+.1f}%)" if before else ""


def _number(value: float | None) -> str:
    return f"{value or 0:,.2f}".rstrip("0").rstrip(".")
