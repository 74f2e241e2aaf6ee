"""FunnelsQuery: plans → fetch (the engine) → shape (pure)."""

from typing import Any

from accounts.models import Team
from events.filtering.moments import Clock
from insights.queries.earliest import earliest_for
from insights.queries.funnels.fetch import fetch
from insights.queries.funnels.plan import make_plans
from insights.queries.funnels.shape import shape
from insights.queries.nodes import FunnelsQuery


def answer(query: FunnelsQuery, *, team: Team, clock: Clock) -> dict[str, Any]:
    earliest = earliest_for(query.dateRange, team_id=team.pk)
    plans = make_plans(query, team=team, clock=clock, earliest=earliest)
    return shape(list(zip(plans, fetch(plans), strict=True)))
