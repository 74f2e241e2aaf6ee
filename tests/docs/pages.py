"""The pages of docs/api as programs: what a block asks, and what it says will be answered."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted((DOCS / "api").glob("*.md"))
#: A request, and the answer that may follow it.
STEP = re.compile(
    r"^```sh\n(?P<command>.*?)^```\n(?:\n?^```(?:jsonc|text)\n(?P<answer>.*?)^```$)?", re.DOTALL | re.MULTILINE
)
STATUS = re.compile(r"(?:// )?(\d{3})\n?")
KEPT = re.compile(r"\$[A-Z][A-Z_]*")
ANYTHING = "…"
#: Each curl of a page, so that its answer is seen here.
SHELL = """
set -eu
API="$HOST/api/projects/$PROJECT" AUTH="Authorization: Bearer $KEY"
curl() { command curl -sS -m 60 "$@" -o "$OUT" -w '%{http_code}'; }
"""


@dataclass(frozen=True)
class Step:
    """`answer` as it is written on the page; empty where only a success is promised."""

    command: str
    answer: str

    @property
    def method(self) -> str:
        if named := re.search(r"(?:-X|--request) (\w+)", self.command):
            return named[1]
        return "POST" if re.search(r" (?:--json|-d|--data-binary|--data-urlencode|-F) ", self.command) else "GET"

    @property
    def path(self) -> str:
        """Below the host, without the query; `$NAME` where a value of an earlier answer stands."""
        address = re.search(r'curl "?((?:\$API|\$HOST)[^"\s]*)', self.command)
        assert address, f"The first thing after curl is an address that begins with $API or $HOST: {self.command}"
        whole = address[1].replace("$API", "/api/projects/$PROJECT").replace("$HOST", "")
        return whole.partition("?")[0]


def steps_of(page: Path) -> list[Step]:
    return [Step(found["command"].strip(), found["answer"] or "") for found in STEP.finditer(page.read_text())]


def walk(page: Path, values: dict[str, str], scratch: Path) -> int:
    """Takes all steps of a page in turn; answers how many there were. `values` are what its shell knows at first."""
    values = dict(values)
    steps = steps_of(page)
    for step in steps:
        status, body = run(step.command, values, scratch)
        problems = list(_differences(step, status, body, values))
        assert not problems, f"{page.name}: {step.command}\n" + "\n".join(problems) + f"\n{status} {body[:3000]}"
    return len(steps)


def run(command: str, values: dict[str, str], scratch: Path) -> tuple[int, str]:
    out = scratch / "answer"
    out.write_bytes(b"")
    environment = {**os.environ, **values, "OUT": str(out), "JAR": str(scratch / "jar")}
    shell = ["bash", "-c", SHELL + command]
    done = subprocess.run(shell, env=environment, cwd=scratch, capture_output=True, text=True, check=False, timeout=90)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return int(done.stdout[-3:]), out.read_text()


def _differences(step: Step, status: int, body: str, values: dict[str, str]) -> Iterator[str]:
    begin = STATUS.match(step.answer)
    if begin is None:
        if status >= 300:
            yield f"{status} is no success"
        return
    if status != int(begin[1]):
        yield f"said {begin[1]}, was {status}"
        return
    said = step.answer[begin.end() :]
    if not said:
        if body:
            yield "said nothing in the body"
    elif step.answer.startswith("//"):
        yield from compare(json.loads(said), json.loads(body), values)
    else:
        yield from _lines_missing(said.splitlines(), body.splitlines())


def compare(said: Any, was: Any, values: dict[str, str], place: str = "") -> Iterator[str]:
    """How an answer differs. Objects may have more keys than are said, lists that end in `…` more elements."""
    if isinstance(said, str):
        if not _is_text(said, was, values):
            yield f"{place}: said {values.get(said[1:], said)!r}, was {was!r}"
    elif isinstance(said, dict) and isinstance(was, dict):
        for key, value in said.items():
            if key not in was:
                yield f"{place}.{key} is missing"
            else:
                yield from compare(value, was[key], values, f"{place}.{key}")
    elif isinstance(said, list) and isinstance(was, list):
        yield from _compare_lists(said, was, values, place)
    elif said != was:
        yield f"{place}: said {said!r}, was {was!r}"


def _compare_lists(said: list[Any], was: list[Any], values: dict[str, str], place: str) -> Iterator[str]:
    is_begin = said[-1:] == [ANYTHING]
    shown = said[:-1] if is_begin else said
    if len(was) < len(shown) or (not is_begin and len(was) > len(shown)):
        yield f"{place}: said {len(said)} elements, were {len(was)}"
    for number, (one, other) in enumerate(zip(shown, was, strict=False)):
        yield from compare(one, other, values, f"{place}.{number}")


def _is_text(said: str, was: Any, values: dict[str, str]) -> bool:
    """A `$NAME` that is not known yet is known from here on."""
    if said == ANYTHING:
        return True
    if KEPT.fullmatch(said):
        return values.setdefault(said[1:], str(was)) == str(was)
    return (
        isinstance(was, str)
        and re.fullmatch(".*".join(map(re.escape, said.split(ANYTHING))), was, re.DOTALL) is not None
    )


def _lines_missing(said: list[str], was: list[str]) -> Iterator[str]:
    """In the order said; a line of three dots stands for any others."""
    rest = iter(was)
    for line in said:
        if line.strip() != ANYTHING and not any(_is_line(line, other) for other in rest):
            yield f"no line like {line!r}"


def _is_line(said: str, was: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, said.split(ANYTHING))), was) is not None
