"""A real browser, fresh for each test, that talks to nobody but the pages it is sent to. Import the fixtures."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def unavailable(reason: str) -> None:
    """Skips, and says why; where CI promises a browser, it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def open_browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """`open_browser(color_scheme="dark")` is a context of Playwright's."""
    # Playwright keeps an event loop in this thread, and Django would take the tests for coroutines.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    if not os.access(CHROMIUM, os.X_OK):
        unavailable(f"{CHROMIUM} is not installed: nothing is tried in a browser.")
    playwright = pytest.importorskip("playwright.sync_api")
    opened: list[Any] = []
    with playwright.sync_playwright() as driver:

        def launch(**options: Any) -> Any:
            profile = str(tmp_path / f"profile-{len(opened)}")
            context = driver.chromium.launch_persistent_context(
                profile, executable_path=CHROMIUM, headless=True, args=SWITCHES, **options
            )
            opened.append(context)
            return context

        yield launch
        for context in opened:
            context.close()


def install_node_modules(folder: Path) -> Path:
    """Those of the lock file in the folder, on first use. Of several test processes one installs, the others wait."""
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    with (Path(tempfile.gettempdir()) / f"node_modules-{name}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return _node_modules(folder)


def _is_up_to_date(installed: Path, wanted: Path) -> bool:
    return installed.exists() and installed.stat().st_mtime >= wanted.stat().st_mtime


def _node_modules(folder: Path) -> Path:
    npm, installed = shutil.which("npm"), folder / "node_modules"
    if _is_up_to_date(installed / ".package-lock.json", folder / "package-lock.json"):
        return installed
    if not npm:
        unavailable(f"Node.js is not installed: {folder.name} cannot be tried.")
    command = [str(npm), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=110)
    if run.returncode != 0:
        unavailable(f"{folder.name} could not be installed: {run.stderr[-300:]}")
    return installed
