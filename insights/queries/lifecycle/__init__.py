"""LifecycleQuery: plan (pure) → fetch (the engine) → shape (pure)."""

from typing import Any

from accounts.models import Team
from events.filtering.moments import Clock
from insights.queries.earliest import earliest_for
from insights.queries.lifecycle.fetch import fetch
from insights.queries.lifecycle.plan import make_plan
from insights.queries.lifecycle.shape import shape
from insights.queries.nodes import LifecycleQuery


def answer(query: LifecycleQuery, *, team: Team, clock: Clock) -> dict[str, Any]:
    earliest = earliest_for(query.dateRange, team_id=team.pk)
    plan = make_plan(query, team=team, clock=clock, earliest=earliest)
    return shape(plan, fetch(plan) if plan.series and plan.buckets.starts else {})
