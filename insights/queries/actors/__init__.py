"""ActorsQuery and PersonsNode: plan (pure) → fetch (the engine) → shape (pure)."""

from typing import Any

from accounts.models import Team
from events.filtering.moments import Clock
from insights.queries.actors.fetch import fetch
from insights.queries.actors.plan import plan_of_actors, plan_of_persons
from insights.queries.actors.shape import shape
from insights.queries.nodes import ActorsQuery, PersonsNode


def answer(query: ActorsQuery, *, team: Team, clock: Clock) -> dict[str, Any]:
    plan = plan_of_actors(query, team=team, clock=clock)
    return shape(plan, fetch(plan))


def answer_persons(query: PersonsNode, *, team: Team, clock: Clock) -> dict[str, Any]:
    plan = plan_of_persons(query, team=team, clock=clock)
    return shape(plan, fetch(plan))
