"""Who changed which dashboard, written down in the transaction of the change."""

from collections.abc import Iterable, Sequence
from typing import Any

from accounts.models import Team, User
from activity.changes import Change, activity_between, changes_between
from activity.services import Entry, log_activities, log_activity
from dashboards.models import Dashboard
from tagging.services import Tagged

SCOPE = "Dashboard"
COLUMNS = (
    "name",
    "description",
    "pinned",
    "filters",
    "variables",
    "breakdown_colors",
    "data_color_theme_id",
    "quick_filter_ids",
    "restriction_level",
    "folder",
    "deleted",
)

State = dict[str, Any]


def state_of(dashboard: Dashboard, *, tags: Sequence[str] = ()) -> State:
    return {**{name: getattr(dashboard, name) for name in COLUMNS}, "tags": list(tags)}


def log_creation(dashboard: Dashboard, *, tags: Sequence[str], team: Team, user: User) -> None:
    """With what it has from the beginning."""
    given = {name: value for name, value in state_of(dashboard, tags=tags).items() if value}
    _log(dashboard, "created", before={}, after=given, team=team, user=user)


def log_change(dashboard: Dashboard, *, before: State, after: State, team: Team, user: User) -> None:
    """An update, a deletion or a restoration. Nothing is written of an update that changed nothing."""
    _log(dashboard, activity_between(before, after), before=before, after=after, team=team, user=user)


def log_new_tags(tagged: Iterable[Tagged], *, team: Team, user: User) -> None:
    """Of many dashboards, in one statement besides the one that asks for their names."""
    rows = {row.id: row for row in tagged}
    names = dict(Dashboard.objects.filter(pk__in=rows).values_list("pk", "name"))
    entries = [Entry(pk, names.get(pk), changes=_change_of_tags(row)) for pk, row in rows.items()]
    log_activities(entries, team=team, user=user, scope=SCOPE, activity="updated")


def _change_of_tags(row: Tagged) -> list[Change]:
    return changes_between({"tags": sorted(row.before)}, {"tags": sorted(row.after)}, ("tags",))


def _log(dashboard: Dashboard, activity: str, *, before: State, after: State, team: Team, user: User) -> None:
    changes = changes_between(before, after, (*COLUMNS, "tags"))
    entry = Entry(dashboard.pk, dashboard.name, changes=changes)
    log_activity(entry, team=team, user=user, scope=SCOPE, activity=activity)
