from django.db import models

from tagging.querysets import TagQuerySet


class Tag(models.Model):
    """A name stuck on rows. Stored stripped and lower-cased; gone with its last use."""

    team = models.ForeignKey("accounts.Team", on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=255)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="one_tag_per_name")]

    def __str__(self) -> str:
        return self.name


class TaggableModel(models.Model):
    tags = models.ManyToManyField(Tag, related_name="%(class)ss", blank=True)

    class Meta:
        abstract = True
