"""The parser's process: limits, death and rebirth, threads and forks."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from common.exceptions import Refusal
from insights.queries.hogql import child, parser
from insights.queries.hogql.parser import TooComplex, parse_expression, parse_order, parse_select


def test_a_tree_is_made_once():
    assert parse_select("SELECT 1 AS once") is parse_select("SELECT 1 AS once")


@pytest.mark.parametrize("text", ["x" * 10_001, "SELECT " + "(" * 51 + "1" + ")" * 51])
def test_what_is_too_large_is_not_asked(monkeypatch, text):
    monkeypatch.setattr(parser._answers, "get", None)

    with pytest.raises(TooComplex):
        parse_select(text)


def test_what_takes_too_long_ends_the_process_but_not_the_service():
    parse_expression("1")
    bomb = "if(1, " * 45 + "1" + ", 2)" * 45
    before = parser._answers.child.process

    started = time.monotonic()
    with pytest.raises(TooComplex):
        parse_expression(bomb)
    assert time.monotonic() - started < 10
    assert before.poll() is not None

    assert parse_expression("1 + 41")["node"] == "ArithmeticOperation"


def test_a_bomb_is_not_asked_twice_in_a_row():
    bomb = "if(2, " * 45 + "1" + ", 2)" * 45
    with pytest.raises(TooComplex):
        parse_expression(bomb)

    started = time.monotonic()
    with pytest.raises(TooComplex):
        parse_expression(bomb)
    assert time.monotonic() - started < 0.5


def test_a_process_that_died_is_replaced():
    parse_expression("2")
    parser._answers.child.process.kill()
    parser._answers.child.process.wait()

    assert parse_expression("2 + 40")["node"] == "ArithmeticOperation"


def test_many_threads_ask_one_process():
    with ThreadPoolExecutor(16) as pool:
        trees = list(pool.map(lambda n: parse_expression(f"{n} + 1000"), range(200)))

    assert [tree["left"]["value"] for tree in trees] == list(range(200))


def test_a_forked_process_has_a_parser_of_its_own():
    parse_expression("3")
    own = parser._answers.child.process.pid

    pid = os.fork()
    if pid == 0:
        worked = parse_expression("3 + 39")["node"] == "ArithmeticOperation"
        other = parser._answers.child.process
        os._exit(0 if worked and other.pid != own and not other.kill() else 1)

    assert os.waitpid(pid, 0)[1] == 0
    assert parse_expression("4 + 38")["node"] == "ArithmeticOperation"
    assert parser._answers.child.process.pid == own


def test_the_parser_ends_with_whom_it_serves():
    served = subprocess.run([sys.executable, "-I", child.__file__], input=b"", capture_output=True, timeout=60)

    assert (served.returncode, served.stderr) == (0, b"")


def test_the_import_needs_no_real_posthog(tmp_path):
    """PostHog's SDK is a package for tests only: a server has no `posthog`."""
    for part in Path(hogql_parser_folder()).glob("hogql_parser*"):
        copy = shutil.copytree if part.is_dir() else shutil.copy
        copy(part, tmp_path / part.name)
    script = (
        f"import runpy, sys; sys.path.insert(0, {str(tmp_path)!r});"
        f"parser = runpy.run_path({child.__file__!r})['import_parser']();"
        "assert not [name for name in sys.modules if name.startswith('posthog')];"
        "print(parser.parse_expr_json('1 + 1'))"
    )

    run = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False)

    assert "ArithmeticOperation" in run.stdout, run.stderr


def hogql_parser_folder() -> str:
    return str(Path(importlib.util.find_spec("hogql_parser").origin).parent)


def test_the_import_leaves_a_real_posthog_alone():
    import posthog

    before = dict(sys.modules)
    child.import_parser()

    assert sys.modules["posthog"] is posthog
    assert {name for name in set(sys.modules) - set(before) if name.startswith("posthog")} == set()


def test_syntax_errors_say_where():
    with pytest.raises(Refusal, match=r"Syntax error: .* \(line 2, position 16\)"):
        parse_select("SELECT 1\n, FROM )")


@pytest.mark.parametrize("text", ["", "  ", "\x00", "\ud800", "a, b", "a DESC, b"])
def test_what_is_no_single_order_is_refused(text):
    with pytest.raises(Refusal):
        parse_order(text)
