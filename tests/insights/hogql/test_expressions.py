"""Single expressions for the other kinds of queries."""

from datetime import UTC, datetime

import pytest

from common.exceptions import Refusal
from events.filtering.moments import Clock
from events.filtering.sql import compose
from insights.queries.database import fetch_rows
from insights.queries.hogql import compile_aggregate, compile_expression

CLOCK_AT = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)


@pytest.fixture
def rows(team, stored):
    """`rows(compiled)`: its value for each event, as another engine would ask for it."""

    def fetch(compiled):
        statement = compose(
            "SELECT {value} FROM events e{joins} WHERE e.team_id = {team} ORDER BY 1",
            value=compiled.sql,
            joins=compiled.joins,
            team=team.pk,
        )
        return [row[0] for row in fetch_rows(statement)]

    return fetch


@pytest.fixture
def clock(team):
    return Clock.of(team, CLOCK_AT)


def test_an_expression_over_events(team, clock, rows):
    compiled = compile_expression("concat(event, '!')", team=team, clock=clock)

    assert rows(compiled) == ["$pageview!"] * 3 + ["signed up!"] * 2
    assert (compiled.name, compiled.is_aggregate, compiled.joins.text) == ("concat(event, '!')", False, "")


def test_what_it_reads_of_persons_comes_as_a_join(team, clock, rows):
    compiled = compile_expression("person.properties.email", team=team, clock=clock)

    assert compiled.name == "email"
    assert rows(compiled)[:2] == ["ann@example.com", "ann@example.com"]


def test_an_aggregate(team, clock, rows):
    compiled = compile_aggregate("sum(properties.price) / 2", team=team, clock=clock)

    assert compiled.is_aggregate
    assert compiled.sql.text.count("sum(") == 1


@pytest.mark.parametrize(
    ("compile_", "text"),
    [
        (compile_aggregate, "event"),
        (compile_expression, "{filters}"),
        (compile_expression, "{x}"),
        (compile_expression, "arrayJoin([1])"),
        (compile_expression, "nope"),
        (compile_expression, "event; DROP TABLE events"),
    ],
)
def test_what_does_not_fit_is_refused(team, clock, compile_, text):
    with pytest.raises(Refusal):
        compile_(text, team=team, clock=clock)
