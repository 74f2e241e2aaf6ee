"""Deeds on themes: each writes the theme and who changed it, in one transaction."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from activity.changes import changes_between
from activity.services import Entry, log_activity
from themes.models import DataColorTheme

SCOPE = "DataColorTheme"
COLUMNS = ("name", "colors")

Fields = Mapping[str, Any]


@transaction.atomic
def create_theme(fields: Fields, *, team: Team, user: User) -> DataColorTheme:
    theme = DataColorTheme.objects.create(team=team, created_by=user, **fields)
    changes = changes_between({}, _state(theme), COLUMNS)
    log_activity(Entry(theme.pk, theme.name, changes=changes), team=team, user=user, scope=SCOPE, activity="created")
    return theme


@transaction.atomic
def update_theme(theme: DataColorTheme, fields: Fields, *, team: Team, user: User) -> DataColorTheme:
    """`team` is where the change was made, also of a global theme. Raises Missing if the theme is gone by now."""
    theme = DataColorTheme.objects.for_detail().locked().get_or_refuse(pk=theme.pk)
    before = _state(theme)
    for column in fields:
        setattr(theme, column, fields[column])
    theme.save(update_fields=list(fields))

    changes = changes_between(before, _state(theme), COLUMNS)
    log_activity(Entry(theme.pk, theme.name, changes=changes), team=team, user=user, scope=SCOPE, activity="updated")
    return theme


@transaction.atomic
def delete_theme(theme: DataColorTheme, *, team: Team, user: User) -> None:
    """For good. Dashboards that used it have none afterwards."""
    entry = Entry(theme.pk, theme.name, changes=changes_between(_state(theme), {}, COLUMNS))
    theme.delete()
    log_activity(entry, team=team, user=user, scope=SCOPE, activity="deleted")


def _state(theme: DataColorTheme) -> dict[str, Any]:
    return {column: getattr(theme, column) for column in COLUMNS}
