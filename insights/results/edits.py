"""Which stored answers were overtaken by an edit of what their queries name: see `insights.queries.dependencies`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Team
from events.querysets.edits import LastEdits, last_edits
from insights.models import CachedResult
from insights.queries.dependencies import Reach, reach_of

# An answer that was begun so soon after an edit may not have seen it: its transaction had to end first.
_EDITS_TAKE = timedelta(seconds=2)


def outdated_keys(
    asked: Mapping[str, dict[str, Any]], stored: Mapping[str, CachedResult], *, team: Team
) -> frozenset[str]:
    """Those of the keys whose answers are older than the edit. One statement, if any query depends on such a thing."""
    reaches = {key: reach_of(query, team=team) for key, query in asked.items()}
    if not any(reaches.values()):
        return frozenset()
    edits = last_edits(team.pk)
    moments = {key: _moment(edits, reach) for key, reach in reaches.items()}
    return frozenset(
        key for key, moment in moments.items() if moment and stored[key].last_refresh <= moment + _EDITS_TAKE
    )


def _moment(edits: LastEdits, reach: Reach) -> datetime | None:
    found = [edits.property_types] if reach >= Reach.PROPERTY_TYPES else []
    if reach >= Reach.ACTIONS_AND_COHORTS:
        found += [edits.actions, edits.cohorts]
    return max((moment for moment in found if moment), default=None)
