"""The SQL over definitions. What ingestion writes, it writes in sorted order: batches wait in line, not in a ring."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import connections
from django.db.models import BooleanField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Collate, Length, TruncDate
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.querysets import ProjectScopedQuerySet
from definitions.property_types import PropertyType
from definitions.sightings import NO_GROUP, PropertyKey
from definitions.taxonomy import CORE_EVENTS, CORE_PROPERTIES, INTERNAL_PREFIX, INTERNAL_PROPERTIES, labelled

if TYPE_CHECKING:
    from accounts.models import Team, User

    # Named in quotes below, where ruff does not look.
    from definitions.models import EventDefinition, EventProperty, PropertyDefinition  # noqa: F401

STALE_AFTER = timedelta(days=30)
ORDERS: dict[str, Any] = {
    "name": F("name"),
    "last_seen_at": F("last_seen_at"),
    "last_seen_at::date": TruncDate("last_seen_at", tzinfo=UTC),
    "created_at": F("created_at"),
    "created_at::date": TruncDate("created_at", tzinfo=UTC),
}
DEFAULT_ORDER = (ORDERS["last_seen_at::date"].desc(nulls_last=True), F("name").asc())


class EventDefinitionQuerySet(ProjectScopedQuerySet["EventDefinition"]):
    def for_list(self) -> Self:
        return self.for_detail().order_by(*DEFAULT_ORDER)

    def for_detail(self) -> Self:
        return self.select_related("owner", "updated_by", "verified_by").prefetch_related("tags")

    # What the parameters of the list mean.

    def search(self, text: str) -> Self:
        """The name holds every word of `text`, case aside; the shortest names come first."""
        holds = Q(*(Q(name__icontains=term) for term in text.split()))
        return self.filter(holds).order_by(Length("name"), *DEFAULT_ORDER)

    def in_order_of(self, orders: Iterable[str]) -> Self:
        """Keys of ORDERS, with or without a minus. What was never seen comes last, or, ascending, first."""
        wanted = [
            ORDERS[order.removeprefix("-")].desc(nulls_last=True)
            if order.startswith("-")
            else ORDERS[order].asc(nulls_first=True)
            for order in orders
        ]
        return self.order_by(*wanted, "name")

    def posthogs_own(self) -> Self:
        return self.filter(name__startswith="$")

    def custom(self) -> Self:
        return self.exclude(name__startswith="$")

    def trusted(self) -> Self:
        """Verified by somebody, or known to PostHog itself."""
        return self.filter(Q(verified=True) | Q(name__in=CORE_EVENTS))

    def not_trusted(self) -> Self:
        return self.filter(verified=False).exclude(name__in=CORE_EVENTS)

    def shown(self) -> Self:
        return self.exclude(hidden=True)

    def fresh(self) -> Self:
        """Not without news for a month. One that never had any may be about to."""
        return self.exclude(last_seen_at__lt=timezone.now() - STALE_AFTER)

    def tagged(self, names: Collection[str]) -> Self:
        """With at least one of these tags."""
        wearings = self.model.tags.through.objects.filter(eventdefinition_id=OuterRef("pk"))
        return self.filter(Exists(wearings.filter(tag__name__in=names)))

    # What actions read and write.

    def primary_properties(self, names: Collection[str] = ()) -> dict[str, str]:
        """By event, where there is one. Of all events, or of these."""
        found = self.exclude(primary_property__isnull=True).exclude(primary_property="")
        found = found.filter(name__in=names) if names else found
        return {event: name or "" for event, name in found.order_by("name").values_list("name", "primary_property")}

    def locked(self, ids: Collection[UUID]) -> list["EventDefinition"]:
        """Held until the transaction ends, taken in the order that `note_seen` takes them in."""
        return list(
            self.filter(pk__in=ids)
            .select_related(None)
            .prefetch_related(None)
            .select_for_update(no_key=True)
            .order_by(Collate("name", "C"))
        )

    def verify(self, *, by: "User") -> None:
        now = timezone.now()
        self.update(verified=True, verified_at=now, verified_by=by, hidden=False, updated_by=by, updated_at=now)

    def unverify(self, *, by: "User") -> None:
        self.update(verified=False, verified_at=None, verified_by=None, updated_by=by, updated_at=timezone.now())

    def note_seen(self, names: Iterable[str], *, team_id: int, at: datetime) -> None:
        """One statement. A row that was seen within the hour stays as it is."""
        ordered = sorted(names)
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO event_definitions AS definition
                    (id, team_id, name, description, verified, enforcement_mode, default_columns, updated_at,
                     created_at, last_seen_at)
                SELECT seen.id, %(team)s::bigint, seen.name, '', false, 'allow', '[]', %(at)s::timestamptz,
                       %(at)s::timestamptz, %(at)s::timestamptz
                FROM unnest(%(ids)s::uuid[], %(names)s::text[]) AS seen (id, name)
                ON CONFLICT (team_id, name) DO UPDATE SET
                    created_at = COALESCE(definition.created_at, excluded.created_at),
                    last_seen_at = excluded.last_seen_at
                WHERE definition.last_seen_at IS NULL
                   OR definition.last_seen_at < excluded.last_seen_at - interval '1 hour'
                """,
                {"team": team_id, "at": at, "ids": [uuid7() for _ in ordered], "names": ordered},
            )


class PropertyDefinitionQuerySet(ProjectScopedQuerySet["PropertyDefinition"]):
    def for_list(self) -> Self:
        return self.for_detail().order_by("-verified", "name")

    def for_detail(self) -> Self:
        return self.select_related("updated_by", "verified_by").prefetch_related("tags")

    def lookup_of_types(self, *, team: "Team") -> Callable[..., str | None]:
        """Called with kind, name and, for groups, the index: the type, if it is not text. One query, when first asked.

        What a question compares is found out bit by bit, through actions and cohorts: hence all of them at once.
        """

        @cache
        def types() -> dict[tuple[str, str, int | None], str]:
            found = self.filter(team=team, property_type__isnull=False).exclude(property_type=PropertyType.STRING)
            rows = found.values_list("type", "name", "group_type_index", "property_type")
            return {(kind, name, index): property_type or "" for kind, name, index, property_type in rows}

        def type_of(kind: str, name: str, group_type_index: int | None = None) -> str | None:
            return types().get((kind, name, group_type_index))

        return type_of

    # What the parameters of the list mean.

    def of_kind(self, kind: str, *, group_type_index: int | None = None) -> Self:
        """Without those of events that nobody should ask about."""
        found = self.filter(type=kind)
        if kind == "event":
            return found.exclude(name__in=INTERNAL_PROPERTIES).exclude(name__startswith=INTERNAL_PREFIX)
        return found.filter(group_type_index=group_type_index) if kind == "group" else found

    def search(self, text: str) -> Self:
        """The name, or what people call the property, holds every word of `text`, case aside."""
        terms = text.split()
        return self.filter(Q(*(Q(name__icontains=term) for term in terms)) | Q(name__in=labelled(terms)))

    def feature_flags(self) -> Self:
        return self.filter(name__startswith="$feature/")

    def no_feature_flags(self) -> Self:
        return self.exclude(name__startswith="$feature/")

    def custom(self) -> Self:
        """Without what PostHog's SDKs add by themselves."""
        return self.exclude(name__startswith="$").exclude(name__in=CORE_PROPERTIES)

    def shown(self) -> Self:
        return self.exclude(hidden=True)

    def seen(self) -> Self:
        """On one of the events that `with_seen_on` looked at."""
        return self.filter(Q(is_seen_on_filtered_events=True))

    def with_seen_on(self, events: Collection[str] | None) -> Self:
        """Adds `is_seen_on_filtered_events`; with events to look at, the properties seen on them come first."""
        if events is None:
            return self.annotate(is_seen_on_filtered_events=Value(None, output_field=BooleanField(null=True)))
        pairs = self._pairs().filter(team_id=OuterRef("team_id"), property=OuterRef("name"), event__in=events)
        return self.annotate(is_seen_on_filtered_events=Exists(pairs)).order_by(
            "-is_seen_on_filtered_events", "-verified", "name"
        )

    def locked(self, ids: Collection[UUID]) -> list["PropertyDefinition"]:
        """Held until the transaction ends, taken in the order that `note_seen` takes them in."""
        key = (Collate("type", "C"), F("group_type_index").asc(nulls_first=True), Collate("name", "C"))
        return list(
            self.filter(pk__in=ids)
            .select_related(None)
            .prefetch_related(None)
            .select_for_update(no_key=True)
            .order_by(*key)
        )

    def _pairs(self) -> Any:
        return self.model._meta.apps.get_model("definitions", "EventProperty").objects

    def note_seen(self, properties: Mapping[PropertyKey, PropertyType | None], *, team_id: int, at: datetime) -> None:
        """One statement. A row that has a type keeps it: people correct types, and one odd value proves nothing."""
        keys = sorted(properties)
        types = [properties[key] for key in keys]
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO property_definitions AS definition
                    (id, team_id, type, group_type_index, name, property_type, is_numerical, description, verified,
                     updated_at)
                SELECT seen.id, %(team)s::bigint, seen.kind, NULLIF(seen.group_type_index, %(no_group)s::int),
                       seen.name, seen.property_type, COALESCE(seen.property_type = 'Numeric', false), '', false,
                       %(at)s::timestamptz
                FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(groups)s::int[], %(names)s::text[], %(types)s::text[])
                     AS seen (id, kind, group_type_index, name, property_type)
                ON CONFLICT (team_id, type, COALESCE(group_type_index, -1), name) DO UPDATE SET
                    property_type = excluded.property_type, is_numerical = excluded.is_numerical
                WHERE definition.property_type IS NULL AND excluded.property_type IS NOT NULL
                """,
                {
                    "team": team_id,
                    "at": at,
                    "no_group": NO_GROUP,
                    "ids": [uuid7() for _ in keys],
                    "kinds": [key.kind for key in keys],
                    "groups": [key.group_type_index for key in keys],
                    "names": [key.name for key in keys],
                    "types": [None if kind is None else kind.value for kind in types],
                },
            )


class EventPropertyQuerySet(ProjectScopedQuerySet["EventProperty"]):
    def seen_together(self, events: Sequence[str], name: str) -> dict[str, bool]:
        """For each of the events, whether it ever carried the property."""
        found = set(self.filter(event__in=events, property=name).values_list("event", flat=True))
        return {event: event in found for event in events}

    def in_order(self) -> Any:
        """Pairs of names, sorted."""
        return self.order_by("event", "property").values_list("event", "property")

    def note_seen(self, pairs: Iterable[tuple[str, str]], *, team_id: int) -> None:
        ordered = sorted(pairs)
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO event_properties (team_id, event, property)
                SELECT %s::bigint, seen.event, seen.property
                FROM unnest(%s::text[], %s::text[]) AS seen (event, property)
                ON CONFLICT DO NOTHING
                """,
                [team_id, [event for event, _ in ordered], [name for _, name in ordered]],
            )
