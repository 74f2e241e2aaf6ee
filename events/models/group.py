from django.db import models

from events.decoders import ExactJSONDecoder
from events.querysets import GroupQuerySet, GroupTypeQuerySet

# The events have a column for each.
MAX_GROUP_TYPES = 5


class GroupType(models.Model):
    """A kind of group, such as "company". Its index is the number of the events' column that holds its keys."""

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="group_types", db_index=False)
    group_type = models.CharField(max_length=400)
    group_type_index = models.SmallIntegerField()
    name_singular = models.CharField(max_length=400, null=True, blank=True)
    name_plural = models.CharField(max_length=400, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GroupTypeQuerySet.as_manager()

    class Meta:
        db_table = "group_types"
        ordering = ["group_type_index"]
        constraints = [
            models.UniqueConstraint(fields=["team", "group_type"], name="one_index_per_group_type"),
            models.UniqueConstraint(fields=["team", "group_type_index"], name="one_group_type_per_index"),
            models.CheckConstraint(
                condition=models.Q(group_type_index__gte=0, group_type_index__lt=MAX_GROUP_TYPES),
                name="group_type_index_has_a_column",
            ),
        ]

    def __str__(self) -> str:
        return self.group_type


class Group(models.Model):
    """One group of a type: a company, say. Events name its key; `$groupidentify` tells its properties."""

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+", db_index=False)
    group_type_index = models.SmallIntegerField()
    group_key = models.CharField(max_length=400)
    group_properties = models.JSONField(default=dict, decoder=ExactJSONDecoder)
    created_at = models.DateTimeField()

    objects = GroupQuerySet.as_manager()

    class Meta:
        db_table = "groups"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "group_type_index", "group_key"], name="one_group_per_key"),
        ]

    def __str__(self) -> str:
        return self.group_key
