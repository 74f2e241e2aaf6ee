from django.db import models

from common.querysets import SoftDeleteQuerySet


class SoftDeleteModel(models.Model):
    """A row that is hidden rather than removed. A subclass gives its own `objects`, which must leave these out.

    `deleted_with` is the stamp of the deletion that took the row along; a restore brings back exactly its stamp.
    """

    deleted = models.BooleanField(default=False)
    deleted_with = models.UUIDField(null=True, blank=True, editable=False)

    objects_including_soft_deleted = SoftDeleteQuerySet.as_manager()

    class Meta:
        abstract = True
