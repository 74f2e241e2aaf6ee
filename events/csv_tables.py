"""Rows of JSON as a table for spreadsheets. Pure."""

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson
from defusedcsv import csv  # puts a quote before what a spreadsheet would take for a formula


def csv_table(rows: Iterable[Mapping[str, Any]]) -> str:
    """A header and a line for each row. Objects within become columns: `properties.$browser`."""
    flat = [dict(_flattened(row)) for row in rows]
    columns = sorted(dict.fromkeys(name for row in flat for name in row))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([row.get(column) for column in columns] for row in flat)
    return out.getvalue()


def _flattened(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{prefix}{name}.")
        else:
            yield prefix + name, _cell(value)


def _cell(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, list | bool) else value
