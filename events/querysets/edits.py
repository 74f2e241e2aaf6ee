"""When somebody edited last what questions are made of."""

from dataclasses import dataclass
from datetime import datetime

from events.filtering.sql import compose
from events.querysets.statements import fetch


@dataclass(frozen=True, kw_only=True)
class LastEdits:
    """None: never since they were made."""

    actions: datetime | None
    cohorts: datetime | None
    property_types: datetime | None


def last_edits(team_id: int) -> LastEdits:
    """One statement. Definitions that ingestion alone has written count as never edited."""
    [(actions, cohorts, property_types)] = fetch(
        compose(
            "SELECT (SELECT max(changed_at) FROM actions WHERE team_id = {team}::bigint),"
            " (SELECT max(changed_at) FROM cohorts WHERE team_id = {team}::bigint),"
            " (SELECT max(updated_at) FROM property_definitions"
            " WHERE team_id = {team}::bigint AND updated_by_id IS NOT NULL)",
            team=team_id,
        )
    )
    return LastEdits(actions=actions, cohorts=cohorts, property_types=property_types)
