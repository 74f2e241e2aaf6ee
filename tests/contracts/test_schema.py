"""The OpenAPI document: built without a warning, true to the routes, served as bytes."""

import pytest
from django.core.management import call_command
from openapi_spec_validator import validate

from tests.contracts.routes import viewset_routes

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema():
    from django.test import Client

    return Client().get("/api/schema/?format=json").json()


def test_builds_without_a_warning(tmp_path):
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yml"))


def test_every_route_is_in_it_and_nothing_else(schema):
    documented = {(method, path) for path, operations in schema["paths"].items() for method in operations}
    documented = {
        (method, path) for method, path in documented if not path.startswith("/api/environments/{project_id}")
    }
    routes = {(route.method, route.template.replace("{pk}", "{id}")) for route in viewset_routes()}

    assert documented == routes | {("post", "/api/login/"), ("post", "/api/logout/")}


def test_every_operation_says_what_it_does(schema):
    silent = [
        f"{method} {path}"
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if not operation.get("summary")
    ]

    assert silent == []


def test_names_the_scopes_of_each_operation(schema):
    operation = schema["paths"]["/api/projects/{project_id}/dashboards/"]["get"]

    assert operation["security"] == [{"PersonalAPIKeyAuth": ["dashboard:read"]}]
    assert operation["operationId"] == "dashboards_list"


def test_marks_the_second_prefix_as_deprecated(schema):
    assert schema["paths"]["/api/environments/{project_id}/dashboards/"]["get"]["deprecated"] is True
    assert "deprecated" not in schema["paths"]["/api/projects/{project_id}/dashboards/"]["get"]


@pytest.mark.parametrize(("query", "version"), [("", "3.1.1"), ("&oas=3.0", "3.0.3"), ("&oas=3.1", "3.1.1")])
def test_comes_in_two_versions_that_are_both_valid(client, query, version):
    document = client.get(f"/api/schema/?format=json{query}").json()

    assert document["openapi"] == version
    assert (document["info"]["title"], document["info"]["version"]) == ("PostHog API", "1.0.0")
    validate(document)


def test_is_yaml_unless_json_is_asked_for(client):
    assert client.get("/api/schema/").content.startswith(b"openapi: 3.1.1")
    assert client.get("/api/schema/", headers={"accept": "application/json"}).json()["openapi"] == "3.1.1"


def test_is_not_sent_twice(client):
    first = client.get("/api/schema/")
    second = client.get("/api/schema/", headers={"if-none-match": first["ETag"]})

    assert (second.status_code, second.content) == (304, b"")


@pytest.mark.parametrize("page", ["swagger-ui", "redoc"])
def test_its_pages_load_nothing_from_elsewhere(client, page):
    html = client.get(f"/api/schema/{page}/").content.decode()

    assert "/static/drf_spectacular_sidecar/" in html
    assert "https://" not in html
