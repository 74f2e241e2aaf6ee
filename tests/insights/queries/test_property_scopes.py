"""Property filters on what an event belongs to or is, beside its own properties: sessions, groups, its own columns."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from common.exceptions import Refusal
from definitions.models import PropertyDefinition
from events.models import Group
from insights.queries import run
from tests.factories.accounts import ProjectFactory
from tests.insights.queries.conftest import put_events
from tests.insights.queries.reference.samples import SampleEvent

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)


def seen(event, minutes, person=1, **properties):
    return SampleEvent(event, NOW - timedelta(minutes=minutes), person=person, properties=properties)


@pytest.fixture
def found(team):
    def find(*filters, **keys):
        query = {"kind": "EventsQuery", "select": ["event"], "properties": list(filters), "orderBy": ["event"], **keys}
        return "".join(name for (name,) in run(query, team=team, now=NOW)["results"])

    return find


class TestSessions:
    @pytest.fixture(autouse=True)
    def stored(self, store):
        store(
            [
                seen("a", 90, **{"$session_id": "long", "$current_url": "https://x.io/in?utm=1"}),
                seen("b", 80, **{"$session_id": "long", "$current_url": "https://x.io/out"}),
                seen("c", 50, **{"$session_id": "short", "$current_url": "https://y.io/"}),
                seen("d", 40, person=2),
            ]
        )

    @pytest.mark.parametrize(
        ("key", "operator", "value", "expected"),
        [
            ("$session_duration", "gt", 60, "ab"),
            ("$session_duration", "exact", "600.0", "ab"),
            ("$session_duration", "is_not", 600, "cd"),
            ("$session_duration", "between", [0, 5], "c"),
            ("$session_duration", "is_set", None, "abc"),
            ("$session_duration", "is_not_set", None, "d"),
            ("$entry_current_url", "icontains", "/IN", "ab"),
            ("$entry_current_url", "not_icontains", "/in", "cd"),
            ("$end_current_url", "exact", ["https://x.io/out", "https://y.io/"], "abc"),
            ("$entry_hostname", "regex", "^y", "c"),
            ("$start_timestamp", "gt", "2024-01-10T14:10:00Z", "c"),
            ("$start_timestamp", "is_date_before", "2024-01-10T14:10:00Z", "ab"),
            ("$start_timestamp", "is_date_exact", "2024-01-10", "abc"),
            ("$pageview_count", "exact", 0, "abc"),
            ("session_id", "exact", "short", "c"),
        ],
    )
    def test_are_compared(self, found, key, operator, value, expected):
        assert found({"type": "session", "key": key, "operator": operator, "value": value}) == expected

    def test_beneath_or(self, found):
        long = {"type": "session", "key": "$session_duration", "operator": "gt", "value": 60}
        own = {"type": "event_metadata", "key": "event", "value": "d"}

        assert found({"type": "OR", "values": [long, own]}) == "abd"

    @pytest.mark.parametrize("key", ["$nonsense", "person_id", "person", "", "c0"])
    def test_have_no_other_properties(self, found, key):
        with pytest.raises(Refusal, match=r"^properties\.0: sessions have no property"):
            found({"type": "session", "key": key, "value": 1})

    def test_of_other_projects_are_not_seen(self, found, team):
        other = ProjectFactory().team
        put_events(other, [seen("x", 95, **{"$session_id": "short"})])

        assert found({"type": "session", "key": "$session_duration", "operator": "gt", "value": 60}) == "ab"


class TestEventMetadata:
    @pytest.fixture(autouse=True)
    def stored(self, store):
        store([seen("a", 90, **{"$group_0": "acme"}), seen("b", 30, person=2, **{"$session_id": "s"})])

    @pytest.mark.parametrize(
        ("key", "operator", "value", "expected"),
        [
            ("event", "exact", ["a", "c"], "a"),
            ("event", "is_not", "a", "b"),
            ("distinct_id", "exact", "person-2", "b"),
            ("timestamp", "gt", "2024-01-10 14:30", "b"),
            ("timestamp", "lt", "2024-01-10T14:30:00Z", "a"),
            ("timestamp", "is_date_exact", "2024-01-10", "ab"),
            ("$group_0", "exact", "acme", "a"),
            ("$group_0", "is_not_set", None, "b"),
            ("$session_id", "is_set", None, "b"),
            ("elements_chain", "exact", "", "ab"),
        ],
    )
    def test_is_compared(self, found, key, operator, value, expected):
        assert found({"type": "event_metadata", "key": key, "operator": operator, "value": value}) == expected

    def test_knows_the_person(self, found, team):
        [uuid] = team.persons.filter(number=2).values_list("uuid", flat=True)

        assert isinstance(uuid, UUID)
        assert found({"type": "event_metadata", "key": "person_id", "value": str(uuid)}) == "b"
        assert found({"type": "event_metadata", "key": "person_id", "value": str(uuid), "operator": "is_not"}) == "a"

    def test_is_refused_by_name_where_there_is_no_such_field(self, found):
        with pytest.raises(Refusal, match=r"^properties\.0: events have no field 'team_id'"):
            found({"type": "event_metadata", "key": "team_id", "value": 1})


class TestGroups:
    @pytest.fixture(autouse=True)
    def stored(self, store, team):
        store([seen("a", 30, **{"$group_0": "acme"}), seen("b", 20, **{"$group_0": "zeta"}), seen("c", 10)])
        Group.objects.create(
            team=team, group_type_index=0, group_key="acme", group_properties={"size": 10.0}, created_at=NOW
        )
        Group.objects.create(
            team=team, group_type_index=1, group_key="acme", group_properties={"size": 11}, created_at=NOW
        )

    @pytest.mark.parametrize(
        ("operator", "value", "expected"),
        [
            ("exact", 10.0, "a"),
            ("is_not", 10.0, "bc"),
            ("gt", 9, "a"),
            ("is_set", None, "a"),
            ("is_not_set", None, "bc"),
            ("icontains", "1", "a"),
        ],
    )
    def test_are_compared(self, found, operator, value, expected):
        wanted = {"type": "group", "group_type_index": 0, "key": "size", "operator": operator, "value": value}

        assert found(wanted) == expected

    def test_have_types_of_their_own(self, found, team):
        wanted = {"type": "group", "group_type_index": 0, "key": "size", "value": "1e1"}
        assert found(wanted) == ""

        PropertyDefinition.objects.create(
            team=team, name="size", type="group", group_type_index=0, property_type="Numeric"
        )

        assert found(wanted) == "a"
        assert found({**wanted, "group_type_index": 1}) == ""

    @pytest.mark.parametrize("index", [None, -1, 5])
    def test_need_a_type(self, found, index):
        with pytest.raises(Refusal, match=r"^properties\.0\.group_type_index: must be between 0 and 4\."):
            found({"type": "group", "group_type_index": index, "key": "size", "value": 1})


@pytest.mark.parametrize("kind", ["recording", "log_entry", "data_warehouse", "error_tracking_issue", "flag"])
def test_what_is_not_here_is_refused_by_name(found, kind):
    one = {"type": kind, "key": "x", "value": True} | ({"operator": "flag_evaluates_to"} if kind == "flag" else {})

    with pytest.raises(Refusal, match=f"a property filter of type {kind} is not supported yet"):
        found(one)
