"""A project with a few events, and `ask("SELECT …")`: the rows of the answer."""

from datetime import UTC, datetime

import pytest

from common.exceptions import Refusal
from events.filtering.moments import Clock
from insights.queries.database import reading
from insights.queries.hogql import answer
from insights.queries.nodes import HogQLQuery
from tests.insights.queries.conftest import store, team  # noqa: F401
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


EVENTS = [
    SampleEvent(
        "$pageview", at("2024-01-03 00:00:00"), 1, {"$browser": "Safari", "price": 10, "plan": {"name": "pro"}}
    ),
    SampleEvent("$pageview", at("2024-01-08 10:00:00"), 1, {"$browser": "Safari", "price": 2.5, "$session_id": "s1"}),
    SampleEvent("$pageview", at("2024-01-08 11:00:00"), 2, {"$browser": "Chrome", "tags": ["a", "b"]}),
    SampleEvent("signed up", at("2024-01-08 23:59:59"), 2, {"x y": "z", "price": "7", "$session_id": "s2"}),
    SampleEvent("signed up", at("2024-01-10 09:00:00"), 3, {"$session_id": "s2", "on": True}),
]
PERSONS = [
    SamplePerson(1, {"email": "ann@example.com", "age": 41}),
    SamplePerson(2, {"email": "bob@example.com"}),
    SamplePerson(3, {}),
]


@pytest.fixture
def run_query(team):  # noqa: F811
    """`run_query("SELECT …", filters=…)` is the whole answer."""

    def run(text, *, of=None, now=NOW, **keys):
        query = HogQLQuery.model_validate({"kind": "HogQLQuery", "query": text, **keys})
        asked = of or team
        with reading():
            return answer(query, team=asked, clock=Clock.of(asked, now))

    return run


@pytest.fixture
def ask(run_query):
    return lambda text, **keys: run_query(text, **keys)["results"]


@pytest.fixture
def stored(store):  # noqa: F811
    store(EVENTS, PERSONS)


@pytest.fixture
def value(ask):
    """`value("1 + 1")` is the one cell of it."""

    def one(expression, **keys):
        [[cell]] = ask(f"SELECT {expression}", **keys)
        return cell

    return one


@pytest.fixture
def refusal_or_rows(ask):
    """`refusal_or_rows("SELECT …")`: what the refusal says, or the rows; anything else is a crash."""

    def run(text, **keys):
        try:
            return ask(text, **keys)
        except Refusal as refusal:
            return refusal.detail

    return run
