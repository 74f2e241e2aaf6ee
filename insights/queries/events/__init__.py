"""EventsQuery: a SELECT over events whose columns, conditions and orders are expressions of HogQL."""

from typing import Any

from accounts.models import Team
from events.filtering.moments import Clock
from insights.queries.columns import answer_table
from insights.queries.events.plan import make_plan
from insights.queries.nodes import EventsQuery


def answer(query: EventsQuery, *, team: Team, clock: Clock) -> dict[str, Any]:
    return answer_table(make_plan(query, team=team, clock=clock), team=team, clock=clock)
