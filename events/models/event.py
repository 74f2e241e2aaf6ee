from django.db import models
from django.db.models.fields.json import KeyTextTransform

from events.querysets import EventQuerySet, EventUuidQuerySet


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
        return str(self.uuid)


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
