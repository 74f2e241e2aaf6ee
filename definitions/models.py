from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from uuid_utils.compat import uuid7

from definitions.property_types import PropertyType
from definitions.querysets import EventDefinitionQuerySet, EventPropertyQuerySet, PropertyDefinitionQuerySet
from definitions.sightings import NO_GROUP
from tagging.models import TaggableModel

if TYPE_CHECKING:
    from accounts.models import User


class Definition(TaggableModel):
    """What the team says about a name that stands in its events."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=400)
    description = models.TextField(null=True, blank=True, default="")
    verified = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    hidden = models.BooleanField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def judge(self, wishes: Mapping[str, Any], *, by: "User") -> None:
        """`wishes` may hold `verified` and `hidden`, not both true: the one that is granted ends the other."""
        hidden = False if wishes.get("verified") else wishes.get("hidden", self.hidden)
        verified = not hidden and wishes.get("verified", self.verified)
        if verified and not self.verified:
            self.verified_at, self.verified_by = timezone.now(), by
        elif not verified:
            self.verified_at, self.verified_by = None, None
        self.verified, self.hidden = verified, hidden


class EventDefinition(Definition):
    """An event by its name. Made by the first such event, or by hand before there is any; then its times are null."""

    class EnforcementMode(models.TextChoices):
        ALLOW = "allow", "allow"
        REJECT = "reject", "reject"

    team = models.ForeignKey(
        "accounts.Team", on_delete=models.CASCADE, related_name="event_definitions", db_index=False
    )
    owner = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    enforcement_mode = models.CharField(max_length=10, choices=EnforcementMode.choices, default=EnforcementMode.ALLOW)
    primary_property = models.CharField(max_length=400, null=True, blank=True)
    default_columns = models.JSONField(default=list, blank=True)

    objects = EventDefinitionQuerySet.as_manager()

    # PostHog shows actions in the shape of event definitions. An event is none.
    is_action = is_calculating = post_to_slack = False
    action_id = last_calculated_at = created_by = None
    media_preview_urls: tuple[str, ...] = ()

    class Meta:
        db_table = "event_definitions"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="one_event_definition_per_name")]

    def query_usage(self) -> int:
        """How many saved insights ask for the event. Insights lie above: they are reached through the team."""
        return self.team.insights.about_events([self.name]).count()


class PropertyDefinition(Definition):
    """A property of events, persons, or groups of one type, and the kind of its values."""

    class Kind(models.TextChoices):
        EVENT = "event", "event"
        PERSON = "person", "person"
        GROUP = "group", "group"
        SESSION = "session", "session"

    team = models.ForeignKey(
        "accounts.Team", on_delete=models.CASCADE, related_name="property_definitions", db_index=False
    )
    type = models.CharField(max_length=10, choices=Kind.choices, default=Kind.EVENT)
    group_type_index = models.IntegerField(null=True, blank=True)
    property_type = models.CharField(max_length=20, choices=PropertyType.choices, null=True, blank=True)
    is_numerical = models.BooleanField(default=False)

    objects = PropertyDefinitionQuerySet.as_manager()

    class Meta:
        db_table = "property_definitions"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "team",
                "type",
                Coalesce("group_type_index", Value(NO_GROUP)),
                "name",
                name="one_property_definition_per_name",
            ),
            models.CheckConstraint(
                condition=Q(type="group", group_type_index__isnull=False)
                | (~Q(type="group") & Q(group_type_index__isnull=True)),
                name="group_properties_name_their_group_type",
            ),
        ]

    def becomes(self, property_type: str | None) -> None:
        self.property_type = property_type or None
        self.is_numerical = property_type == PropertyType.NUMERIC


class EventProperty(models.Model):
    """That an event of this name carried this property at least once."""

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+", db_index=False)
    event = models.CharField(max_length=400)
    property = models.CharField(max_length=400)

    objects = EventPropertyQuerySet.as_manager()

    class Meta:
        db_table = "event_properties"
        constraints = [
            models.UniqueConstraint(fields=["team", "event", "property"], name="one_event_property_per_pair")
        ]
        indexes = [models.Index(fields=["team", "property"], name="event_properties_of_property")]

    def __str__(self) -> str:
        return f"{self.event}: {self.property}"
