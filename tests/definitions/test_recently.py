"""What a process has written down lately. Pure."""

from datetime import UTC, datetime, timedelta

from definitions.recently import RecentlySeen

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_note_lasts_its_time():
    recently = RecentlySeen(lasts=HOUR, size=10)
    recently.note(["a"], at=NOW)

    assert recently.unseen(["a", "b"], at=NOW + timedelta(minutes=59)) == ["b"]
    assert recently.unseen(["a"], at=NOW + HOUR) == ["a"]


def test_what_is_forgotten_is_new():
    recently = RecentlySeen(lasts=HOUR, size=10)
    recently.note(["a"], at=NOW)

    recently.forget(["a", "never noted"])

    assert recently.unseen(["a"], at=NOW) == ["a"]


def test_does_not_grow_for_ever():
    recently = RecentlySeen(lasts=HOUR, size=10)
    for number in range(100):
        recently.note([number], at=NOW)

    assert len(recently._seen) <= 11
