"""When and where a question is asked of a project."""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from accounts.models import Team
from definitions.models import PropertyDefinition
from events.filtering.moments import Clock
from events.models import Action, Cohort


def clock_of(team: Team, now: datetime | None = None) -> Clock:
    """Now, in the project's zone. It knows the project's cohorts and actions, deleted ones too, and asks once for each.

    And the types of its properties, all of which it asks for when first somebody compares one.
    """
    members_of = Cohort.objects_including_soft_deleted.lookup(team_id=team.pk)
    type_of = PropertyDefinition.objects.lookup_of_types(team=team)
    clock = Clock.of(team, now or timezone.now(), members_of=members_of, type_of=type_of)
    return replace(clock, action_of=Action.objects_including_soft_deleted.lookup(team_id=team.pk))
