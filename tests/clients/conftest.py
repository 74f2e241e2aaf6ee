"""The official SDKs against a running server. Those of JavaScript need Node and Chromium (tests/browser.py)."""

from pathlib import Path

import pytest

from events.models import Person, PersonDistinctId
from events.partitions import forget_partitions
from tests.browser import install_node_modules, open_browser
from tests.factories.accounts import ProjectFactory

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


@pytest.fixture
def chromium(open_browser):
    """A fresh browser that talks to nobody but the pages it is sent to."""
    return open_browser()
