"""ActorsQuery and PersonsNode: a SELECT over persons whose columns and orders are expressions of HogQL."""

from accounts.models import Team
from events.filtering.moments import Clock
from insights.queries.actors.plan import plan_of_actors, plan_of_persons
from insights.queries.columns import TablePlan, answer_table
from insights.queries.nodes import ActorsQuery, PersonsNode
from insights.queries.wrapping import JSON


def answer(query: ActorsQuery, *, team: Team, clock: Clock) -> JSON:
    return _answer(plan_of_actors(query, team=team, clock=clock), team, clock)


def answer_persons(query: PersonsNode, *, team: Team, clock: Clock) -> JSON:
    return _answer(plan_of_persons(query, team=team, clock=clock), team, clock)


def _answer(plan: TablePlan, team: Team, clock: Clock) -> JSON:
    return {**answer_table(plan, team=team, clock=clock), "missing_actors_count": 0}
