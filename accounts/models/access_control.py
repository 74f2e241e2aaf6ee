from django.db import models
from uuid_utils.compat import uuid7

from accounts.querysets import AccessControlQuerySet


class AccessControl(models.Model):
    """A rule: what everybody, or one member, may do with a project, with one row, or with all rows of a kind."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="access_controls")
    resource = models.CharField(max_length=32)
    # Of a rule for all rows of the kind, null.
    resource_id = models.CharField(max_length=36, null=True, blank=True)
    access_level = models.CharField(max_length=32)
    # Of a rule for everybody, null.
    organization_member = models.ForeignKey(
        "accounts.OrganizationMembership", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AccessControlQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "resource", "resource_id", "organization_member"],
                nulls_distinct=False,
                name="one_rule_per_thing_and_member",
            )
        ]

    def __str__(self) -> str:
        return f"{self.access_level} on {self.resource} {self.resource_id or ''}"
