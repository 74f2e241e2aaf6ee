"""A result as a small text table, for readers that pay by the word (`output_format=optimized`). Pure."""

from collections.abc import Iterable
from typing import Any

from insights.queries.wrapping import JSON, source_of

_READABLE_VALUES = {
    "$$_posthog_breakdown_null_$$": "(none)",
    "$$_posthog_breakdown_other_$$": "(other)",
}


def format_results(query: JSON, results: Any) -> str | None:
    """None where no table is known for this kind of query: callers then show the JSON."""
    if source_of(query).get("kind") != "TrendsQuery" or not isinstance(results, list):
        return None
    if not results:
        return "No data."
    periods = [_period(results, "current"), _period(results, "previous")]
    if not any(periods):
        return _trends_table(results)
    titles = ("Current period", "Previous period")
    return "\n\n".join(f"{title}\n{_trends_table(rows)}" for title, rows in zip(titles, periods, strict=True) if rows)


def cut_to_budget(text: str, *, max_chars: int, tile_id: int) -> str:
    """Whole lines up to the budget, then how to get the rest. The hint comes on top of the budget."""
    if len(text) <= max_chars:
        return text
    head = text[:max_chars]
    whole_lines = head[: head.rfind("\n")] if "\n" in head else head
    shown = f"{len(whole_lines)} of {len(text)} characters"
    return f"{whole_lines}\n… cut: {shown} shown. Ask for this tile alone with tile_ids={tile_id} to see more."


def _period(results: list[JSON], label: str) -> list[JSON]:
    return [result for result in results if result.get("compare_label") == label]


def _trends_table(results: list[JSON]) -> str:
    return _totals_table(results) if "aggregated_value" in results[0] else _dates_table(results)


def _dates_table(results: list[JSON]) -> str:
    """A row per date, oldest first, and a column per series."""
    header = ["Date", *(_title(result) for result in results)]
    columns = [results[0]["days"], *(result["data"] for result in results)]
    return _table([header, *zip(*columns, strict=True)])


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
    values = value if isinstance(value, list) else [value]
    shown = "::".join(_READABLE_VALUES.get(str(one), str(one)) for one in values)
    series = action.get("custom_name") or action.get("name")
    return f"{series} - {shown}" if series else shown


def _table(rows: Iterable[Iterable[Any]]) -> str:
    return "\n".join("|".join(_cell(cell) for cell in row) for row in rows)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.5f}".rstrip("0").rstrip(".")
    return " ".join(str(value).replace("|", "/").split())
