"""EventsQuery: plan (pure) → fetch (the engine) → shape (pure)."""

from typing import Any

from accounts.models import Team
from events.filtering.moments import Clock
from insights.queries.events.fetch import fetch
from insights.queries.events.plan import make_plan
from insights.queries.events.shape import shape
from insights.queries.nodes import EventsQuery


def answer(query: EventsQuery, *, team: Team, clock: Clock) -> dict[str, Any]:
    plan = make_plan(query, team=team, clock=clock)
    return shape(plan, fetch(plan))
