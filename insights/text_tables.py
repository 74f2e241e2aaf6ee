"""Small text tables, for readers that pay by the word. Pure."""

from collections.abc import Iterable
from typing import Any

import orjson


def text_table(rows: Iterable[Iterable[Any]]) -> str:
    """A line per row, cells parted by `|`; the first row is the header."""
    return "\n".join("|".join(text_cell(cell) for cell in row) for row in rows)


def text_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.5f}".rstrip("0").rstrip(".")
    text = orjson.dumps(value).decode() if isinstance(value, dict | list | bool) else str(value)
    return " ".join(text.replace("|", "/").split())
