"""The official SDKs against a running server. Those of JavaScript skip where Node or Chromium is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from events.models import Person, PersonDistinctId
from events.partitions import forget_partitions
from tests.factories.accounts import ProjectFactory

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(autouse=True)
def no_memory_of_months():
    forget_partitions()


@pytest.fixture
def team(transactional_db):
    return ProjectFactory().team


@pytest.fixture
def person_of(team):
    def find(distinct_id: str) -> Person:
        return Person.objects.get(team=team, distinct_ids__distinct_id=distinct_id)

    return find


@pytest.fixture
def ids_of():
    def sorted_ids(person: Person) -> list[str]:
        return sorted(PersonDistinctId.objects.filter(person=person).values_list("distinct_id", flat=True))

    return sorted_ids


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Of the lock file in this folder, installed on first use."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip("Node.js is not installed: the SDKs of JavaScript are not tried.")
    installed = HERE / "node_modules"
    if not (installed / ".package-lock.json").exists():
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        run = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=110)
        if run.returncode != 0:
            pytest.skip(f"The SDKs of JavaScript could not be installed: {run.stderr[-300:]}")
    return installed


@pytest.fixture
def chromium(tmp_path, monkeypatch):
    """A fresh browser that talks to nobody but the pages it is sent to."""
    # Playwright keeps an event loop in this thread, and Django would take the tests for coroutines.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"{CHROMIUM} is not installed: posthog-js is not tried in a browser.")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path=CHROMIUM,
            headless=True,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield context
        context.close()
