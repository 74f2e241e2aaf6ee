"""The frame of every write to a dashboard."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from common.exceptions import Missing
from dashboards.models import Dashboard


@contextmanager
def writing(
    dashboard: Dashboard,
    *,
    if_match: str | None = None,
    with_cards: bool = False,
    even_deleted: bool = False,
    beside: int | None = None,
) -> Iterator[Dashboard]:
    """One transaction with the row read anew and locked, compared with `If-Match`, and one version newer at the end.

    `with_cards` locks the dashboards too that show one of its texts or buttons: they change with these. `beside` is
    the id of one more to lock, if the team has it. All are locked in the order of their ids.
    Raises Missing for a deleted dashboard and Outdated.
    """
    dashboards = Dashboard.objects_including_soft_deleted.filter(team=dashboard.team_id)
    touched = dashboards.showing_cards_of(dashboard) if with_cards else dashboards.filter(pk__in={dashboard.pk, beside})
    with transaction.atomic():
        locked = next(row for row in touched.locked() if row.pk == dashboard.pk)
        if locked.deleted and not even_deleted:
            raise Missing()
        locked.refuse_if_outdated(if_match)

        yield locked

        dashboards.filter(pk=dashboard.pk).bump()
