"""What people say about definitions, and what events say."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.db import Error, IntegrityError, transaction

from common.exceptions import Refusal
from definitions.activities import log_definition, log_verification, state_of
from definitions.models import Definition, EventDefinition, EventProperty, PropertyDefinition
from definitions.property_types import PropertyType
from definitions.recently import RecentlySeen
from definitions.sightings import NO_GROUP, PropertyKey, Sightings
from tagging.services import normalise, set_tags, sweep_orphans_later

if TYPE_CHECKING:
    from accounts.models import Project, Team, User

logger = structlog.get_logger(__name__)

# As often as `last_seen_at` moves. In another process a deleted definition may take as long to come back.
_recently = RecentlySeen(lasts=timedelta(hours=1), size=50_000)


def create_event_definition(fields: Mapping[str, Any], *, team: "Team", user: "User") -> EventDefinition:
    """Raises Refusal for a name that is there already."""
    values = dict(fields)
    tags = values.pop("tags", None) or []
    wishes = _wishes(values)
    definition = EventDefinition(team=team, updated_by=user, **values)
    definition.judge(wishes, by=user)
    try:
        with transaction.atomic():
            definition.save(force_insert=True)
            set_tags(definition, tags, team=team)
            log_definition(definition, "created", before={}, after=state_of(definition), user=user)
    except IntegrityError:
        raise Refusal(f"Event definition with name '{definition.name}' already exists", attr="name") from None
    return definition


@transaction.atomic
def update_definition(definition: Definition, changes: Mapping[str, Any], *, team: "Team", user: "User") -> None:
    """What is not in `changes` stays. Only the columns of people are written: events move the others meanwhile."""
    values = dict(changes)
    tags = values.pop("tags", None)
    judged = _wishes(values)
    before = state_of(definition)
    definition.judge(judged, by=user)
    definition.updated_by = user
    for name, value in values.items():
        setattr(definition, name, value)
    if isinstance(definition, PropertyDefinition) and "property_type" in values:
        definition.becomes(values["property_type"])
        values["is_numerical"] = definition.is_numerical

    definition.save(
        update_fields={*values, "verified", "verified_at", "verified_by", "hidden", "updated_by", "updated_at"}
    )
    after = state_of(definition)
    if tags is not None:
        set_tags(definition, tags, team=team)
        after["tags"] = normalise(tags)
    log_definition(definition, "updated", before=before, after=after, user=user)


def delete_event_definition(definition: EventDefinition, *, user: "User") -> None:
    """The next such event makes it anew."""
    _delete(definition, keys=[(definition.team_id, definition.name)], user=user)


def delete_property_definition(definition: PropertyDefinition, *, user: "User") -> None:
    """The next event that carries it makes it anew."""
    index = NO_GROUP if definition.group_type_index is None else definition.group_type_index
    key = PropertyKey(definition.type, index, definition.name)
    _delete(definition, keys=[(definition.team_id, key, kind) for kind in (None, *PropertyType)], user=user)


@dataclass(frozen=True)
class Verdict:
    """`changed` and `missing` in the order of the request; what was so already is in neither."""

    changed: list[UUID]
    missing: list[UUID]


@transaction.atomic
def bulk_update_verified(ids: Collection[UUID], *, verified: bool, project: "Project", user: "User") -> Verdict:
    definitions = EventDefinition.objects.for_project(project)
    found = {definition.pk: definition for definition in definitions.locked(ids)}
    wanted = list(dict.fromkeys(ids))
    changed = [pk for pk in wanted if pk in found and found[pk].verified is not verified]
    if changed:
        chosen = definitions.filter(pk__in=changed)
        chosen.verify(by=user) if verified else chosen.unverify(by=user)
        log_verification([found[pk] for pk in changed], verified=verified, team=project.team, user=user)
    return Verdict(changed=changed, missing=[pk for pk in wanted if pk not in found])


def custom_events(project: "Project") -> dict[str, dict[str, str | None]]:
    """The project's own events with their own properties, and the types of these. Three queries."""
    names = EventDefinition.objects.for_project(project).custom().shown().order_by("name")
    events: dict[str, dict[str, str | None]] = {name: {} for name in names.values_list("name", flat=True)}
    shown = PropertyDefinition.objects.for_project(project).of_kind("event").custom().shown()
    types = dict(shown.values_list("name", "property_type"))
    for event, name in EventProperty.objects.for_project(project).in_order():
        if event in events and name in types:
            events[event][name] = types[name]
    return events


def record_seen(
    *,
    team: "Team",
    events: Iterable[tuple[str, Mapping[str, Any]]],
    seen_at: datetime,
    group_types: Mapping[str, int] | None = None,
) -> None:
    """Makes or refreshes the definitions of these events (name, properties) and of all they carry.

    To be called once the events are stored, outside of their transaction: batches of the same names would wait for
    each other. At most three statements; none for what this process wrote down within the hour. When the database
    fails it only says so in the log: the events are safe, and the next ones carry the same names.
    """
    sightings = Sightings.of(events, group_types=group_types)
    names = [name for _, name in _unseen(team, ((name,) for name in sightings.names), at=seen_at)]
    properties = _unseen(team, sightings.properties.items(), at=seen_at)
    pairs = _unseen(team, sightings.pairs, at=seen_at)
    if not (names or properties or pairs):
        return
    try:
        with transaction.atomic():
            if names:
                EventDefinition.objects.note_seen(names, team_id=team.pk, at=seen_at)
            if properties:
                typed = {key: kind for _, key, kind in properties}
                PropertyDefinition.objects.note_seen(typed, team_id=team.pk, at=seen_at)
            if pairs:
                EventProperty.objects.note_seen([(event, name) for _, event, name in pairs], team_id=team.pk)
    except Error as exc:
        logger.warning("definitions_not_recorded", team=team.pk, error=type(exc).__name__)
        return
    _recently.note([*((team.pk, name) for name in names), *properties, *pairs], at=seen_at)


def _unseen(team: "Team", keys: Iterable[tuple[Any, ...]], *, at: datetime) -> list[tuple[Any, ...]]:
    return _recently.unseen(((team.pk, *key) for key in keys), at=at)


def _wishes(values: dict[str, Any]) -> dict[str, Any]:
    """Takes out what people wish for a definition's standing."""
    return {name: values.pop(name) for name in ("verified", "hidden") if name in values}


def _delete(definition: Definition, *, keys: Iterable[tuple[Any, ...]], user: "User") -> None:
    team = definition.team  # type: ignore[attr-defined]
    with transaction.atomic():
        log_definition(definition, "deleted", before={}, after={}, user=user)
        definition.delete()
        sweep_orphans_later(team)
    _recently.forget(keys)
