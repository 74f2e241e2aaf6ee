"""The pages of docs/api say what happens, and leave no operation out."""

import re
import shutil

import pytest
from drf_spectacular.generators import SchemaGenerator

from events.urls import capture_urlpatterns
from tests.docs.pages import DOCS, PAGES, Step, compare, steps_of, walk
from tests.factories.accounts import (
    MembershipFactory,
    OrganizationFactory,
    PersonalAPIKeyFactory,
    ProjectFactory,
    UserFactory,
)
from tests.factories.themes import DataColorThemeFactory
from themes.models import DataColorTheme

METHODS = ("get", "post", "put", "patch", "delete")
PASSWORD = "a long password"


@pytest.fixture
def reader(db, settings):
    """What the shell of somebody who reads the pages knows at first."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    ann, bob = (UserFactory(email=f"{name}@example.com", first_name=name.title()) for name in ("ann", "bob"))
    organization = OrganizationFactory(name="Hogflix")
    MembershipFactory(organization=organization, user=ann, level=15)
    MembershipFactory(organization=organization, user=bob, level=1)
    project = ProjectFactory(organization=organization, name="Web")
    # Of the server, and swept away with everything else between tests like these.
    if not DataColorTheme.objects.filter(team=None).exists():
        DataColorThemeFactory(name="Default Theme", team=None)
    ann.current_organization, ann.current_team = organization, project.team
    ann.set_password(PASSWORD)
    ann.save()
    return {
        "PROJECT": str(project.pk),
        "TOKEN": project.team.api_token,
        "KEY": PersonalAPIKeyFactory(user=ann, label="bootstrap").value,
        "ORGANIZATION": str(organization.pk),
        "EMAIL": ann.email,
        "PASSWORD": PASSWORD,
        "COLLEAGUE": str(bob.uuid),
    }


@pytest.mark.parametrize("page", [page for page in PAGES if steps_of(page)], ids=lambda page: page.stem)
@pytest.mark.django_db(transaction=True)
def test_what_a_page_says_happens(live_server, reader, tmp_path, page):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")

    assert walk(page, {**reader, "HOST": live_server.url}, tmp_path) > 5


def all_steps() -> list[Step]:
    return [step for page in PAGES for step in steps_of(page)]


def is_walked(method: str, template: str, steps: list[Step]) -> bool:
    """A literal part of the path is itself on the page, a variable one is whatever stands there."""
    whole = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"({\w+})", template))
    return any(step.method == method and re.fullmatch(whole.rstrip("/") + "/?", step.path) for step in steps)


def test_no_operation_is_left_out():
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    operations = [
        (method.upper(), path)
        for path, item in paths.items()
        for method in METHODS
        if method in item and not path.startswith("/api/environments/")
    ]
    literal = {path for _, path in operations}
    # What names a row must not be taken for walked because a word stands in its place.
    steps = [step for step in all_steps() if _rooted(step.path) not in literal]
    exact = {(step.method, _rooted(step.path)) for step in all_steps()}

    assert len(operations) > 190
    assert [
        f"{method} {path}"
        for method, path in operations
        if (method, path) not in exact and not is_walked(method, path, steps)
    ] == []


def _rooted(path: str) -> str:
    return path.rstrip("/").replace("/$PROJECT/", "/{project_id}/") + "/"


def test_no_door_for_events_is_left_out():
    walked = {step.path.strip("/") for step in all_steps()}
    walked = {re.sub(r"\$\w+", "token", path) for path in walked}

    assert [one.name for one in capture_urlpatterns if not any(map(one.pattern.regex.match, walked))] == []  # type: ignore[attr-defined]


def test_every_page_is_in_the_table_of_pages():
    table = (DOCS / "api" / "README.md").read_text()

    assert [page.name for page in PAGES if page.stem != "README" and f"]({page.name})" not in table] == []


@pytest.mark.parametrize(
    ("said", "was", "is_same"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1}, {"a": 2}, False),
        ({"a": None}, {}, False),
        ([1, 2], [1, 2], True),
        ([1], [1, 2], False),
        ([1, "…"], [1, 2], True),
        ([1, 2, "…"], [1], False),
        ("…", {"a": 1}, True),
        ("phx_…", "phx_1", True),
        ("phx_…", "phc_1", False),
        ("$KNOWN", "5", True),
        ("$KNOWN", 5, True),
        ("$KNOWN", 6, False),
        ({"a": [{"b": "$NEW"}]}, {"a": [{"b": 7}]}, True),
    ],
)
def test_a_wrong_answer_is_noticed(said, was, is_same):
    assert (list(compare(said, was, {"KNOWN": "5"})) == []) == is_same
