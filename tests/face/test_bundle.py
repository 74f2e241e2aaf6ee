"""The built script: what is committed is what the server names, and says whose it is."""

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from sharing.rendering import bundle

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "sharing" / "static"


@pytest.fixture
def script() -> bytes:
    return (STATIC / bundle()["file"]).read_bytes()


def test_its_name_and_its_fingerprint_are_those_of_its_content(script):
    name = Path(bundle()["file"]).name

    assert name == f"charts.{hashlib.sha256(script).hexdigest()[:12]}.js"
    assert bundle()["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(script).digest()).decode()
    assert [path.name for path in STATIC.rglob("charts.*.js")] == [name]


def test_packed_it_is_the_same_and_small(script):
    packed = (STATIC / f"{bundle()['file']}.gz").read_bytes()

    assert gzip.decompress(packed) == script
    assert len(packed) < 256 * 1024


def test_it_fetches_its_own_tiles_alone_and_evaluates_nothing(script):
    text = script.decode()

    assert set(re.findall(r"https?://[\w.]+", text)) <= {"http://www.w3.org"}
    assert not re.search(r"\beval\(|new Function\(|XMLHttpRequest|sendBeacon", text)
    [fetched] = re.findall(r"\bfetch\((.{30})", text)
    assert ".dataset.awaited)" in fetched


def test_the_licences_lie_beside_it():
    text = (STATIC / "sharing" / "charts.LICENSE.txt").read_text()

    assert re.search(r"echarts [\d.]+ \(Apache-2\.0\)", text)
    assert re.search(r"zrender [\d.]+ \(BSD-3-Clause\)", text)


def test_the_lock_names_no_registry():
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]

    assert all("resolved" not in package for package in packages.values())
    assert "//" not in (ROOT / "frontend" / ".npmrc").read_text()


def test_it_is_kept_by_browsers_for_good(client):
    response = client.get(f"/static/{bundle()['file']}", headers={"Accept-Encoding": "gzip"})

    assert "immutable" in response["Cache-Control"]
    assert response["Content-Encoding"] == "gzip"
