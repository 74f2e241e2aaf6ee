"""Who changed which definition, written down in the transaction of the change."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from activity.changes import changes_between
from activity.services import Entry, log_activities, log_activity
from definitions.models import Definition, EventDefinition
from tagging.services import Tagged

if TYPE_CHECKING:
    from accounts.models import Team, User

# Of properties some are absent, which is no change.
COLUMNS = (
    "description",
    "verified",
    "hidden",
    "owner_id",
    "primary_property",
    "default_columns",
    "enforcement_mode",
    "property_type",
)
State = dict[str, Any]


def state_of(definition: Definition) -> State:
    tags = sorted(tag.name for tag in definition.tags.all())
    columns = {name: getattr(definition, name, None) for name in COLUMNS}
    # Null is as good as false here: nobody changed anything by it.
    return {**columns, "hidden": bool(definition.hidden), "tags": tags}


def log_definition(definition: Any, activity: str, *, before: State, after: State, user: "User") -> None:
    changes = changes_between(before, after, (*COLUMNS, "tags"))
    entry = Entry(definition.pk, definition.name, changes=changes)
    log_activity(entry, team=definition.team, user=user, scope=scope_of(type(definition)), activity=activity)


def log_verification(definitions: Iterable[EventDefinition], *, verified: bool, team: "Team", user: "User") -> None:
    changes = changes_between({"verified": not verified}, {"verified": verified}, ("verified",))
    entries = [Entry(definition.pk, definition.name, changes=changes) for definition in definitions]
    log_activities(entries, team=team, user=user, scope=scope_of(EventDefinition), activity="updated")


def log_new_tags(
    tagged: Iterable[Tagged], *, names: Mapping[Any, str], model: type[Any], team: "Team", user: "User"
) -> None:
    entries = [
        Entry(
            row.id,
            names[row.id],
            changes=changes_between({"tags": sorted(row.before)}, {"tags": sorted(row.after)}, ("tags",)),
        )
        for row in tagged
    ]
    log_activities(entries, team=team, user=user, scope=scope_of(model), activity="updated")


def scope_of(model: type[Any]) -> str:
    """PostHog's names of these scopes are those of the models."""
    return model.__name__
