"""Whom a funnel counts: persons, groups, or whatever an expression tells apart, such as sessions."""

from accounts.models import Team
from events.filtering.moments import Clock
from events.filtering.sql import Sql
from insights.queries.hogql.texts import text_of
from insights.queries.nodes.insights import FunnelsFilter

_PERSONS = ("", "person_id", "person.id")


def expression_of(asked: FunnelsFilter, *, team: Team, clock: Clock) -> Sql | None:
    """A text for each event; None where persons or groups are counted. Raises Refusal."""
    text = (asked.funnelAggregateByHogQL or "").strip()
    if text in _PERSONS:
        return None
    return text_of(text, place="funnelsFilter.funnelAggregateByHogQL", team=team, clock=clock)
