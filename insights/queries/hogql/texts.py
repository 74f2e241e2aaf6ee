"""Expressions that tell events apart or name them: a text for each event."""

from accounts.models import Team
from common.exceptions import Refusal
from events.filtering.errors import at_place
from events.filtering.moments import Clock
from events.filtering.sql import Sql
from insights.queries.hogql.compiling import compile_expression
from insights.queries.hogql.conversions import convert
from insights.queries.hogql.types import TEXT
from insights.queries.hogql.values import Value


def text_of(expression: str, *, place: str, team: Team, clock: Clock) -> Sql:
    """Over `events e`, and the tables of HogQL that the expression names. Raises Refusal, which names the place."""
    with at_place(place):
        found = compile_expression(expression, team=team, clock=clock)
        if found.is_aggregate:
            raise Refusal("an aggregate says nothing of one event.")
        return convert(Value(sql=found.sql, type=found.type, is_nullable=found.is_nullable), TEXT, clock).sql
