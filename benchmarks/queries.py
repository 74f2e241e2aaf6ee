"""Every kind of question over a million events: this server's answer beside DuckDB's."""

import csv
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import orjson
from django.db import connection, transaction

from benchmarks.product import EVENTS, FIRST_DAY, Person, Product, event_rows
from benchmarks.questions import QUESTIONS, Question
from benchmarks.report import Section, milliseconds, ratio
from benchmarks.throwaway import Server, json_of, make_project
from events.models import Event
from events.partitions import ensure_partitions

T = TypeVar("T")
Rows = list[tuple[Any, ...]]

ROUNDS = 3
WORDS = f"""\
{EVENTS:,} events of 90 days, 20,000 persons, some 15 properties an event. *Ours* is a whole HTTP request for one tile,
computed anew (`run_insights?refresh=force_blocking&tile_ids=…`): authentication, SQL, JSON. *DuckDB* is the same
question in SQL, asked in-process of a table of the same events. Both sides gave the same numbers in this run."""


def run(server: Server) -> Section:
    keys = make_project("queries")
    asking = server.another(key=keys.personal)
    with tempfile.TemporaryDirectory() as folder:
        store_events(keys.project_id)
        duck = duckdb.connect(f"{folder}/events.duckdb")
        copy_to_duckdb(duck, keys.project_id, Path(folder))
        dashboard, tiles = make_dashboard(asking, keys.project_id)
        path = f"/api/projects/{keys.project_id}/dashboards/{dashboard}/run_insights/"
        seconds = ask_all(asking, path)
        section = Section(
            title="Questions, against DuckDB",
            words=WORDS,
            columns=["tile", "ours, ms", "DuckDB, ms", "ratio"],
        )
        section.rows.extend(measure(asking, path, duck, tiles))
        section.rows.append(
            (f"the whole dashboard of {len(tiles)} tiles, in one request", milliseconds(seconds), "", "")
        )
        return section


def store_events(team_id: int) -> None:
    """By COPY of finished rows; vacuumed, as autovacuum would do in time."""
    ensure_partitions(FIRST_DAY.replace(month=month) for month in (1, 2, 3, 4))
    product = Product()
    with transaction.atomic():
        Event.objects.copy_in(event_rows(product.happenings(), team_id=team_id))
        store_persons(product.persons, team_id=team_id)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) events")
        cursor.execute("VACUUM (ANALYZE) persons")


def store_persons(persons: Iterable[Person], *, team_id: int) -> None:
    columns = "team_id, uuid, number, properties, created_at, is_identified, has_profile"
    with connection.cursor() as cursor, cursor.copy(f"COPY persons ({columns}) FROM STDIN") as copy:
        for one in persons:
            properties = orjson.dumps({"plan": one.plan}).decode()
            created_at = one.first_seen or FIRST_DAY
            copy.write_row((team_id, one.uuid, one.number, properties, created_at, False, True))


def copy_to_duckdb(duck: duckdb.DuckDBPyConnection, team_id: int, folder: Path) -> None:
    """The same rows and the same columns, promoted ones included."""
    moment = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    tables = {
        "events": f"{moment.format('timestamp')} AS timestamp, person_id, uuid, event, distinct_id, properties,"
        " prop_browser, prop_os, prop_current_url, prop_referring_domain, prop_session_id",
        "persons": f"number, {moment.format('created_at')} AS created_at",
    }
    types = {"timestamp": "TIMESTAMP", "created_at": "TIMESTAMP", "properties": "JSON", "uuid": "UUID"}
    for name, columns in tables.items():
        file = folder / f"{name}.csv"
        order = "timestamp" if name == "events" else "number"
        rows = f"SELECT {columns} FROM {name} WHERE team_id = {team_id} ORDER BY {name}.{order}"
        statement = f"COPY ({rows}) TO STDOUT (FORMAT csv, HEADER)"
        with connection.cursor() as cursor, cursor.copy(statement) as copy, file.open("wb") as out:
            for block in copy:
                out.write(block)
        with file.open() as lines:
            header = next(csv.reader(lines))
        known = {column: kind for column, kind in types.items() if column in header}
        duck.execute(f"CREATE TABLE {name} AS FROM read_csv(?, types = ?)", [str(file), known])
        file.unlink()
    assert duck.sql("SELECT count(*) FROM events").fetchall() == [(EVENTS,)]


def make_dashboard(server: Server, project_id: int) -> tuple[int, list[int]]:
    """Its id, and the ids of its tiles in the order of the questions."""
    root = f"/api/projects/{project_id}"
    dashboard = json_of(server.post(f"{root}/dashboards/", orjson.dumps({"name": "Questions"})))["id"]
    tiles = []
    for question in QUESTIONS:
        body = {"name": question.name, "query": question.query, "dashboards": [dashboard]}
        made = json_of(server.post(f"{root}/insights/", orjson.dumps(body)))
        tiles.append(made["dashboard_tiles"][0]["id"])
    return dashboard, tiles


def ask_all(server: Server, path: str) -> float:
    """Seconds for the whole dashboard at once. Every tile has to be there."""
    start = time.perf_counter()
    results = json_of(server.get(f"{path}?refresh=force_blocking&output_format=json"))["results"]
    seconds = time.perf_counter() - start
    for question, one in zip(QUESTIONS, results, strict=True):
        if not result_of(one):
            raise SystemExit(f"{question.name}: no result: {one}")
    return seconds


def measure(
    server: Server, path: str, duck: duckdb.DuckDBPyConnection, tiles: list[int]
) -> Iterable[tuple[str, str, str, str]]:
    """Rounds alternate between the two, so that a bad moment of the machine meets both."""
    for question, tile in zip(QUESTIONS, tiles, strict=True):
        ours: list[float] = []
        theirs: list[float] = []
        compare = partial(rows_of, duck, question.sql)
        ask = partial(server.get, f"{path}?refresh=force_blocking&output_format=json&tile_ids={tile}")
        for _ in range(ROUNDS):
            answer = timed(ask, ours)
            found = timed(compare, theirs)
        result = result_of(json_of(answer)["results"][0])
        check_same(question, list(question.rows(result)), found)
        mine, other = statistics.median(ours), statistics.median(theirs)
        times = statistics.median(one / two for one, two in zip(ours, theirs, strict=True))
        row = question.name, milliseconds(mine), milliseconds(other), ratio(times)
        print("{:<84}{:>8}{:>8}{:>8}".format(*row))
        yield row


def rows_of(duck: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    return duck.execute(sql).fetchall()


def result_of(answer: dict[str, Any]) -> Any:
    return answer["insight"]["result"]


def timed(deed: Callable[[], T], times: list[float]) -> T:
    start = time.perf_counter()
    outcome = deed()
    times.append(time.perf_counter() - start)
    return outcome


def check_same(question: Question, ours: Rows, theirs: Rows) -> None:
    """Floats may differ in their last digits, everything else not at all."""
    mine, others = (sorted(map(_comparable, rows), key=_keys) for rows in (ours, theirs))
    if len(mine) == len(others) and all(map(_is_same, mine, others)):
        return
    differing = next(((one, other) for one, other in zip(mine, others, strict=False) if not _is_same(one, other)), None)
    raise SystemExit(f"{question.name}: {len(mine)} rows, DuckDB has {len(others)}; they differ: {differing}")


def _comparable(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(cell.isoformat() if isinstance(cell, date) else cell for cell in row)


def _keys(row: tuple[Any, ...]) -> list[str]:
    """One side may write 14 where the other writes 14.0."""
    return [f"{cell:.6g}" if isinstance(cell, int | float) else str(cell) for cell in row]


def _is_same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return len(one) == len(other) and all(map(_is_same_cell, one, other))


def _is_same_cell(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
    return bool(one == other)
