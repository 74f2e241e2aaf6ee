"""Charlie sees nothing of ours, and we nothing of his."""

from collections.abc import Callable

import pytest

from tests.contracts.routes import Route, viewset_routes
from tests.factories.activity import ActivityLogFactory
from tests.factories.dashboards import DashboardFactory, DashboardTemplateFactory
from tests.factories.datasets import DatasetFactory, DatasetItemFactory
from tests.factories.definitions import EventDefinitionFactory, PropertyDefinitionFactory
from tests.factories.events import (
    ActionFactory,
    CohortFactory,
    EventFactory,
    GroupFactory,
    GroupTypeFactory,
    PersonFactory,
)
from tests.factories.insights import InsightFactory, InsightVariableFactory, QueryJobFactory
from tests.factories.tagging import TagFactory
from tests.factories.themes import DataColorThemeFactory

# For each resource of a project: a row of it in a given team. A new resource must be added here.
ROWS: dict[str, Callable] = {
    "actions": ActionFactory,
    "activity_log": ActivityLogFactory,
    "cohorts": CohortFactory,
    "data_color_themes": DataColorThemeFactory,
    "dashboard_templates": DashboardTemplateFactory,
    "dashboards": DashboardFactory,
    "dataset_items": DatasetItemFactory,
    "datasets": DatasetFactory,
    "event_definitions": EventDefinitionFactory,
    "events": lambda team: EventFactory(person=PersonFactory(team=team)),
    "groups": GroupFactory,
    "groups_types": GroupTypeFactory,
    "insight_variables": InsightVariableFactory,
    "insights": InsightFactory,
    "persons": PersonFactory,
    "property_definitions": PropertyDefinitionFactory,
    "query": QueryJobFactory,
    "tags": TagFactory,
}
# What no row has for an id, where 999999 would be no id at all.
ABSENT = {"events": "0192f5a0-0000-7000-8000-000000000000"}
OF_PROJECT = [route for route in viewset_routes() if route.is_of_project]
OF_A_ROW = [route for route in OF_PROJECT if route.names_a_row]
LISTS = [route for route in OF_PROJECT if route.action == "list" and not route.names_a_row]


def resource(route: Route) -> str:
    return route.template.split("/")[4]


def call(client, route: Route, **values):
    if "pk" in values:  # what belongs to a row names it after the resource
        values[f"{resource(route).removesuffix('s')}_id"] = values["pk"]
    return client.generic(route.method.upper(), route.path(**values), b"{}", content_type="application/json")


def id_in_url(row):
    """The key of an event is more than its id."""
    return row.uuid if isinstance(row.pk, tuple) else row.pk


def stored(row):
    return type(row)._base_manager.filter(pk=row.pk).values().get()


def test_every_resource_is_in_the_matrix():
    assert {resource(route) for route in OF_PROJECT if route.names_a_row or route.action == "list"} == set(ROWS)


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
    untouched = stored(theirs)
    client = api()

    foreign_id, absent_id = str(id_in_url(theirs)), ABSENT.get(resource(route), "999999")
    foreign = call(client, route, project_id=project.pk, pk=foreign_id)
    absent = call(client, route, project_id=project.pk, pk=absent_id)

    assert foreign.status_code in {404, 405}
    assert foreign.status_code == absent.status_code
    assert foreign.content.replace(foreign_id.encode(), b"") == absent.content.replace(absent_id.encode(), b"")
    assert stored(theirs) == untouched


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_list_holds_only_the_projects_own(api, charlie, team, route):
    theirs = ROWS[resource(route)](team=charlie.current_team)
    ours = ROWS[resource(route)](team=team)

    answer = call(api(), route, project_id=team.pk).json()

    # A list of tags is one of bare names, and groups are named by their keys.
    # What everybody has, such as global themes, may stand in a list, too.
    rows = answer["results"] if isinstance(answer, dict) else answer
    names = ("id", "group_key", "group_type")
    listed = {str(next(row[name] for name in names if name in row)) if isinstance(row, dict) else row for row in rows}
    assert listed & {str(ours.pk), str(ours)}
    assert not listed & {str(theirs.pk), str(theirs)}
