from typing import Any

from django.db import models

from common.models import SoftDeleteModel
from events.decoders import ExactJSONDecoder
from events.filtering.cohorts import criteria_of_groups, is_behavioural, membership_condition
from events.filtering.conditions import Condition, Members
from events.querysets import CohortManager, CohortPersonQuerySet, CohortQuerySet


class Cohort(SoftDeleteModel):
    """A set of persons: those whom somebody listed (`is_static`), or those who meet its criteria at the moment.

    What uses a deleted cohort still means what it meant.
    """

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="cohorts", db_index=False)
    name = models.CharField(max_length=400, null=True, blank=True)
    description = models.CharField(max_length=1000, default="", blank=True)
    groups: Any = models.JSONField(default=list, blank=True, decoder=ExactJSONDecoder)
    filters: Any = models.JSONField(null=True, blank=True, decoder=ExactJSONDecoder)
    is_static = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    #: How many there were when they were counted last.
    count = models.IntegerField(null=True, blank=True)
    last_calculation = models.DateTimeField(null=True, blank=True)
    errors_calculating = models.IntegerField(default=0)
    #: When somebody changed who is in it, or what it is called; answers that are older may be wrong.
    changed_at = models.DateTimeField(null=True, editable=False)

    objects = CohortManager()
    objects_including_soft_deleted = CohortQuerySet.as_manager()

    class Meta:
        db_table = "cohorts"
        ordering = ["-created_at", "-id"]
        base_manager_name = "objects_including_soft_deleted"
        indexes = [models.Index(fields=["team", "-created_at", "-id"], name="cohorts_newest_first")]

    def __str__(self) -> str:
        return self.name or ""

    @property
    def criteria(self) -> dict[str, Any]:
        """Raises Refusal for groups that cannot be told in this way."""
        properties = (self.filters or {}).get("properties")
        if properties is not None or not self.groups:
            return properties or {}
        return criteria_of_groups(self.groups)

    @property
    def condition(self) -> Condition | None:
        """Who is in it; None if somebody listed them. Raises pydantic's ValidationError, and Refusal."""
        return None if self.is_static else membership_condition(self.criteria, team_id=self.team_id)

    @property
    def members(self) -> Members:
        """Raises pydantic's ValidationError, and Refusal."""
        return Members(team_id=self.team_id, cohort_id=self.pk, name=self.name or "", condition=self.condition)

    @property
    def cohort_type(self) -> str:
        condition = self.condition
        if condition is None:
            return "static"
        return "behavioral" if is_behavioural(condition) else "person_property"


class CohortPerson(models.Model):
    """Somebody in a static cohort, by the number that stands in the events."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="+", db_index=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+", db_index=False)
    person_number = models.BigIntegerField()

    objects = CohortPersonQuerySet.as_manager()

    class Meta:
        db_table = "cohort_people"
        constraints = [models.UniqueConstraint(fields=["cohort", "person_number"], name="each_person_once_in_a_cohort")]
        indexes = [models.Index(fields=["team", "person_number"], name="cohorts_of_a_person")]

    def __str__(self) -> str:
        return f"{self.cohort_id}: {self.person_number}"
