"""posthog-node against a running server."""

import json
import subprocess
from datetime import UTC, datetime
from uuid import UUID

import pytest

from events.models import Event, Group
from tests.clients.conftest import HERE


@pytest.fixture
def sent(node_modules, live_server, team):
    command = ["node", "send_with_node.mjs", live_server.url, team.api_token]
    run = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_what_it_sends_is_what_is_stored(sent, person_of, ids_of):
    assert sent == {"flags": {}, "errors": []}
    ann = person_of("ann")
    assert ids_of(ann) == ["ann", "ann@work"]
    assert ann.is_identified
    assert {name: ann.properties[name] for name in ("email", "source")} == {
        "email": "ann@hogflix.com",
        "source": "ad",
    }

    of_ann = Event.objects.filter(person_id=ann.number)
    assert sorted(of_ann.values_list("event", flat=True)) == ["$create_alias", "$identify", "paid", "signed up"]
    signed_up = of_ann.get(event="signed up")
    assert signed_up.uuid == UUID("0192f5a0-0000-7000-8000-00000000000a")
    assert abs((signed_up.timestamp - datetime(2026, 3, 1, 10, tzinfo=UTC)).total_seconds()) < 5
    own = {name: value for name, value in signed_up.properties.items() if not name.startswith("$")}
    assert own == {"plan": "free", "ü": "✓", "list": [1, {"a": None}]}
    assert (signed_up.group_0, signed_up.properties["$groups"]) == ("hogflix", {"company": "hogflix"})
    assert signed_up.properties["$lib"] == "posthog-node"

    group = Group.objects.get()
    assert (group.group_key, group.group_properties) == ("hogflix", {"seats": 9})
