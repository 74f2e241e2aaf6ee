"""A Python SDK, generated from our OpenAPI document by openapi-python-client, against a running server."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

PACKAGE = "generated_posthog"
BINARIES = Path(sys.executable).parent


@pytest.fixture(scope="session")
def sdk(openapi_file, tmp_path_factory):
    """`sdk("models")` is that module of it. It was generated without a warning."""
    folder = tmp_path_factory.mktemp("python")
    command = [BINARIES / "openapi-python-client", "generate", "--path", openapi_file, "--fail-on-warning"]
    run = subprocess.run(
        [*command, "--meta", "none", "--output-path", folder / PACKAGE],
        env={**os.environ, "PATH": f"{BINARIES}:{os.environ['PATH']}"},  # it formats its work with ruff
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"{PACKAGE}.{name}" if name else PACKAGE)
    sys.path.remove(str(folder))


@pytest.fixture
def models(sdk):
    return sdk("models")


@pytest.fixture
def ask(sdk, caller):
    """`ask("dashboards_list", limit=1)` is the status and the body of that operation of the project's."""
    client = sdk("client").AuthenticatedClient(base_url=caller["host"], token=caller["key"])

    def ask(operation: str, *ids, tag: str = "dashboards", **parameters):
        module = sdk(f"api.{tag}.{operation}")
        of_project = [] if tag == "users" else [caller["project"]]
        answer = module.sync_detailed(*of_project, *ids, client=client, **parameters)
        return SimpleNamespace(status=answer.status_code, body=answer.parsed)

    with client:
        yield ask


def test_all_of_it_imports_and_no_operation_is_called_the_second(sdk):
    folder = Path(sdk("").__file__).parent
    modules = [file.relative_to(folder).with_suffix("") for file in folder.rglob("*.py") if file.name != "__init__.py"]

    for module in modules:
        sdk(".".join(module.parts))

    operations = {module.name for module in modules if module.parts[0] == "api"}
    assert {"dashboards_create", "environments_dashboards_create"} <= operations
    assert [operation for operation in operations if operation[-1].isdigit()] == []


def test_whoami(ask):
    me = ask("users_retrieve", "@me", tag="users")

    assert (me.status, me.body.email, me.body.team.name) == (200, "alice@hogflix.com", "Hogflix web")


@pytest.fixture
def dashboard(ask, models):
    return ask("dashboards_create", body=models.CreateDashboardRequest(name="Growth", tags=["Weekly"])).body


@pytest.fixture
def insight(ask, models, dashboard):
    query = {
        "kind": "InsightVizNode",
        "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "signed up", "math": "total"}]},
    }
    body = models.InsightRequest(name="Sign-ups", query=query, dashboards=[dashboard.id])
    made = ask("insights_create", tag="insights", body=body)
    assert made.status == 201
    return made.body


def test_an_insight_on_a_dashboard_tells_its_numbers(ask, models, dashboard, insight):
    assert (dashboard.name, dashboard.tags, insight.dashboards) == ("Growth", ["weekly"], [dashboard.id])

    refresh = models.DashboardsRunInsightsRetrieveRefresh.BLOCKING
    answer = ask("dashboards_run_insights_retrieve", dashboard.id, refresh=refresh, output_format="json")

    [tile] = answer.body.results
    assert (answer.status, tile.insight.id, tile.insight.result[0]["count"]) == (200, insight.id, 3)

    read = ask("insights_retrieve", insight.short_id, tag="insights")
    assert read.body.result == tile.insight.result
    light = ask("insights_retrieve", str(insight.id), tag="insights", basic=True)
    assert (light.body.id, light.body.name) == (insight.id, "Sign-ups")


def test_a_dashboard_is_changed_tagged_and_shared(ask, models, dashboard, insight):
    patch = models.PatchedUpdateDashboardRequest(description="Of the week", pinned=True)
    changed = ask("dashboards_partial_update", dashboard.id, body=patch).body
    assert (changed.name, changed.description, changed.pinned) == ("Growth", "Of the week", True)
    assert [tile.insight.id for tile in changed.tiles] == [insight.id]

    tags = models.BulkUpdateTagsRequest(ids=[dashboard.id], action=models.ActionEnum.ADD, tags=["board"])
    [tagged] = ask("dashboards_bulk_update_tags_create", body=tags).body.updated
    assert (tagged.id, tagged.tags) == (dashboard.id, ["board", "weekly"])

    opened = models.PatchedSharingConfigurationRequest(enabled=True)
    link = ask("dashboards_sharing_partial_update", dashboard.id, body=opened).body
    assert link.enabled
    assert ask("dashboards_sharing_list", dashboard.id).body.access_token == link.access_token


def test_a_list_has_pages(ask, models):
    for name in ("A", "B", "C"):
        ask("dashboards_create", body=models.CreateDashboardRequest(name=name))

    first, second = (ask("dashboards_list", limit=2, offset=offset).body for offset in (0, 2))

    assert ([row.name for row in first.results], [row.name for row in second.results]) == (["A", "B"], ["C"])
    assert (first.count, first.previous, second.next_) == (3, None, None)
    assert "offset=2" in first.next_


def test_what_is_removed_is_gone_and_errors_have_a_type(ask, models, dashboard):
    removed = ask("dashboards_partial_update", dashboard.id, body=models.PatchedUpdateDashboardRequest(deleted=True))
    assert (removed.status, removed.body.deleted) == (200, True)

    gone = ask("dashboards_retrieve", dashboard.id)
    assert (gone.status, type(gone.body).__name__, gone.body.code) == (404, "Error", "not_found")

    wrong = ask("dashboards_copy_tile_create", 0, body=models.CopyTileRequest(from_dashboard_id=1, tile_id=1))
    assert (wrong.status, wrong.body.type_) == (404, "invalid_request")
    refused = ask("insights_create", tag="insights", body=models.InsightRequest(dashboards=[0]))
    assert (refused.status, refused.body.attr, refused.body.code) == (400, "dashboards", "does_not_exist")
