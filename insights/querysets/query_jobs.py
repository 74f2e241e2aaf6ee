from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID, uuid4

from django.db import models, transaction
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from accounts.querysets import ProjectScopedQuerySet
from common.exceptions import Missing

if TYPE_CHECKING:
    from insights.models import QueryJob

#: Who runs a job says so again well within this time; else it is taken for dead, and another process runs the job.
LEASE = timedelta(seconds=30)
#: How long a job may be asked about, since it was accepted and again since it was finished.
KEPT = timedelta(hours=1)
SWEPT_AT_ONCE = 500

OWN_BACKEND = Func(function="pg_backend_pid", output_field=models.IntegerField())
STOPPED = Func(F("backend_pid"), function="pg_cancel_backend", output_field=models.BooleanField())


class QueryJobQuerySet(ProjectScopedQuerySet["QueryJob"]):
    """Moments of leases are the database's, so that the clocks of several machines need not agree."""

    def kept(self) -> Self:
        return self.filter(expiration_time__gt=Now())

    def unfinished(self) -> Self:
        return self.kept().filter(end_time__isnull=True)

    def over(self) -> Self:
        """All others: finished, or forgotten."""
        return self.filter(Q(end_time__isnull=False) | Q(expiration_time__lte=Now()))

    def free(self) -> Self:
        """Accepted, and run by nobody: not yet, or not any more."""
        return self.unfinished().filter(Q(lease_until__isnull=True) | Q(lease_until__lt=Now()))

    def called(self, query_id: str) -> Self:
        return self.filter(query_id=query_id)

    def named(self, query_id: str) -> "QueryJob":
        """Raises Missing."""
        job = self.kept().called(query_id).first()
        if job is None:
            raise Missing()
        return job

    @transaction.atomic
    def claim(self) -> "QueryJob | None":
        """The free job that has waited longest, now the caller's until its lease runs out. None if there is none."""
        waiting = self.free().order_by("start_time").select_related("team")
        job = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if job is None:
            return None
        job.lease, job.attempts = uuid4(), job.attempts + 1
        self.filter(pk=job.pk).update(
            lease=job.lease, lease_until=Now() + LEASE, pickup_time=Now(), attempts=job.attempts, backend_pid=None
        )
        return job

    def held(self, lease: UUID | None) -> Self:
        """The job that is still the caller's, if it is."""
        return self.filter(lease=lease, end_time__isnull=True)

    def renew(self) -> int:
        return self.update(lease_until=Now() + LEASE)

    def run_here(self) -> int:
        """From now on the statements of this connection are those of the job."""
        return self.update(backend_pid=OWN_BACKEND)

    def run_nowhere(self) -> int:
        return self.update(backend_pid=None)

    def stop_backends(self) -> None:
        """Ends the statements that are running for these jobs. Lock them first: `run_nowhere` then has to wait."""
        # A pid whose lease ran out may be another's by now.
        list(self.filter(backend_pid__isnull=False, lease_until__gt=Now()).values_list(STOPPED, flat=True))

    def finish(self, **outcome: Any) -> int:
        return self.update(
            end_time=Now(), expiration_time=Now() + KEPT, lease=None, lease_until=None, backend_pid=None, **outcome
        )

    def sweep(self) -> None:
        """Throws away what nobody may ask about any more."""
        over = self.filter(expiration_time__lt=Now()).order_by("expiration_time").select_for_update(skip_locked=True)
        self.filter(pk__in=over.values("pk")[:SWEPT_AT_ONCE]).delete()
