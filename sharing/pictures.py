"""A result as what the page's JavaScript draws: numbers, names and colours, ready made. Pure.

The table of the same tile holds the same numbers; nothing can be read from a picture alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sharing.drawings import Drawing
from sharing.names import group_name, title_of, value_name
from sharing.tables import BOX, is_ahead

JSON = dict[str, Any]
Palette = Callable[[int, Any], str]

MOST_SERIES = 25
MOST_SLICES = 12
MOST_ROWS = 60
MOST_LINKS = 60
LINES, AREAS, BARS = "line", "area", "bar"
MARKS = {
    "ActionsAreaGraph": AREAS,
    "ActionsBar": BARS,
    "ActionsStackedBar": BARS,
    "ActionsUnstackedBar": BARS,
}
LIFECYCLE_COLORS = {
    "new": "#1d7cc9",
    "returning": "#3b8f5b",
    "resurrecting": "#8a63c9",
    "dormant": "#c8553d",
}


def picture_of(result: Any, columns: Any, drawing: Drawing, palette: Palette) -> JSON | None:
    """None where a table or a number says it better."""
    if not isinstance(result, list) or not result or drawing.display in {"ActionsTable", "BoldNumber"}:
        return None
    if all(isinstance(one, Mapping) for one in result):
        return _of_objects(result, drawing, palette)
    if all(isinstance(one, list) for one in result):
        is_funnel = all(isinstance(step, Mapping) for group in result for step in group)
        return _funnel(result, drawing, palette) if is_funnel else _of_rows(result, columns, drawing, palette)
    return None


def _of_objects(result: list[JSON], drawing: Drawing, palette: Palette) -> JSON | None:
    first = result[0]
    if "calendar_heatmap_data" in first:
        return None
    if "series_label" in first:
        return _boxes(result, drawing, palette)
    if "aggregated_value" in first:
        return _totals(result, drawing, palette)
    if "values" in first:
        return _retention(result, drawing, palette)
    if "source" in first and "target" in first:
        return _paths(result, palette)
    if "bins" in first:
        return _bins(first["bins"], palette)
    if first.get("days") and isinstance(first.get("data"), list):
        return _series(result, drawing, palette)
    if "count" in first and "data" not in first:
        return _funnel([result], drawing, palette)
    return None


# Over time.


def _series(result: list[JSON], drawing: Drawing, palette: Palette) -> JSON:
    shown = result[:MOST_SERIES]
    is_lifecycle = "status" in shown[0]
    marks = BARS if is_lifecycle else MARKS.get(drawing.display, LINES)
    is_stacked = drawing.is_stacked if is_lifecycle else marks != LINES and drawing.display != "ActionsUnstackedBar"
    is_percentage = drawing.kind == "FunnelsQuery"
    longest = max(shown, key=lambda one: len(one.get("days") or []))
    return {
        "kind": "series",
        "marks": marks,
        "stacked": is_stacked,
        "percent": drawing.is_percentage and is_stacked,
        "labels": _steps_of(longest),
        "interval": drawing.interval if isinstance(longest["days"][0], str) else "",
        "series": [_one_series(one, place, palette) for place, one in _places(shown)],
        "format": {"postfix": "%"} if is_percentage else drawing.format,
        "goals": drawing.goals,
        "log": drawing.is_logarithmic and not is_stacked,
        "legend": drawing.has_legend,
    }


def _steps_of(one: JSON) -> list[Any]:
    """Dates as they are, for the reader's own calendar; of stickiness, whose days are numbers, the names."""
    days = one["days"]
    return days if isinstance(days[0], str) else one.get("labels") or [str(day) for day in days]


def _places(result: Sequence[JSON]) -> list[tuple[int, JSON]]:
    """Each with the number of its colour: the previous period wears those of the present one."""
    previous = [one for one in result if one.get("compare_label") == "previous"]
    current = [one for one in result if one.get("compare_label") != "previous"]
    return [*enumerate(current), *enumerate(previous)]


def _one_series(one: JSON, place: int, palette: Palette) -> JSON:
    status = one.get("status")
    return {
        "name": str(status).capitalize() if status else title_of(one) or "Value",
        "data": one.get("data") or [],
        "color": LIFECYCLE_COLORS.get(str(status)) or palette(place, one.get("breakdown_value")),
        "previous": one.get("compare_label") == "previous",
    }


def _boxes(result: list[JSON], drawing: Drawing, palette: Palette) -> JSON:
    """Of one series a line for every part of the boxes; of several the medians."""
    all_boxes = [list(boxes) for _, boxes in groupby(result, key=lambda box: box["series_index"])][:MOST_SERIES]
    [first, *others] = all_boxes
    lines = (
        [(str(boxes[0]["series_label"]), [box["median"] for box in boxes]) for boxes in all_boxes]
        if others
        else [(name, [box[part] for box in first]) for part, name in BOX.items()]
    )
    return {
        "kind": "series",
        "marks": LINES,
        "stacked": False,
        "labels": [box["day"] for box in first],
        "interval": drawing.interval,
        "series": [
            {"name": name, "data": data, "color": palette(place, None), "previous": False}
            for place, (name, data) in enumerate(lines)
        ],
        "format": drawing.format,
        "goals": drawing.goals,
        "log": drawing.is_logarithmic,
        "legend": True,
    }


# Totals.


def _totals(result: list[JSON], drawing: Drawing, palette: Palette) -> JSON | None:
    if len(result) == 1 and drawing.display not in {"ActionsPie", "ActionsBarValue", "WorldMap"}:
        return None
    shown: list[JSON] = [
        {
            "name": title_of(one),
            "value": one.get("aggregated_value"),
            "color": palette(place, one.get("breakdown_value")),
            "previous": one.get("compare_label") == "previous",
        }
        for place, one in _places(result)
    ]
    if drawing.display == "ActionsPie":
        slices = [one for one in shown if (one["value"] or 0) > 0 and not one["previous"]]
        return {"kind": "pie", "slices": _with_rest(slices), "format": drawing.format} if slices else None
    return {"kind": "bars", "bars": shown[:MOST_SERIES], "format": drawing.format}


def _with_rest(slices: list[JSON]) -> list[JSON]:
    if len(slices) <= MOST_SLICES:
        return slices
    kept, rest = slices[: MOST_SLICES - 1], slices[MOST_SLICES - 1 :]
    value = sum(one["value"] for one in rest)
    return [*kept, {"name": f"{len(rest)} more", "value": value, "color": "#8b8b8b", "previous": False}]


# Funnels, cohorts, paths.


def _funnel(groups: list[list[JSON]], drawing: Drawing, palette: Palette) -> JSON | None:
    shown = [group for group in groups[:MOST_SERIES] if group]
    if not any(step.get("count") for group in shown for step in group):
        return None
    return {
        "kind": "funnel",
        "groups": [
            {
                "name": value_name(group[0].get("breakdown_value")) if group[0].get("breakdown_value") else "",
                "color": palette(place, group[0].get("breakdown_value")),
                "steps": _steps(group, drawing.compares_with_previous),
            }
            for place, group in enumerate(shown)
        ],
    }


def _steps(group: list[JSON], with_previous: bool) -> list[JSON]:
    counts = [step.get("count") or 0 for step in group]
    bases = [counts[0], *counts[:-1]] if with_previous else [counts[0]] * len(counts)
    return [
        {"name": title_of(step), "count": count, "rate": count / base if base else 0}
        for step, count, base in zip(group, counts, bases, strict=True)
    ]


def _bins(bins: Any, palette: Palette) -> JSON | None:
    rows = [row for row in bins or [] if isinstance(row, list) and len(row) == 2]
    if not rows:
        return None
    return {
        "kind": "series",
        "marks": BARS,
        "stacked": False,
        "labels": [row[0] for row in rows],
        "interval": "seconds",
        "series": [{"name": "People", "data": [row[1] for row in rows], "color": palette(0, None)}],
        "format": {},
        "goals": [],
    }


def _retention(result: list[JSON], drawing: Drawing, palette: Palette) -> JSON | None:
    rows = [row for _, group in groupby(result, key=group_name) for row in _cohorts(list(group), drawing)][:MOST_ROWS]
    width = max((len(row["rates"]) for row in rows), default=0)
    if not width:
        return None
    period = drawing.interval.capitalize() if drawing.interval in {"hour", "day", "week", "month"} else "Day"
    labels = [f"{period} {number}" for number in range(width)]
    if drawing.display == "ActionsLineGraph":
        lines = [
            {"name": row["name"], "data": [rate and round(rate * 100, 2) for rate in row["rates"]], "color": color}
            for place, row in enumerate(rows[:MOST_SERIES])
            if (color := palette(place, None))
        ]
        return {
            "kind": "series",
            "marks": LINES,
            "labels": labels,
            "interval": "",
            "series": lines,
            "format": {"postfix": "%"},
            "goals": [],
        }
    return {"kind": "heat", "labels": labels, "rows": rows, "color": palette(0, None)}


def _cohorts(group: list[JSON], drawing: Drawing) -> list[JSON]:
    """Each as parts of its size, those that lie in the future without any."""
    cohorts = []
    for place, row in enumerate(group):
        counts = [value.get("count") or 0 for value in row.get("values") or []]
        bases = [counts[0], *counts[:-1]] if drawing.compares_with_previous and counts else [*counts[:1]] * len(counts)
        rates = [
            None if is_ahead(place + number, count, group) else count / base if base else 0
            for number, (count, base) in enumerate(zip(counts, bases, strict=True))
        ]
        name = " - ".join(part for part in (group_name(row), str(row.get("label") or "")) if part)
        size = counts[0] if counts else 0
        cohorts.append({"name": name, "date": row.get("date"), "size": size, "counts": counts, "rates": rates})
    return cohorts


def _paths(result: list[JSON], palette: Palette) -> JSON | None:
    links = [
        {"source": str(one["source"]), "target": str(one["target"]), "value": one["value"]}
        for one in result[:MOST_LINKS]
        if one.get("source") and one.get("target") and (one.get("value") or 0) > 0 and one["source"] != one["target"]
    ]
    if not links:
        return None
    names = dict.fromkeys(link[end] for link in links for end in ("source", "target"))
    return {"kind": "flow", "nodes": [_node(name) for name in names], "links": links, "color": palette(0, None)}


def _node(name: str) -> JSON:
    """`2_https://hogflix.com/pricing` is the page /pricing as second step."""
    step, _, label = name.partition("_")
    is_step = step.isdigit() and len(step) < 4 and bool(label)
    shown = label if is_step else name
    address = re.match(r"https?://[^/?#]+(.*)", shown, re.DOTALL)
    return {
        "name": name,
        "label": (address[1] or "/") if address else shown,
        "step": int(step) - 1 if is_step else 0,
    }


# Rows of a table, where somebody chose columns to draw.


def _of_rows(result: list[list[Any]], columns: Any, drawing: Drawing, palette: Palette) -> JSON | None:
    names = [str(name) for name in columns] if isinstance(columns, list) else []
    if len(drawing.axes) < 2 or not drawing.display.startswith("Actions") or not set(drawing.axes) <= set(names):
        return None
    first, *others = [names.index(axis) for axis in drawing.axes]
    rows = [row for row in result if len(row) == len(names)]
    marks = MARKS.get(drawing.display, LINES)
    return {
        "kind": "series",
        "marks": marks,
        "stacked": marks != LINES and drawing.display != "ActionsBar",
        "labels": [str(row[first]) for row in rows],
        "interval": "",
        "series": [
            {"name": names[column], "data": [_number(row[column]) for row in rows], "color": palette(place, None)}
            for place, column in enumerate(others[:MOST_SERIES])
        ],
        "format": {},
        "goals": [],
    }


def _number(value: Any) -> float | int | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
