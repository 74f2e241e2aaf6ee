"""/environments/ answers as /projects/ does; with a slash as without one."""

import pytest

from tests.contracts.routes import all_templates, viewset_routes

READABLE = [r for r in viewset_routes() if r.is_of_project and r.method == "get" and not r.names_a_row]


def test_both_prefixes_have_the_same_routes():
    of_projects = {t for t in all_templates() if t.startswith("/api/projects/{project_id}/")}
    of_environments = {t for t in all_templates() if t.startswith("/api/environments/{project_id}/")}

    assert {t.replace("/api/projects/", "/api/environments/", 1) for t in of_projects} == of_environments
    assert of_projects


@pytest.mark.parametrize("route", READABLE, ids=str)
def test_all_names_of_a_path_answer_the_same(api, project, route):
    client = api()
    path = route.path(project_id=project.pk)
    names = [
        path,
        path.rstrip("/"),
        path.replace("/api/projects/", "/api/environments/"),
        path.replace(f"/{project.pk}/", "/@current/"),
        path.replace(f"/{project.pk}/", "/%40current/"),
    ]

    answers = [client.get(name) for name in names]

    # A few cannot be asked without parameters: these refuse by every name.
    assert {answer.status_code for answer in answers} in ({200}, {400})
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_post_keeps_its_body_without_a_slash(api, url, slash):
    made = api().post(url("insights") + slash, {"name": "Signups"})

    assert (made.status_code, made.json()["name"]) == (201, "Signups")
