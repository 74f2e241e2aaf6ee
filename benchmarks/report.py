"""What the benchmarks found, as it stands in docs/benchmarks.md."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from django.db import connection

FILE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
INTRODUCTION = """\
# Benchmarks

Written by `make bench`; the code is in `benchmarks/`. The server is that of `make run`, over a new Postgres with
durable writes. What counts are the ratios: both sides are measured in the same run, in turns, and each ratio is the
median of the rounds' ratios. Absolute figures are those of one machine and its mood. Where others kept it busy (alone,
the benchmarks make a load of about two), ours suffers more than a comparison that never leaves its process.

Measured on {machine}.
"""
PACKAGES = {
    "django": "Django",
    "djangorestframework": "Django REST framework",
    "granian": "granian",
    "duckdb": "DuckDB",
}


@dataclass(frozen=True, kw_only=True)
class Section:
    """`words`: what was measured, and how to read it. All cells are texts; the first column names the row."""

    title: str
    words: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)

    def markdown(self) -> str:
        head = [self.columns, ["---", *["---:"] * (len(self.columns) - 1)]]
        table = "\n".join(f"| {' | '.join(row)} |" for row in [*head, *self.rows])
        return f"## {self.title}\n\n{self.words}\n\n{table}\n"


def write(sections: Sequence[Section]) -> None:
    parts = [INTRODUCTION.format(machine=_machine()), *(section.markdown() for section in sections)]
    FILE.write_text("\n".join(parts))


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f}" if seconds >= 0.01 else f"{seconds * 1000:.1f}"


def ratio(value: float) -> str:
    """Two digits that count."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgres,) = cursor.fetchone()
    versions = ", ".join(f"{shown} {version(name)}" for name, shown in PACKAGES.items())
    hardware = f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB"
    busy = f"load average {os.getloadavg()[1]:.1f} over the last five minutes"
    return f"{hardware}, {busy}; Python {platform.python_version()}, PostgreSQL {postgres}, {versions}"
