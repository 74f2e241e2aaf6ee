import pytest

from tests.factories.datasets import DatasetFactory


@pytest.fixture
def dataset(team):
    return DatasetFactory(team=team, name="Refunds")


@pytest.fixture
def foreign_dataset(charlie):
    return DatasetFactory(team=charlie.current_team, name="Charlie's")


@pytest.fixture
def refused():
    """`refused(response, 400, "required", "name")` checks the envelope and gives the detail."""

    def check(response, status: int, code: str, attr: str | None) -> str:
        body = response.json()
        assert (response.status_code, body["code"], body["attr"]) == (status, code, attr), body
        return body["detail"]

    return check
