from django.db import models

from accounts.querysets import RateCountQuerySet


class RateCount(models.Model):
    """How often somebody asked in the present window, for all workers. Unlogged: a crash may forget it."""

    key = models.CharField(max_length=120, primary_key=True)
    count = models.IntegerField()
    ends_at = models.DateTimeField()

    objects = RateCountQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
