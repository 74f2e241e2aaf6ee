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


@pytest.fixture
def ask(team, api, url):
    put_persons(team, EVENTS, PERSONS)
    put_events(team, EVENTS)
    body = {"refresh": "force_blocking"}
    return lambda query, **headers: api("query:read").post(url("query/"), {"query": query, **body}, headers=headers)


def test_a_table_of_events_by_expressions(ask):
    source = {
        "kind": "EventsQuery",
        "select": ["*", "person -- Who", "upper(event) as name", "properties.price * 2"],
        "where": ["properties.price > 5", "person.properties.email like '%@example.com'"],
        "orderBy": ["toFloat(properties.price) DESC"],
        "after": "all",
    }
    body = ask({"kind": "DataTableNode", "source": source}).json()

    assert [row[2:] for row in body["results"]] == [["$PAGEVIEW", 20], ["SIGNED UP", 14]]
    assert body["results"][0][0]["properties"] == EVENTS[0].properties
    assert body["results"][0][1]["properties"] == {"email": "ann@example.com"}
    assert body["columns"] == source["select"]
    assert body["types"] == ["Tuple", "Tuple", "String", "Nullable(Float64)"]
    assert (body["hasMore"], body["limit"], body["offset"]) == (False, 100, 0)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"kind": "EventsQuery", "select": ["nope"]}, "select.0: Unable to resolve field: nope"),
        ({"kind": "EventsQuery", "select": ["event"], "where": ["nope(1)"]}, "where.0: Unsupported function call"),
        ({"kind": "EventsQuery", "select": ["event"], "orderBy": ["event,"]}, "orderBy.0: Invalid order"),
        ({"kind": "ActorsQuery", "select": ["nope"]}, "select.0: Unable to resolve field: nope"),
    ],
)
def test_a_table_refuses_by_the_place(ask, query, words):
    response = ask(query)

    assert response.status_code == 400
    assert set(response.json()) == {"type", "code", "detail", "attr"}
    assert response.json()["detail"].startswith(words)


def test_an_agent_gets_every_table_as_a_text(ask):
    def table(**query) -> str:
        return ask(query, **{"x-posthog-client": "mcp"}).json()["formatted_results"]

    sql = "SELECT event, count() AS c, NULL FROM events GROUP BY 1 ORDER BY 2 DESC"
    assert table(kind="HogQLQuery", query=sql) == "event|c|null\n$pageview|3|\nsigned up|2|"
    assert table(kind="EventsQuery", select=["count() -- All"], after="all") == "count() -- All\n5"
    assert table(kind="ActorsQuery", select=["properties.email"], orderBy=["properties.email"], limit=1) == (
        "properties.email\nann@example.com\n… more rows exist: these are the first 1."
    )


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
