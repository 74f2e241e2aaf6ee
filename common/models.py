from django.db import models


class SoftDeleteModel(models.Model):
    """A row that is hidden rather than removed.

    A subclass gives two managers: `objects` leaves hidden rows out, `objects_including_soft_deleted` does not.

    `deleted_with` is the stamp of the deletion that took the row along; a restore brings back exactly its stamp.
    """

    deleted = models.BooleanField(default=False)
    deleted_with = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
