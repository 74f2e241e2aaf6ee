"""A TypeScript SDK, generated from our OpenAPI document by openapi-typescript, against a running server."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import HERE

STRICT = ["--strict", "--module", "nodenext", "--target", "es2022", "--types", "node", "--skipLibCheck"]


@pytest.fixture(scope="session")
def program(openapi_file, node_modules, tmp_path_factory) -> Path:
    """The walk beside its types, and the libraries that both import."""
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "node_modules").symlink_to(node_modules)
    (folder / "package.json").write_text('{"type": "module"}')
    shutil.copy(HERE / "walk_generated.ts", folder)
    generated = run(folder, "node_modules/.bin/openapi-typescript", openapi_file, "-o", "posthog.d.ts")
    assert generated.returncode == 0, generated.stderr
    assert "warn" not in (generated.stdout + generated.stderr).lower()
    return folder


def run(folder: Path, *command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=110)


def test_its_types_are_those_of_a_program_that_walks_the_main_roads(program, caller):
    compiled = run(program, "node_modules/.bin/tsc", *STRICT, "walk_generated.ts")
    assert compiled.returncode == 0, compiled.stdout

    walked = run(program, "node", "walk_generated.js", caller["host"], caller["project"], caller["key"])
    assert (walked.returncode, walked.stdout) == (0, "walked\n"), walked.stderr


def test_they_refuse_what_the_api_does_not_know(program):
    (program / "wrong.ts").write_text(
        'import type { components } from "./posthog.js"\n'
        'export const body: components["schemas"]["ReorderTilesRequest"] = { tile_order: ["one"] }\n'
    )

    compiled = run(program, "node_modules/.bin/tsc", *STRICT, "--noEmit", "wrong.ts")

    assert compiled.returncode != 0
    assert "Type 'string' is not assignable to type 'number'" in compiled.stdout
