from datetime import UTC, datetime
from uuid import UUID

import pytest

from activity.changes import changes_between
from activity.models import ActivityLog
from activity.services import Entry, log_activities, log_activity


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [(None, "x", "created"), ("x", None, "deleted"), ("x", "y", "changed"), ("", "x", "changed"), (0, False, None)],
)
def test_names_what_became_different(before, after, action):
    changes = changes_between({"name": before, "same": 1}, {"name": after, "same": 1}, ["name", "same"])

    expected = [{"action": action, "field": "name", "before": before, "after": after}]
    assert changes == (expected if action else [])


def test_compares_only_the_named_fields_in_their_order():
    changes = changes_between({"a": 1, "b": 1, "c": 1}, {"a": 2, "b": 2, "c": 2}, ["c", "a"])

    assert [change["field"] for change in changes] == ["c", "a"]


def test_an_entry_stands_in_the_log_of_the_team(team, alice, django_assert_num_queries):
    changes = changes_between({"name": "A"}, {"name": "B"}, ["name"])

    with django_assert_num_queries(1):
        log_activity(
            Entry(7, "B", short_id="abc", changes=changes), team=team, user=alice, scope="Insight", activity="updated"
        )

    entry = ActivityLog.objects.get()
    assert (entry.team, entry.user, entry.scope, entry.item_id, entry.is_system) == (team, alice, "Insight", "7", False)
    assert entry.detail["changes"] == [
        {"type": "Insight", "action": "changed", "field": "name", "before": "A", "after": "B"}
    ]
    assert (entry.detail["name"], entry.detail["short_id"]) == ("B", "abc")


def test_many_entries_cost_one_statement(team, alice, django_assert_num_queries):
    entries = [Entry(n, f"row {n}", changes=[{"field": "tags"}]) for n in range(500)]

    with django_assert_num_queries(1):
        log_activities(entries, team=team, user=alice, scope="Dashboard", activity="updated")

    assert ActivityLog.objects.count() == 500


def test_an_update_that_changed_nothing_is_not_logged(team, alice, django_assert_num_queries):
    with django_assert_num_queries(0):
        log_activity(Entry(7, "B"), team=team, user=alice, scope="Insight", activity="updated")


def test_keeps_dates_and_uuids_as_text(team):
    moment, uuid = datetime(2026, 3, 1, tzinfo=UTC), UUID(int=7)
    changes = changes_between({"at": moment}, {"at": uuid}, ["at"])

    log_activity(Entry(7, changes=changes), team=team, user=None, scope="X", activity="updated", is_system=True)

    (change,) = ActivityLog.objects.get().detail["changes"]
    assert (change["before"], change["after"]) == ("2026-03-01T00:00:00Z", str(uuid))
