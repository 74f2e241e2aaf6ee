"""TrendsQuery: plan → fetch (the engine) → shape (pure)."""

from typing import Any

from accounts.models import Team
from events.filtering.moments import Clock
from insights.queries.earliest import earliest_for
from insights.queries.nodes import TrendsQuery
from insights.queries.trends import boxes, heatmap
from insights.queries.trends.fetch import fetch
from insights.queries.trends.plan import BOX_PLOT, HEATMAP, make_plan
from insights.queries.trends.shape import shape


def answer(query: TrendsQuery, *, team: Team, clock: Clock) -> dict[str, Any]:
    earliest = earliest_for(query.dateRange, team_id=team.pk)
    plan = make_plan(query, team=team, clock=clock, earliest=earliest)
    if plan.display == HEATMAP:
        return heatmap.answer(plan)
    return boxes.answer(plan) if plan.display == BOX_PLOT else shape(plan, fetch(plan))
