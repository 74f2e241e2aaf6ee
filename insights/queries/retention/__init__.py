"""RetentionQuery: plan (pure) → fetch (the engine) → shape (pure)."""

from typing import Any

from accounts.models import Team
from events.filtering.moments import Clock
from insights.queries.earliest import earliest_for
from insights.queries.nodes import RetentionQuery
from insights.queries.retention.fetch import fetch
from insights.queries.retention.plan import make_plan
from insights.queries.retention.shape import shape


def answer(query: RetentionQuery, *, team: Team, clock: Clock) -> dict[str, Any]:
    earliest = earliest_for(query.dateRange, team_id=team.pk)
    plan = make_plan(query, team=team, clock=clock, earliest=earliest)
    return shape(plan, fetch(plan))
