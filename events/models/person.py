from django.db import models
from uuid_utils.compat import uuid7

from events.decoders import ExactJSONDecoder
from events.querysets import PersonCounterQuerySet, PersonDistinctIdQuerySet, PersonQuerySet


class Person(models.Model):
    """Someone whom events are about.

    `id` is the API's integer, `number` counts from 1 in each team (with gaps) and stands in the events. Without
    `has_profile` a person is only counted: it is nowhere in the persons API.
    """

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="persons", db_index=False)
    uuid = models.UUIDField(default=uuid7, editable=False)
    number = models.BigIntegerField(editable=False)
    properties = models.JSONField(default=dict, decoder=ExactJSONDecoder)
    created_at = models.DateTimeField()
    is_identified = models.BooleanField(default=False)
    has_profile = models.BooleanField(default=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        db_table = "persons"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["team", "-created_at", "-id"],
                name="persons_newest_first",
                condition=models.Q(has_profile=True),
            )
        ]
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
