"""The rows of an answer as a small text table, for readers that pay by the word (`output_format=optimized`). Pure."""

from typing import Any

import orjson


def text_table(answer: dict[str, Any]) -> str:
    """Column names, then a line per row, cells parted by `|`."""
    rows = [answer.get("columns") or [], *(answer.get("results") or [])]
    lines = ["|".join(_cell(value) for value in row) for row in rows]
    if len(rows) == 1:
        lines.append("No data.")
    if answer.get("hasMore"):
        lines.append(f"… more rows exist: these are the first {len(rows) - 1}.")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.5f}".rstrip("0").rstrip(".")
    text = orjson.dumps(value).decode() if isinstance(value, list | dict | bool) else str(value)
    return " ".join(text.replace("|", "/").split())
