from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.querysets import ProjectScopedQuerySet


class Card(models.Model):
    """What a tile may show besides an insight, and who wrote it."""

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    last_modified_at = models.DateTimeField(default=timezone.now)
    last_modified_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ProjectScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class Text(Card):
    body = models.CharField(max_length=4000, null=True, blank=True)

    def __str__(self) -> str:
        return (self.body or "")[:40]


class ButtonTile(Card):
    class Placement(models.TextChoices):
        LEFT = "left"
        RIGHT = "right"

    class Style(models.TextChoices):
        PRIMARY = "primary"
        SECONDARY = "secondary"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    url = models.CharField(max_length=2000)
    text = models.CharField(max_length=200)
    placement = models.CharField(max_length=10, choices=Placement.choices, default=Placement.LEFT)
    style = models.CharField(max_length=10, choices=Style.choices, default=Style.PRIMARY)

    def __str__(self) -> str:
        return self.text
