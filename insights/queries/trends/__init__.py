"""TrendsQuery: plan (pure) → fetch (the engine) → shape (pure)."""

from typing import Any

from accounts.models import Team
from insights.queries.dates import Clock
from insights.queries.nodes import TrendsQuery
from insights.queries.trends.fetch import fetch, fetch_earliest
from insights.queries.trends.plan import make_plan
from insights.queries.trends.shape import shape


def answer(query: TrendsQuery, *, team: Team, clock: Clock) -> dict[str, Any]:
    is_unbounded = query.dateRange is not None and query.dateRange.date_from == "all"
    earliest = fetch_earliest(team.pk) if is_unbounded else None
    plan = make_plan(query, team=team, clock=clock, earliest=earliest)
    return shape(plan, fetch(plan))
