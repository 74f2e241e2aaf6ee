"""Jobs are put in, looked after and cancelled. No thread here, and no computing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from common.exceptions import Conflict
from insights.jobs.workers import workers
from insights.models import QueryJob

JSON = dict[str, Any]

#: Of one project. More would only wait, in front of other projects' jobs.
MOST_UNFINISHED = 100
CANCELLED = {"has_failed": True, "error_code": "query_cancelled", "error_message": "The query was cancelled."}


@dataclass(frozen=True)
class Asker:
    team: Team
    user: User


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a job is to compute. With a `query_id`, under the name that the client chose."""

    query: JSON
    cache_key: str
    is_forced: bool = False
    query_id: str | None = None
    insight_id: int | None = None
    dashboard_id: int | None = None


@transaction.atomic
def put_in(orders: Sequence[Order], *, asker: Asker) -> list[QueryJob | None]:
    """A job for each order, in their order: one that computes the same already, or a new one. None: too many wait.

    Who forces gets a job that begins after he asked. One statement looks and one writes, whatever the number of orders,
    but for those with a name. Raises Conflict for a name that is in use.
    """
    unfinished = list(QueryJob.objects.unfinished().filter(team=asker.team).defer("query"))
    is_forced = any(order.is_forced for order in orders)
    jobs = {} if is_forced else {job.cache_key: job for job in unfinished}
    fresh: dict[str, QueryJob] = {}
    for order in orders:
        has_room = len(unfinished) + len(fresh) < MOST_UNFINISHED
        if order.query_id and has_room:
            jobs[order.cache_key] = _put_named(order, asker)
        elif order.cache_key not in jobs and has_room:
            jobs[order.cache_key] = fresh[order.cache_key] = QueryJob(**_fields(order, asker))
    if fresh:
        QueryJob.objects.bulk_create(fresh.values())

    transaction.on_commit(workers.wake)
    return [jobs.get(order.cache_key) for order in orders]


def find(jobs: Any, query_id: str) -> QueryJob:
    """The job of this name among `jobs`. If its process died, this one sees to it. Raises Missing."""
    job: QueryJob = jobs.named(query_id)
    if not job.is_complete and jobs.free().filter(pk=job.pk).exists():
        workers.wake()
    return job


@transaction.atomic
def cancel(jobs: Any) -> int:
    """Ends these jobs, and their statements where they run. The number of those that had not ended by themselves."""
    unfinished = jobs.unfinished()
    # Locked until the end: a job gives its connection back only after it has written so into this row, and the
    # connection's next statements must not be the ones that are stopped.
    ids = list(unfinished.select_for_update().order_by("pk").values_list("pk", flat=True))
    locked = QueryJob.objects.filter(pk__in=ids)
    locked.stop_backends()
    return locked.finish(**CANCELLED)


def _put_named(order: Order, asker: Asker) -> QueryJob:
    named = QueryJob.objects.filter(team=asker.team, query_id=order.query_id)
    present = named.unfinished().first()
    if present is None:
        named.over().delete()
        fields = _fields(order, asker)
        present, _ = QueryJob.objects.get_or_create(
            team=fields.pop("team"), query_id=fields.pop("query_id"), defaults=fields
        )
    if present.cache_key != order.cache_key:
        raise Conflict("This client_query_id names another query, which is still running.", attr="client_query_id")
    return present


def _fields(order: Order, asker: Asker) -> dict[str, Any]:
    fields = {
        "team": asker.team,
        "user": asker.user,
        "query": order.query,
        "cache_key": order.cache_key,
        "is_forced": order.is_forced,
        "insight_id": order.insight_id,
        "dashboard_id": order.dashboard_id,
    }
    return fields | {"query_id": order.query_id} if order.query_id else fields
