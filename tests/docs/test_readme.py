"""The README's first steps lead where they say, and its tables name what is there."""

import json
import os
import re
import shutil
import subprocess

import pytest
from django.conf import settings
from django.urls import resolve

from tests.docs.test_operators import ROOT, settings_of_page
from tests.docs.test_walks import reader

__all__ = ["reader"]

README = (ROOT / "README.md").read_text()


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.django_db(transaction=True, reset_sequences=True)
def test_the_first_dashboard(live_server, reader, tmp_path):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    script = section("The first dashboard").partition("```console\n")[2].partition("```")[0]
    [_, *steps] = re.split(r"^\$ ", re.sub(r"^#.*\n", "", script, flags=re.MULTILINE), flags=re.MULTILINE)
    assert steps[0].startswith("export HOST=")
    environment = {**os.environ, **reader, "HOST": live_server.url}

    answers = [
        subprocess.run(["bash", "-euc", step], env=environment, capture_output=True, text=True, check=True, timeout=60)
        for step in steps[1:]
    ]

    [captured, dashboard, insight, numbers] = [json.loads(answer.stdout) for answer in answers]
    assert captured == {"status": 1}
    assert insight["dashboards"] == [dashboard["id"]]
    assert [tile["insight"]["result"][0]["count"] for tile in numbers["results"]] == [2]


def test_every_room_is_on_the_map():
    apps = [name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()]
    others = ["benchmarks", "common", "compatibility", "frontend", "tests"]
    rows = re.findall(r"^\| (`.*?) \|", section("The map of the house"), re.MULTILINE)
    rooms = re.findall(r"`(\w+)/`", " ".join(rows))

    assert len(apps) > 10
    assert sorted({*apps, *others}) == sorted(rooms)


def test_what_can_be_made_is_what_make_offers():
    targets = re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert sorted({*re.findall(r"^\| `make (\w+)`", README, re.MULTILINE), "help"}) == sorted(targets)


def test_its_settings_are_settings():
    named = set(re.findall(r"`([A-Z_]{4,})`", section("Settings")))

    assert named - set(settings_of_page()) == set()


def test_its_doors_for_events_open():
    [row] = [line for line in section("What works, and what does not").splitlines() if line.startswith("| capture")]
    doors = re.findall(r"`(/[^`]+)`", row)

    assert len(doors) == 7
    assert all(resolve(door).url_name.startswith("capture") for door in doors)


def test_all_its_pages_are_in_the_table_of_pages():
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}

    assert {name for name in pages if f"](docs/{name})" not in section("Documentation")} == set()
