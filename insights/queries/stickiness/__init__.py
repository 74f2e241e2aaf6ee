"""StickinessQuery: plan (pure) → fetch (the engine) → shape (pure)."""

from typing import Any

from accounts.models import Team
from events.filtering.moments import Clock
from insights.queries.earliest import earliest_for
from insights.queries.nodes import StickinessQuery
from insights.queries.stickiness.fetch import fetch
from insights.queries.stickiness.plan import make_plan
from insights.queries.stickiness.shape import shape


def answer(query: StickinessQuery, *, team: Team, clock: Clock) -> dict[str, Any]:
    earliest = earliest_for(query.dateRange, team_id=team.pk)
    plan = make_plan(query, team=team, clock=clock, earliest=earliest)
    return shape(plan, fetch(plan))
