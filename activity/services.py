"""Writing down who changed what. Call it inside the transaction that makes the change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import Team, User
from activity.changes import Change
from activity.models import ActivityLog


@dataclass(frozen=True)
class Entry:
    """What is written about one row: which it is, what it is called, and what became different."""

    item_id: object
    name: str | None = None
    short_id: str | None = None
    type: str | None = None
    trigger: dict[str, str] | None = None
    changes: Sequence[Change] = ()


def log_activity(
    entry: Entry, *, team: Team, user: User | None, scope: str, activity: str, is_system: bool = False
) -> None:
    """One statement. An update that changed nothing is not logged."""
    log_activities([entry], team=team, user=user, scope=scope, activity=activity, is_system=is_system)


def log_activities(
    entries: Iterable[Entry], *, team: Team, user: User | None, scope: str, activity: str, is_system: bool = False
) -> None:
    """The same of many rows, still in one statement."""
    ActivityLog.objects.bulk_create(
        ActivityLog(
            team=team,
            user=user,
            scope=scope,
            activity=activity,
            item_id=str(entry.item_id),
            detail=_detail(entry, scope),
            is_system=is_system,
        )
        for entry in entries
        if activity != "updated" or entry.changes
    )


def _detail(entry: Entry, scope: str) -> dict[str, object]:
    return {
        "name": entry.name,
        "short_id": entry.short_id,
        "type": entry.type,
        "trigger": entry.trigger,
        "changes": [{"type": scope, **change} for change in entry.changes],
    }
