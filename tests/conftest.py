"""The cast: Alice owns, Bob is in the organization, Charlie must see nothing."""

from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient

from accounts.models import OrganizationMembership
from tests.contracts.answers import watch_clients
from tests.factories.accounts import (
    MembershipFactory,
    OrganizationFactory,
    PersonalAPIKeyFactory,
    ProjectFactory,
    UserFactory,
)

Level = OrganizationMembership.Level

# A busy machine makes no test wrong, and every example begins with the same rows.
settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def _answers_are_documented():
    """Every test is one of the OpenAPI document, too."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        watch_clients(monkeypatch)
        yield


@pytest.fixture
def organization(db):
    return OrganizationFactory(name="Hogflix")


@pytest.fixture
def project(organization):
    return ProjectFactory(organization=organization, name="Hogflix web")


@pytest.fixture
def team(project):
    return project.team


@pytest.fixture
def alice(organization, project):
    user = UserFactory(email="alice@hogflix.com", first_name="Alice")
    MembershipFactory(organization=organization, user=user, level=Level.OWNER)
    return _at(user, project)


@pytest.fixture
def bob(organization, project):
    user = UserFactory(email="bob@hogflix.com", first_name="Bob")
    MembershipFactory(organization=organization, user=user, level=Level.MEMBER)
    return _at(user, project)


@pytest.fixture
def charlie(db):
    """A stranger, with an organization and a project of his own."""
    elsewhere = ProjectFactory(name="Charlie's project")
    user = UserFactory(email="charlie@elsewhere.com", first_name="Charlie")
    MembershipFactory(organization=elsewhere.organization, user=user, level=Level.OWNER)
    return _at(user, elsewhere)


@pytest.fixture
def api(alice):
    """`api("dashboard:read")` is a client with Alice's key of these scopes; `api(user=bob)` one with Bob's full key."""

    def client(*scopes: str, user=None, **confines) -> APIClient:
        key = PersonalAPIKeyFactory(user=user or alice, scopes=list(scopes) or ["*"], **confines)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {key.value}")
        return client

    return client


@pytest.fixture
def session(alice):
    """`session()` is a client signed in as Alice, as a browser is."""

    def client(user=None) -> APIClient:
        client = APIClient()
        client.force_login(user or alice)
        return client

    return client


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    """`with commits():` does at its end what waits for the commit, which the transaction around a test never does."""
    return partial(django_capture_on_commit_callbacks, execute=True)


@pytest.fixture
def url(project):
    """`url("dashboards/")` is that path below the project."""

    def build(path: str, *, prefix: str = "projects", project_id=None) -> str:
        return f"/api/{prefix}/{project_id or project.pk}/{path}"

    return build


def _at(user, project):
    user.current_organization, user.current_team = project.organization, project.team
    user.save()
    return user
