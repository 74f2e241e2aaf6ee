"""When and where a question is asked of a project."""

from datetime import datetime

from django.utils import timezone

from accounts.models import Team
from events.filtering.moments import Clock
from events.models import Cohort


def clock_of(team: Team, now: datetime | None = None) -> Clock:
    """Now, in the project's zone. It knows the project's cohorts, deleted ones included, and asks for each but once."""
    members_of = Cohort.objects_including_soft_deleted.lookup(team_id=team.pk)
    return Clock.of(team, now or timezone.now(), members_of=members_of)
