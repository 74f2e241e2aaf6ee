"""Each action: without its scope 403 and the scope's name, with it something else. Read from the viewsets."""

import pytest

from accounts.viewsets import ProjectScopedViewSet
from tests.contracts.routes import Route, viewset_routes

SCOPED = [route for route in viewset_routes() if route.scopes]
CLOSED = [route for route in viewset_routes() if route.scopes is None and route.is_of_project]


def call(client, route: Route, project, organization):
    path = route.path(project_id=project.pk, organization_id=organization.pk, uuid="@me")
    return client.generic(route.method.upper(), path, b"{}", content_type="application/json")


@pytest.mark.parametrize("route", SCOPED, ids=str)
def test_an_action_needs_its_scope(api, project, organization, route):
    response = call(api("annotation:read"), route, project, organization)

    assert response.status_code == 403
    assert response.json() == {
        "type": "authentication_error",
        "code": "permission_denied",
        "detail": f"API key missing required scope '{route.scopes[0]}'",
        "attr": None,
    }


@pytest.mark.parametrize("route", SCOPED, ids=str)
def test_its_scope_is_enough(api, project, organization, route):
    response = call(api(*route.scopes), route, project, organization)

    assert "missing required scope" not in response.content.decode()


@pytest.mark.parametrize("route", [r for r in SCOPED if r.scopes[0].endswith(":write")], ids=str)
def test_reading_does_not_include_writing(api, project, organization, route):
    scope = route.scopes[0].replace(":write", ":read")

    assert call(api(scope), route, project, organization).status_code == 403


@pytest.mark.parametrize("route", [r for r in SCOPED if r.scopes[0].endswith(":read")], ids=str)
def test_writing_includes_reading(api, project, organization, route):
    scopes = [scope.replace(":read", ":write") for scope in route.scopes]

    assert "missing required scope" not in call(api(*scopes), route, project, organization).content.decode()


def test_every_action_of_a_project_takes_keys_of_some_scope():
    assert [str(route) for route in CLOSED] == []


def test_every_view_of_a_project_is_sealed():
    assert [
        str(r) for r in viewset_routes() if r.is_of_project and not issubclass(r.viewset, ProjectScopedViewSet)
    ] == []


def test_a_view_that_opens_itself_does_not_even_import():
    with pytest.raises(TypeError, match="overrides get_queryset"):
        type("Leaky", (ProjectScopedViewSet,), {"get_queryset": lambda self: None})


def test_an_action_that_no_route_implements_is_closed_to_keys_and_405_to_sessions(api, session, url):
    by_key = api().put(url("insights/"), {})
    by_session = session().put(url("insights/"), {})

    assert (by_key.status_code, by_key.json()["detail"]) == (
        403,
        "This action does not support personal API key access",
    )
    assert (by_session.status_code, by_session.json()["detail"]) == (405, 'Method "PUT" not allowed.')
