"""What docs/operators.md says of settings and of backups."""

import ast
import os
import re
import subprocess
import sys

import psycopg
import pytest

from tests.docs.pages import DOCS
from tests.process.conftest import (
    ROOT,
    Served,
    connect,
    data_dir,
    environment,
    eventually,
    postmaster,
    serve,
    stop_postgres,
)

__all__ = ["connect", "data_dir", "environment", "postmaster", "serve"]
PAGE = (DOCS / "operators.md").read_text()
SCRIPTS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
#: Of the tests' own, and of docker-compose.yml's.
INNER = {"POSTHOG_LITE_CLUSTER"}
OF_COMPOSE = {"POSTGRES_PASSWORD"}


def settings_of_page() -> dict[str, str]:
    """Names, and what stands as default."""
    table = PAGE.partition("## Settings")[2].partition("\n## ")[0]
    return {row[1]: row[2].strip("` ") for row in re.finditer(r"^\| `(\w+)` \|(.*?)\|", table, re.MULTILINE)}


def settings_of_example() -> dict[str, str]:
    return dict(re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))


def settings_of_program() -> set[str]:
    """First arguments of all calls of `env.…("NAME")`."""
    tree = ast.parse((ROOT / "posthog_lite" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }


def test_every_setting_stands_in_the_page_and_in_the_example():
    assert settings_of_program() - INNER == set(settings_of_page()) - OF_COMPOSE
    assert set(settings_of_example()) == set(settings_of_page())


def test_the_page_tells_the_defaults_of_the_example():
    shown, example = settings_of_page(), settings_of_example()
    told = {name: default for name, default in example.items() if default and name != "DATABASE_URL"}

    assert {name: shown[name] for name in told} == told


@pytest.mark.parametrize(
    "page", [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), ROOT / "llms.txt"], ids=lambda page: page.name
)
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?:|#|/)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


def execute(script: str, **values: str) -> None:
    folder = os.path.dirname(sys.executable)
    environment = {**os.environ, **values, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    command = ["bash", "-euc", script]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def leave_a_trace(served: Served, connect) -> None:
    with connect() as database:
        database.execute(
            "INSERT INTO tagging_tag (team_id, name) VALUES (%s, 'kept')", [served.credentials["project_id"]]
        )


def test_a_copy_of_the_folder_is_the_same_installation(serve, environment, data_dir, connect):
    served = serve()
    served.welcome()
    leave_a_trace(served, connect)
    key = served.credentials["personal_api_key"]
    served.stop()
    backup = data_dir.with_name(f"{data_dir.name}-b")

    execute(SCRIPTS[0], DATA_DIR=str(data_dir), BACKUP=str(backup))
    environment["DATA_DIR"] = str(backup)
    restored = serve()

    try:
        assert key in restored.welcome()
        assert restored.get_with_key("/api/projects/@current/tags/") == 200
        with psycopg.connect(host=str(backup / "postgres" / "socket"), user="posthog", dbname="posthog") as database:
            assert database.execute("SELECT name FROM tagging_tag").fetchall() == [("kept",)]
        restored.stop()
    finally:
        stop_postgres(backup)
        execute('rm -rf "$BACKUP"', BACKUP=str(backup))


def test_a_dump_of_the_running_server_goes_into_an_empty_database(serve, data_dir, connect):
    served = serve()
    served.welcome()
    leave_a_trace(served, connect)
    with connect() as database:
        database.execute("CREATE DATABASE restored")
    address = {"host": str(data_dir / "postgres" / "socket"), "user": "posthog", "dbname": "restored"}
    new = psycopg.conninfo.make_conninfo(**address)

    execute(SCRIPTS[1] + SCRIPTS[2], DATA_DIR=str(data_dir), DUMP=str(data_dir / "dump"), NEW_DATABASE_URL=new)

    with psycopg.connect(new) as database:
        assert database.execute("SELECT name FROM tagging_tag").fetchall() == [("kept",)]
        tables = database.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass").fetchone()
        assert tables[0] > 1
    eventually(lambda: served.get("/_readyz") == 200)
