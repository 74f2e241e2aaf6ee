import pytest

from insights.jobs.running import run_next
from tests.factories.insights import QueryJobFactory


@pytest.fixture
def work():
    """`work()` runs all jobs that wait, in this thread. Within a test's transaction no thread is woken for them."""

    def until_idle() -> int:
        count = 0
        while run_next():
            count += 1
        return count

    return until_idle


@pytest.fixture
def job(team, alice):
    return QueryJobFactory(team=team, user=alice)
