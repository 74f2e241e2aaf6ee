from django.db import models
from django.db.models.fields.json import KeyTextTransform
from uuid_utils.compat import uuid7

from events.querysets import (
    EventQuerySet,
    EventUuidQuerySet,
    PersonCounterQuerySet,
    PersonDistinctIdQuerySet,
    PersonQuerySet,
)

# Properties that everybody breaks down by stand in columns of their own, which Postgres fills from `properties`.
PROMOTED_PROPERTIES = {
    "$browser": "prop_browser",
    "$os": "prop_os",
    "$current_url": "prop_current_url",
    "$referring_domain": "prop_referring_domain",
    "$session_id": "prop_session_id",
    "$group_0": "group_0",
    "$group_1": "group_1",
    "$group_2": "group_2",
    "$group_3": "group_3",
    "$group_4": "group_4",
}


def promoted(name: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=KeyTextTransform(name, "properties"), output_field=models.TextField(null=True), db_persist=True
    )


class Event(models.Model):
    """Partitioned by month; see `events.partitions`. `person_id` is the person's `number` in the team."""

    pk = models.CompositePrimaryKey("team_id", "timestamp", "uuid")
    team = models.ForeignKey(
        "accounts.Team", on_delete=models.CASCADE, related_name="events", db_constraint=False, db_index=False
    )
    timestamp = models.DateTimeField()
    uuid = models.UUIDField()
    event = models.TextField()
    distinct_id = models.TextField()
    person_id = models.BigIntegerField()
    properties = models.JSONField(db_default={})
    elements_chain = models.TextField(db_default="")
    created_at = models.DateTimeField()

    prop_browser = promoted("$browser")
    prop_os = promoted("$os")
    prop_current_url = promoted("$current_url")
    prop_referring_domain = promoted("$referring_domain")
    prop_session_id = promoted("$session_id")
    group_0 = promoted("$group_0")
    group_1 = promoted("$group_1")
    group_2 = promoted("$group_2")
    group_3 = promoted("$group_3")
    group_4 = promoted("$group_4")

    objects = EventQuerySet.as_manager()

    class Meta:
        db_table = "events"
        indexes = [
            models.Index(fields=["team", "event", "timestamp"], include=["person_id"], name="events_by_name"),
            models.Index(fields=["team", "person_id", "timestamp"], name="events_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.event} of {self.distinct_id}"


class EventUuid(models.Model):
    """Which events there are. The events' own key cannot say so: a retry arrives with another timestamp."""

    pk = models.CompositePrimaryKey("team_id", "uuid")
    team = models.ForeignKey(
        "accounts.Team", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    uuid = models.UUIDField()
    timestamp = models.DateTimeField()

    objects = EventUuidQuerySet.as_manager()

    class Meta:
        db_table = "event_uuids"

    def __str__(self) -> str:
        return str(self.uuid)


class Person(models.Model):
    """Someone whom events are about.

    `id` is the API's integer, `number` counts from 1 in each team (with gaps) and stands in the events. Without
    `has_profile` a person is only counted: it is nowhere in the persons API.
    """

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="persons", db_index=False)
    uuid = models.UUIDField(default=uuid7, editable=False)
    number = models.BigIntegerField(editable=False)
    properties = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    is_identified = models.BooleanField(default=False)
    has_profile = models.BooleanField(default=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        db_table = "persons"
        constraints = [
            models.UniqueConstraint(fields=["team", "number"], name="one_person_per_number"),
            models.UniqueConstraint(fields=["team", "uuid"], name="one_person_per_uuid"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class PersonDistinctId(models.Model):
    """A name that a client calls a person by. A person may have many."""

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="distinct_ids")
    distinct_id = models.CharField(max_length=200)

    objects = PersonDistinctIdQuerySet.as_manager()

    class Meta:
        db_table = "person_distinct_ids"
        constraints = [models.UniqueConstraint(fields=["team", "distinct_id"], name="one_person_per_distinct_id")]

    def __str__(self) -> str:
        return self.distinct_id


class PersonCounter(models.Model):
    """The last person number given out in a team."""

    team = models.OneToOneField("accounts.Team", on_delete=models.CASCADE, primary_key=True, related_name="+")
    last_number = models.BigIntegerField()

    objects = PersonCounterQuerySet.as_manager()

    class Meta:
        db_table = "person_counters"

    def __str__(self) -> str:
        return f"{self.team_id}: {self.last_number}"
