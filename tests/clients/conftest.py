"""SDKs, PostHog's and generated ones, against a running server. Some need Node and Chromium (tests/browser.py)."""

from pathlib import Path

import pytest
from django.test import Client

from accounts.models import OrganizationMembership
from events.models import Person, PersonDistinctId
from events.partitions import forget_partitions
from tests.browser import install_node_modules, open_browser
from tests.factories.accounts import MembershipFactory, PersonalAPIKeyFactory, ProjectFactory, UserFactory
from tests.factories.events import EventFactory, PersonFactory

HERE = Path(__file__).parent

__all__ = ["open_browser"]  # a fixture, to be found here


@pytest.fixture(autouse=True)
def no_memory_of_months():
    forget_partitions()


@pytest.fixture
def team(transactional_db):
    return ProjectFactory().team


@pytest.fixture
def person_of(team):
    def find(distinct_id: str) -> Person:
        return Person.objects.get(team=team, distinct_ids__distinct_id=distinct_id)

    return find


@pytest.fixture
def ids_of():
    def sorted_ids(person: Person) -> list[str]:
        return sorted(PersonDistinctId.objects.filter(person=person).values_list("distinct_id", flat=True))

    return sorted_ids


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Of the lock file in this folder, installed on first use."""
    return install_node_modules(HERE)


@pytest.fixture(scope="session")
def openapi_file(tmp_path_factory) -> Path:
    """Our OpenAPI document as it is served, from which SDKs are generated."""
    file = tmp_path_factory.mktemp("openapi") / "posthog.json"
    file.write_bytes(Client().get("/api/schema/?format=json").content)
    return file


@pytest.fixture
def caller(live_server, transactional_db) -> dict[str, str]:
    """Where the server is, and who asks it: the owner of a project with three sign-ups of today."""
    project = ProjectFactory(name="Hogflix web")
    user = UserFactory(email="alice@hogflix.com", current_organization=project.organization, current_team=project.team)
    MembershipFactory(organization=project.organization, user=user, level=OrganizationMembership.Level.OWNER)
    for name in ("ann", "bob", "cleo"):
        person = PersonFactory(team=project.team, distinct_ids=[name])
        EventFactory(person=person, event="signed up")
    key = PersonalAPIKeyFactory(user=user, scopes=["*"])
    return {"host": live_server.url, "project": str(project.pk), "key": key.value}


@pytest.fixture
def chromium(open_browser):
    """A fresh browser that talks to nobody but the pages it is sent to."""
    return open_browser()
