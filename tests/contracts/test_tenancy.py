"""Charlie sees nothing of ours, and we nothing of his."""

from collections.abc import Callable

import pytest

from tests.contracts.routes import Route, viewset_routes
from tests.factories.dashboards import DashboardFactory
from tests.factories.insights import InsightFactory

# For each resource of a project: a row of it in a given team. A new resource must be added here.
ROWS: dict[str, Callable] = {
    "dashboards": DashboardFactory,
    "insights": InsightFactory,
}
OF_PROJECT = [route for route in viewset_routes() if route.is_of_project]
OF_A_ROW = [route for route in OF_PROJECT if route.names_a_row]


def resource(route: Route) -> str:
    return route.template.split("/")[4]


def call(client, route: Route, **values):
    return client.generic(route.method.upper(), route.path(**values), b"{}", content_type="application/json")


def test_every_resource_is_in_the_matrix():
    assert {resource(route) for route in OF_A_ROW} == set(ROWS)


@pytest.mark.parametrize("route", OF_PROJECT, ids=str)
@pytest.mark.parametrize("kind", ["key", "session"])
def test_a_stranger_is_refused_before_anything_is_looked_up(api, session, charlie, project, route, kind):
    client = api(user=charlie) if kind == "key" else session(charlie)

    response = call(client, route, project_id=project.pk, pk="999999")

    assert response.status_code == 403
    assert response.json()["detail"] == "You don't have access to the project."


@pytest.mark.parametrize("route", OF_A_ROW, ids=str)
def test_a_row_of_another_project_is_as_absent_as_one_that_never_was(api, charlie, project, route):
    theirs = ROWS[resource(route)](team=charlie.current_team)
    client = api()

    foreign = call(client, route, project_id=project.pk, pk=theirs.pk)
    absent = call(client, route, project_id=project.pk, pk="999999")

    assert foreign.status_code in {404, 405}
    assert (foreign.status_code, foreign.content) == (absent.status_code, absent.content)
    before = theirs.__dict__.copy()
    theirs.refresh_from_db()
    assert {k: v for k, v in theirs.__dict__.items() if k != "_state"} == {
        k: v for k, v in before.items() if k != "_state"
    }


@pytest.mark.parametrize("route", [r for r in OF_PROJECT if r.action == "list"], ids=str)
def test_a_list_holds_only_the_projects_own(api, charlie, team, route):
    ROWS[resource(route)](team=charlie.current_team)
    ours = ROWS[resource(route)](team=team)

    results = call(api(), route, project_id=team.pk).json()["results"]

    assert [row["id"] for row in results] == [ours.pk]
