"""Where "all" begins."""

from datetime import datetime

from events.filtering.sql import compose
from insights.queries.database import fetch_rows
from insights.queries.nodes import DateRange
from insights.queries.periods import is_unbounded

# PostHog's data begins here too: what is older came from broken clocks.
EARLIEST = datetime.fromisoformat("2015-01-01T00:00:00+00:00")


def earliest_for(date_range: DateRange | None, *, team_id: int) -> datetime | None:
    """The project's first event, where the range asks for it."""
    return fetch_earliest(team_id) if is_unbounded(date_range) else None


def fetch_earliest(team_id: int) -> datetime | None:
    rows = fetch_rows(
        compose(
            "SELECT e.timestamp FROM events e WHERE e.team_id = {team_id} AND e.timestamp >= {earliest}"
            " ORDER BY e.timestamp LIMIT 1",
            team_id=team_id,
            earliest=EARLIEST,
        )
    )
    return rows[0][0] if rows else None
