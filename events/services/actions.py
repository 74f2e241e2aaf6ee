"""Deeds on actions: each writes the action, its tags and who changed it, in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Team, User
from activity.changes import activity_between, changes_between
from activity.services import Entry, log_activity
from common.exceptions import Refusal
from events.clock import clock_of
from events.filtering.actions import alternatives_of
from events.filtering.compiler import alternatives_sql
from events.filtering.errors import fault_of
from events.filtering.sql import Sql
from events.models import Action
from tagging.services import set_tags

SCOPE = "Action"
COLUMNS = ("name", "description", "steps", "post_to_slack", "slack_message_format", "pinned_at", "deleted")

Fields = Mapping[str, Any]


@transaction.atomic
def create_action(fields: Fields, *, team: Team, user: User) -> Action:
    """Raises Refusal for a name that is taken, and for steps that mean nothing."""
    action = Action(team=team, created_by=user)
    _fill(action, fields)
    action.save(force_insert=True)
    if fields.get("tags"):
        set_tags(action, fields["tags"], team=team)
    _log(action, {}, "created", user=user)
    return action


@transaction.atomic
def update_action(action: Action, fields: Fields, *, user: User) -> Action:
    """Only what `fields` names changes. Raises Refusal, as `create_action` does."""
    held = Action.objects_including_soft_deleted.locked().get_or_refuse(pk=action.pk)
    before = _state(held)
    _fill(held, fields)
    held.changed_at = timezone.now()
    held.save()
    if fields.get("tags") is not None:
        set_tags(held, fields["tags"], team=held.team)
    _log(held, before, activity_between(before, _state(held)), user=user)
    return held


def _fill(action: Action, fields: Fields) -> None:
    for column in COLUMNS:
        if column in fields:
            setattr(action, column, fields[column])
    _refuse_taken_name(action)
    if "steps" in fields:
        with fault_of("steps"):
            clock = replace(clock_of(action.team), compile_hogql=_unread, session_meets=_unread)
            alternatives_sql(alternatives_of(action.steps), clock=clock)


def _unread(*args: Any, **kwargs: Any) -> Sql:
    """What only queries can read is stored as it is, and judged when it is asked."""
    return Sql("TRUE")


def _refuse_taken_name(action: Action) -> None:
    others = Action.objects.filter(team=action.team).with_name(action.name, other_than=action.pk)
    other = None if action.deleted else others.first()
    if other is not None:
        text = f"This project already has an action with this name, ID {other.pk}"
        raise Refusal(text, code="unique", attr="name")


def _log(action: Action, before: Fields, word: str, *, user: User) -> None:
    entry = Entry(action.pk, action.name, changes=changes_between(before, _state(action), COLUMNS))
    log_activity(entry, team=action.team, user=user, scope=SCOPE, activity=word)


def _state(action: Action) -> dict[str, Any]:
    pinned_at = action.pinned_at.isoformat() if action.pinned_at else None
    return {column: getattr(action, column) for column in COLUMNS} | {"pinned_at": pinned_at}
