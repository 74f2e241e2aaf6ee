"""FROM: `events e`, and beside it the tables of HogQL that expressions name: persons, sessions and groups."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose
from insights.queries.hogql.sources import TableSource
from insights.queries.hogql.spans import within
from insights.queries.hogql.tables import TABLES
from insights.queries.hogql.values import Value
from insights.queries.sources import source

_EVENTS = TableSource(table=TABLES["events"], alias="e", name="events")
_PERSONS = f"AS {_EVENTS.aliases()['person']} ON"


def events_with(
    pieces: Iterable[Sql], *, team_id: int, with_persons: bool, during: tuple[datetime, datetime] | None = None
) -> Sql:
    """Each table is joined once, however many pieces name it. `with_persons`: conditions read `persons p` besides.

    `during`: when the events were that are looked at, where that is known.
    """
    events = _EVENTS if during is None else replace(_EVENTS, span=within(*during))
    joins = events.hidden_joins(" ".join(piece.text for piece in pieces), team_id)
    has_persons = _PERSONS in joins.text
    return compose("{source}{joins}", source=source(with_persons=with_persons and not has_persons), joins=joins)


def session_property(name: str, *, place: str) -> Value:
    """Of the session that an event belongs to; null for events without one. Raises Refusal."""
    sessions = _EVENTS.find("session")
    found = sessions.find(name) if isinstance(sessions, TableSource) else None
    if not isinstance(found, Value):
        raise Refusal(f"{place}: sessions have no property {name[:100]!r}.")
    return found
