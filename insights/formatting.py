"""An answer as a small text table (`output_format=optimized`, and what agents get besides). Pure."""

from collections.abc import Callable
from typing import Any

from insights.queries.trends.breakdowns import READABLE
from insights.queries.wrapping import JSON, source_of
from insights.text_tables import text_cell, text_table

_READABLE_VALUES = {"": "(empty)", **READABLE}


def format_results(query: JSON, response: JSON | None) -> str | None:
    """None where no table is known for this kind of query: callers then show the JSON."""
    source, results = source_of(query), (response or {}).get("results")
    kind = source.get("kind", "")
    if response is None or not isinstance(results, list | dict):
        return None
    if kind in _TABLES:
        return _answer_table(response)
    formatter = _FORMATTERS.get(kind)
    if formatter is None:
        return None
    return formatter(source, results) if results else "No data."


def _answer_table(response: JSON) -> str:
    """Names of columns, then the rows."""
    results = response["results"]
    lines = [text_table([response.get("columns") or [], *results])]
    if not results:
        lines.append("No data.")
    if response.get("hasMore"):
        lines.append(f"… more rows exist: these are the first {len(results)}.")
    return "\n".join(lines)


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
    return text_table([header, *zip(results[0]["days"], *(result["data"] for result in results), strict=True)])


def _funnel(source: JSON, results: Any) -> str:
    if isinstance(results, dict):
        return _times_to_convert(results)
    if isinstance(results[0], list):
        return "\n\n".join(f"{_values(steps[0]['breakdown_value'])}\n{_steps(steps)}" for steps in results)
    return _funnel_trends(results) if "data" in results[0] else _steps(results)


def _steps(steps: list[JSON]) -> str:
    header = ["Step", "Name", "Count", "Conversion", "From previous", "Average seconds", "Median seconds"]
    before = [steps[0], *steps]
    return text_table([header, *(_step(step, steps[0], last) for step, last in zip(steps, before, strict=False))])


def _step(step: JSON, first: JSON, last: JSON) -> list[Any]:
    name = step["custom_name"] or step["name"]
    times = [step["average_conversion_time"], step["median_conversion_time"]]
    rates = [_percent(step["count"], first["count"]), _percent(step["count"], last["count"])]
    return [step["order"] + 1, name, step["count"], *rates, *("-" if time is None else time for time in times)]


def _funnel_trends(results: list[JSON]) -> str:
    titles = [f"{_values(one['breakdown_value'])} %" if "breakdown_value" in one else "Conversion %" for one in results]
    return text_table([["Date", *titles], *zip(results[0]["days"], *(one["data"] for one in results), strict=True)])


def _times_to_convert(results: JSON) -> str:
    if not results["bins"]:
        return "No data."
    average = f"Average seconds to convert: {text_cell(results['average_conversion_time'])}"
    return f"{average}\n{text_table([['From second', 'Persons'], *results['bins']])}"


def _retention(source: JSON, results: list[JSON]) -> str:
    """A row per period: how many there were, and which part of them came back; periods yet to come are left out."""
    count = len({row["date"] for row in results})
    is_broken_down = "breakdown_value" in results[0]
    labels = [value["label"] for value in results[0]["values"]]
    header = [*(["Value"] if is_broken_down else []), "Date", "Persons", *labels]
    rows = [_retention_row(row, count - number % count, is_broken_down) for number, row in enumerate(results)]
    return text_table([header, *rows])


def _retention_row(row: JSON, past: int, is_broken_down: bool) -> list[Any]:
    counts = [value["count"] for value in row["values"]]
    value = [_values(row["breakdown_value"])] if is_broken_down else []
    rates = [_percent(number, counts[0]) for number in counts[:past]]
    return [*value, row["date"], counts[0], *rates, *[""] * (len(counts) - len(rates))]


def _paths(source: JSON, results: list[JSON]) -> str:
    rows = [(edge["source"], edge["target"], edge["value"], edge["average_conversion_time"] / 1000) for edge in results]
    return text_table([("Source", "Target", "Count", "Average seconds"), *rows])


def _percent(part: int, whole: int) -> str:
    return f"{text_cell(round(part / whole * 100, 2))}%" if whole else "-"


def _values(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return "::".join(_READABLE_VALUES.get(str(one), str(one)) for one in values)


def _period(results: list[JSON], label: str) -> list[JSON]:
    return [result for result in results if result.get("compare_label") == label]


def _trends_table(results: list[JSON]) -> str:
    if "calendar_heatmap_data" in results[0]:
        return _heatmap_table(results)
    if "series_label" in results[0]:
        return _boxes_table(results)
    return _totals_table(results) if "aggregated_value" in results[0] else _dates_table(results)


def _dates_table(results: list[JSON]) -> str:
    """A row per date, oldest first, and a column per series."""
    return _columns_table("Date", "days", results)


def _columns_table(title: str, key: str, results: list[JSON]) -> str:
    header = [title, *(_title(result) for result in results)]
    return text_table([header, *zip(results[0][key], *(result["data"] for result in results), strict=True)])


def _totals_table(results: list[JSON]) -> str:
    rows = [(_title(result), result["aggregated_value"]) for result in results]
    return text_table([("Series", "Total"), *rows])


def _heatmap_table(results: list[JSON]) -> str:
    """A row per cell that is not 0; Monday is 1, as in the JSON."""
    rows = [
        (_title(result), cell["row"], cell["column"], cell["value"])
        for result in results
        for cell in result["calendar_heatmap_data"]["data"]
    ]
    return text_table([("Series", "Day of week", "Hour", "Count"), *rows])


def _boxes_table(results: list[JSON]) -> str:
    """A row per bucket of each series."""
    names = ("day", "series_label", "min", "p25", "median", "p75", "max", "mean")
    return text_table([names, *([result[name] for name in names] for result in results)])


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


Formatter = Callable[[JSON, Any], str]
_FORMATTERS: dict[str, Formatter] = {
    "TrendsQuery": _trends,
    "FunnelsQuery": _funnel,
    "RetentionQuery": _retention,
    "LifecycleQuery": _lifecycle,
    "StickinessQuery": _stickiness,
    "PathsQuery": _paths,
}
#: Kinds whose answers are tables already.
_TABLES = {"HogQLQuery", "EventsQuery", "ActorsQuery", "PersonsNode"}
