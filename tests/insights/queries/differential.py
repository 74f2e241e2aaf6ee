"""How a differential test runs: the program over events that are gone afterwards, against an evaluator."""

import os
from datetime import UTC, datetime

from django.db import transaction
from hypothesis import settings

from events.models import Person
from insights.queries import run
from tests.insights.queries import strategies as ours
from tests.insights.queries.conftest import put_events, put_persons

NOW = datetime(2024, 4, 3, 9, 41, tzinfo=UTC)
#: `DIFFERENTIAL_EXAMPLES=5000 pytest …` looks longer than a build can.
EXAMPLES = int(os.environ.get("DIFFERENTIAL_EXAMPLES", "150"))
differential = settings(max_examples=EXAMPLES)


class _Undo(Exception):
    pass


def results_over(team, query, events, persons, zone, monday, created=None):
    """The answer of the program over just these events, which are gone afterwards.

    Persons were `created` now, unless it says otherwise.
    """
    team.timezone, team.week_start_day = zone.key, 1 if monday else None
    try:
        with transaction.atomic():
            put_persons(team, events, ours.as_persons(persons), created_at=NOW)
            put_events(team, events)
            for number, moment in (created or {}).items():
                Person.objects.filter(team=team, number=number).update(created_at=moment)
            results = run(query, team=team, now=NOW)["results"]
            raise _Undo
    except _Undo:
        return results
