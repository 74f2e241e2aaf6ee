"""Questions about random events, answered by Postgres and by a few lines of Python."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.models import Event, Person
from tests.insights.queries.conftest import put_events, put_persons
from tests.insights.queries.reference.samples import SampleEvent

ZONE = "America/New_York"
NUMBERS = st.one_of(st.integers(-5, 5), st.floats(-5, 5).map(lambda number: round(number, 2)))
VALUES = st.one_of(st.none(), NUMBERS, st.sampled_from(["a", "B"]))
EVENTS = st.lists(
    st.builds(
        SampleEvent,
        event=st.sampled_from(["a", "b", "c"]),
        # Around the night in which New York's clocks go forward.
        timestamp=st.integers(0, 4 * 24 * 60).map(lambda m: datetime(2024, 3, 8, tzinfo=UTC) + timedelta(minutes=m)),
        person=st.integers(1, 3),
        properties=st.fixed_dictionaries({}, optional={"v": VALUES}),
    ),
    max_size=12,
)


def text_of(event):
    value = event.properties.get("v")
    return None if value is None else str(value)


def number_of(event):
    value = event.properties.get("v")
    return value if isinstance(value, int | float) else None


def per_day(events):
    return sorted(Counter(event.timestamp.astimezone(ZoneInfo(ZONE)).date().isoformat() for event in events).items())


def per_event(events):
    found = defaultdict(list)
    for event in events:
        found[event.event].append(event.timestamp)
    return sorted((name, len(times), len(set(times))) for name, times in found.items())


QUESTIONS = [
    ("SELECT toString(toDate(timestamp)) AS d, count() FROM events GROUP BY d ORDER BY d", per_day),
    ("SELECT event, count(), uniq(timestamp) FROM events GROUP BY event ORDER BY event", per_event),
    ("SELECT countIf(properties.v = 'a'), countIf(properties.v != 'a'), countIf(not properties.v = 'a'),"
     " countIf(properties.v in ('a', 'B')), countIf(properties.v not in ('a', 'B')) FROM events",
     lambda events: [(
         sum(text_of(event) == "a" for event in events),
         sum(text_of(event) != "a" for event in events),
         sum(text_of(event) != "a" for event in events),
         sum(text_of(event) in ("a", "B") for event in events),
         sum(text_of(event) not in ("a", "B") for event in events),
     )]),
    ("SELECT countIf(properties.v > 1), countIf(properties.v <= 1) FROM events",
     lambda events: [(
         sum((number_of(event) or 0) > 1 for event in events),
         sum(number_of(event) is not None and number_of(event) <= 1 for event in events),
     )]),
    ("SELECT count(toFloat(properties.v)), median(properties.v) FROM events",
     lambda events: [(
         len(known := [float(number_of(event)) for event in events if number_of(event) is not None]),
         pytest.approx(median(known)) if known else None,
     )]),
    ("SELECT uniq(person_id), countIf(event = 'a' AND properties.v IS NULL OR event = 'b') FROM events",
     lambda events: [(
         len({event.person for event in events}),
         sum((event.event == "a" and text_of(event) is None) or event.event == "b" for event in events),
     )]),
    ("SELECT arraySort(groupUniqArray(event)), length(groupArray(event)) FROM events",
     lambda events: [(sorted({event.event for event in events}), len(events))]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), QUESTIONS, ids=[text for text, _ in QUESTIONS])
@settings(max_examples=15)
@given(events=EVENTS)
def test_gives_what_python_gives(team, ask, text, expected, events):
    team.timezone = ZONE
    Event.objects.filter(team=team).delete()
    Person.objects.filter(team=team).delete()
    put_persons(team, events, ())
    put_events(team, events)

    assert [tuple(row) for row in ask(text)] == expected(events)
