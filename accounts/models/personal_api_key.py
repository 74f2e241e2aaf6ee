from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from accounts.querysets import PersonalAPIKeyQuerySet
from accounts.tokens import hash_key, mask_key, random_text

LAST_USED_RESOLUTION = timedelta(hours=1)


def key_id() -> str:
    return random_text(12)


class PersonalAPIKey(models.Model):
    """A user's key to the API. Only its hash is kept; `value` is there right after creation and roll, then never."""

    id = models.CharField(primary_key=True, max_length=50, default=key_id, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="personal_api_keys")
    label = models.CharField(max_length=40)
    description = models.TextField(null=True, blank=True)
    secure_value = models.CharField(max_length=300, unique=True, editable=False)
    mask_value = models.CharField(max_length=11, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_rolled_at = models.DateTimeField(null=True, blank=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=100), default=list)
    scoped_teams = ArrayField(models.IntegerField(), default=list, blank=True)
    scoped_organizations = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    # Keys that the program made for itself or an operator made by command do not use up the user's ten.
    is_counted = models.BooleanField(default=True, editable=False)

    objects = PersonalAPIKeyQuerySet.as_manager()
    value: str | None = None

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.label} ({self.mask_value})"

    def set_value(self, value: str) -> None:
        self.value = value
        self.secure_value = hash_key(value)
        self.mask_value = mask_key(value)

    def was_used(self) -> None:
        """Notes the use, at most once an hour, so that reading stays reading."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > LAST_USED_RESOLUTION:
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)
