"""A result as a small text table, for readers that pay by the word (`output_format=optimized`). Pure."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson

from insights.queries.wrapping import JSON, source_of

_READABLE_VALUES = {
    "": "(empty)",
    "$$_posthog_breakdown_null_$$": "(none)",
    "$$_posthog_breakdown_other_$$": "(other)",
}


def format_results(query: JSON, results: Any) -> str | None:
    """None where no table is known for this kind of query: callers then show the JSON."""
    source = source_of(query)
    formatter = _FORMATTERS.get(source.get("kind", ""))
    if formatter is None or not isinstance(results, list | dict):
        return None
    return formatter(source, results) if results else "No data."


def cut_to_budget(text: str, *, max_chars: int, tile_id: int) -> str:
    """Whole lines up to the budget, then how to get the rest. The hint comes on top of the budget."""
    if len(text) <= max_chars:
        return text
    head = text[:max_chars]
    whole_lines = head[: head.rfind("\n")] if "\n" in head else head
    shown = f"{len(whole_lines)} of {len(text)} characters"
    return f"{whole_lines}\n… cut: {shown} shown. Ask for this tile alone with tile_ids={tile_id} to see more."


def _trends(source: JSON, results: list[JSON]) -> str:
    return _by_period(results, _trends_table)


def _stickiness(source: JSON, results: list[JSON]) -> str:
    return _by_period(results, lambda rows: _columns_table("Active for", "labels", rows))


def _by_period(results: list[JSON], table: Callable[[list[JSON]], str]) -> str:
    """One table, or one for each of the periods that are compared."""
    periods = [_period(results, "current"), _period(results, "previous")]
    if not any(periods):
        return table(results)
    titles = ("Current period", "Previous period")
    return "\n\n".join(f"{title}\n{table(rows)}" for title, rows in zip(titles, periods, strict=True) if rows)


def _lifecycle(source: JSON, results: list[JSON]) -> str:
    header = ["Date", *(result["status"] for result in results)]
    return _table([header, *zip(results[0]["days"], *(result["data"] for result in results), strict=True)])


def _funnel(source: JSON, results: Any) -> str:
    if isinstance(results, dict):
        return _times_to_convert(results)
    if isinstance(results[0], list):
        return "\n\n".join(f"{_values(steps[0]['breakdown_value'])}\n{_steps(steps)}" for steps in results)
    return _funnel_trends(results) if "data" in results[0] else _steps(results)


def _steps(steps: list[JSON]) -> str:
    header = ["Step", "Name", "Count", "Conversion", "From previous", "Average seconds", "Median seconds"]
    before = [steps[0], *steps]
    return _table([header, *(_step(step, steps[0], last) for step, last in zip(steps, before, strict=False))])


def _step(step: JSON, first: JSON, last: JSON) -> list[Any]:
    name = step["custom_name"] or step["name"]
    times = [step["average_conversion_time"], step["median_conversion_time"]]
    rates = [_percent(step["count"], first["count"]), _percent(step["count"], last["count"])]
    return [step["order"] + 1, name, step["count"], *rates, *("-" if time is None else time for time in times)]


def _funnel_trends(results: list[JSON]) -> str:
    titles = [f"{_values(one['breakdown_value'])} %" if "breakdown_value" in one else "Conversion %" for one in results]
    return _table([["Date", *titles], *zip(results[0]["days"], *(one["data"] for one in results), strict=True)])


def _times_to_convert(results: JSON) -> str:
    if not results["bins"]:
        return "No data."
    average = f"Average seconds to convert: {_cell(results['average_conversion_time'])}"
    return f"{average}\n{_table([['From second', 'Persons'], *results['bins']])}"


def _retention(source: JSON, results: list[JSON]) -> str:
    """A row per period: how many there were, and which part of them came back; periods yet to come are left out."""
    count = len(results[0]["values"])
    is_broken_down = "breakdown_value" in results[0]
    labels = [value["label"] for value in results[0]["values"]]
    header = [*(["Value"] if is_broken_down else []), "Date", "Persons", *labels]
    rows = [_retention_row(row, count - number % count, is_broken_down) for number, row in enumerate(results)]
    return _table([header, *rows])


def _retention_row(row: JSON, past: int, is_broken_down: bool) -> list[Any]:
    counts = [value["count"] for value in row["values"]]
    value = [_values(row["breakdown_value"])] if is_broken_down else []
    rates = [_percent(number, counts[0]) for number in counts[:past]]
    return [*value, row["date"], counts[0], *rates, *[""] * (len(counts) - past)]


def _paths(source: JSON, results: list[JSON]) -> str:
    rows = [(edge["source"], edge["target"], edge["value"], edge["average_conversion_time"] / 1000) for edge in results]
    return _table([("Source", "Target", "Count", "Average seconds"), *rows])


def _rows(source: JSON, results: list[list[Any]]) -> str:
    return _table([source.get("select") or ["*"], *results])


def _percent(part: int, whole: int) -> str:
    return f"{_cell(round(part / whole * 100, 2))}%" if whole else "-"


def _values(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return "::".join(_READABLE_VALUES.get(str(one), str(one)) for one in values)


def _period(results: list[JSON], label: str) -> list[JSON]:
    return [result for result in results if result.get("compare_label") == label]


def _trends_table(results: list[JSON]) -> str:
    return _totals_table(results) if "aggregated_value" in results[0] else _dates_table(results)


def _dates_table(results: list[JSON]) -> str:
    """A row per date, oldest first, and a column per series."""
    return _columns_table("Date", "days", results)


def _columns_table(title: str, key: str, results: list[JSON]) -> str:
    header = [title, *(_title(result) for result in results)]
    return _table([header, *zip(results[0][key], *(result["data"] for result in results), strict=True)])


def _totals_table(results: list[JSON]) -> str:
    rows = [(_title(result), result["aggregated_value"]) for result in results]
    return _table([("Series", "Total"), *rows])


def _title(result: JSON) -> str:
    """The name that a person gave, else the event's; several series with a breakdown say both."""
    action = result.get("action") or {}
    value = result.get("breakdown_value")
    name = action.get("custom_name") or result.get("label") or ""
    if value is None:
        return str(name)
    shown = _values(value)
    series = action.get("custom_name") or action.get("name")
    return f"{series} - {shown}" if series else shown


def _table(rows: Iterable[Iterable[Any]]) -> str:
    return "\n".join("|".join(_cell(cell) for cell in row) for row in rows)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.5f}".rstrip("0").rstrip(".")
    text = orjson.dumps(value).decode() if isinstance(value, dict | list) else str(value)
    return " ".join(text.replace("|", "/").split())


Formatter = Callable[[JSON, Any], str]
_FORMATTERS: dict[str, Formatter] = {
    "TrendsQuery": _trends,
    "FunnelsQuery": _funnel,
    "RetentionQuery": _retention,
    "LifecycleQuery": _lifecycle,
    "StickinessQuery": _stickiness,
    "PathsQuery": _paths,
    "EventsQuery": _rows,
}
