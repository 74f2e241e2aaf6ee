import pytest

from tests.factories.dashboards import DashboardFactory


@pytest.fixture
def dashboard(team, alice):
    return DashboardFactory(team=team, name="Numbers", created_by=alice)


@pytest.fixture
def path(url, dashboard):
    """`path()` is the dashboard; `path("tiles/")` an action on it."""

    def build(rest: str = "") -> str:
        return url(f"dashboards/{dashboard.pk}/{rest}")

    return build


@pytest.fixture
def error():
    """`error(response)` is (status, code, attr) of an answer that must be in the envelope."""

    def read(response) -> tuple:
        body = response.json()
        assert {"type", "code", "detail", "attr"} <= set(body) <= {"type", "code", "detail", "attr", "error"}
        return response.status_code, body["code"], body["attr"]

    return read
