"""HogQL through `POST /query/`: errors are 400 with four keys, what takes too long is 504."""

import pytest

from tests.insights.hogql.conftest import EVENTS, PERSONS
from tests.insights.hogql.test_security import BOMBS, FORBIDDEN
from tests.insights.queries.conftest import put_events, put_persons


@pytest.fixture
def team(project):
    """The project of the cast, whose members may ask."""
    return project.team


@pytest.fixture
def post(api, url):
    return lambda text, **keys: api("query:read").post(
        url("query/"), {"query": {"kind": "HogQLQuery", "query": text, **keys}, "refresh": "force_blocking"}
    )


def test_an_answer(team, post):
    put_persons(team, EVENTS, PERSONS)
    put_events(team, EVENTS)

    response = post("SELECT event, count() FROM events GROUP BY event ORDER BY event")

    assert response.status_code == 200
    assert response.json()["results"] == [["$pageview", 3], ["signed up", 2]]
    assert response.json()["columns"] == ["event", "count()"]


def test_a_wrapped_question(api, url):
    source = {"kind": "HogQLQuery", "query": "SELECT 1"}

    response = api("query:read").post(url("query/"), {"query": {"kind": "DataVisualizationNode", "source": source}})

    assert response.json()["results"] == [[1]]


def test_whatever_is_bad_is_a_400_with_four_keys(post):
    for text in [*(text for text in FORBIDDEN if text.isprintable()), *BOMBS[:3], "SELECT event, count() FROM events"]:
        response = post(text)

        assert response.status_code == 400, text
        assert set(response.json()) == {"type", "code", "detail", "attr"}
        assert response.json()["type"] == "validation_error"


def test_what_takes_too_long_is_a_504(settings, post):
    settings.QUERY_TIMEOUT_SECONDS = 1

    response = post("SELECT count() FROM numbers(1000000) a CROSS JOIN numbers(1000000) b")

    assert response.status_code == 504
    assert set(response.json()) >= {"type", "code", "detail", "attr"}
