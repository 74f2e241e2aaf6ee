"""The scripts of docs/ do what they say, and leave no operation out."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contracts.routes import viewset_routes
from tests.factories.accounts import PersonalAPIKeyFactory

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.django_db(transaction=True)
def test_the_walk_through_dashboards(live_server, team, alice):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    environment = {
        **os.environ,
        "HOST": live_server.url,
        "PROJECT": str(team.pk),
        "TOKEN": team.api_token,
        "KEY": PersonalAPIKeyFactory(user=alice).value,
    }

    walk = subprocess.run(
        ["bash", DOCS / "dashboards.sh"], env=environment, capture_output=True, text=True, check=False, timeout=100
    )

    assert walk.returncode == 0, walk.stdout[-2000:] + walk.stderr[-2000:]
    assert walk.stdout.endswith("All as said.\n")


def test_the_walk_leaves_no_action_of_dashboards_out():
    script = (DOCS / "dashboards.sh").read_text()
    actions = {
        match[1]
        for route in viewset_routes()
        if (match := re.search(r"/dashboards/(?:\{\w+\}/)?([a-z_]+)/$", route.template))
    }

    assert sorted(action for action in actions if f"/{action}/" not in script) == []
