"""Definitions that events make by themselves."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from definitions import services
from definitions.models import EventDefinition, EventProperty, PropertyDefinition
from definitions.recently import RecentlySeen
from definitions.services import record_seen
from tests.factories.accounts import ProjectFactory
from tests.factories.definitions import EventDefinitionFactory, PropertyDefinitionFactory

NOW = datetime.now(UTC)
PAID = ("paid", {"plan": "pro", "amount": 5, "$set": {"email": "a@b.c"}})


@pytest.fixture(autouse=True)
def _another_process(monkeypatch):
    """Each test begins like a process that has seen nothing."""
    forget(monkeypatch)


def forget(monkeypatch):
    monkeypatch.setattr(services, "_recently", RecentlySeen(lasts=timedelta(hours=1), size=1000))


def test_makes_definitions_of_the_event_and_of_all_it_carries(team):
    record_seen(team=team, events=[PAID], seen_at=NOW)

    definition = EventDefinition.objects.get()
    assert (definition.name, definition.created_at, definition.last_seen_at) == ("paid", NOW, NOW)
    assert (definition.description, definition.verified, definition.hidden) == ("", False, None)
    assert set(PropertyDefinition.objects.values_list("name", "type", "property_type", "is_numerical")) == {
        ("plan", "event", "String", False),
        ("amount", "event", "Numeric", True),
        ("email", "person", "String", False),
    }
    assert set(EventProperty.objects.values_list("event", "property")) == {("paid", "plan"), ("paid", "amount")}


def test_they_are_in_the_lists(api, url, team):
    record_seen(team=team, events=[PAID], seen_at=NOW)

    events = api().get(url("event_definitions/")).json()["results"]
    properties = api().get(url("property_definitions/?event_names=%5B%22paid%22%5D")).json()["results"]

    assert [row["name"] for row in events] == ["paid"]
    assert [(row["name"], row["is_seen_on_filtered_events"]) for row in properties] == [
        ("amount", True),
        ("plan", True),
    ]


def test_an_event_defined_by_hand_gets_its_times_from_the_first_one(team, monkeypatch):
    EventDefinitionFactory(team=team, name="paid", created_at=None, last_seen_at=None, description="By hand")

    record_seen(team=team, events=[PAID], seen_at=NOW)

    definition = EventDefinition.objects.get()
    assert (definition.created_at, definition.last_seen_at, definition.description) == (NOW, NOW, "By hand")


@pytest.mark.parametrize(("after", "moves"), [(timedelta(minutes=59), False), (timedelta(minutes=61), True)])
@pytest.mark.parametrize("process", ["same", "other"])
def test_last_seen_moves_once_an_hour(team, monkeypatch, after, moves, process):
    record_seen(team=team, events=[PAID], seen_at=NOW)
    if process == "other":
        forget(monkeypatch)

    record_seen(team=team, events=[PAID], seen_at=NOW + after)

    definition = EventDefinition.objects.get()
    assert (definition.created_at, definition.last_seen_at) == (NOW, NOW + after if moves else NOW)


def test_a_late_batch_does_not_turn_time_back(team, monkeypatch):
    record_seen(team=team, events=[PAID], seen_at=NOW)
    forget(monkeypatch)

    record_seen(team=team, events=[PAID], seen_at=NOW - timedelta(days=1))

    assert EventDefinition.objects.get().last_seen_at == NOW


def test_a_type_is_filled_in_once_it_is_known_and_then_stays(team, monkeypatch):
    for value in (None, {}, 5, "text"):
        record_seen(team=team, events=[("paid", {"amount": value})], seen_at=NOW)
    forget(monkeypatch)
    record_seen(team=team, events=[("paid", {"amount": "text"})], seen_at=NOW)

    definition = PropertyDefinition.objects.get()
    assert (definition.property_type, definition.is_numerical) == ("Numeric", True)


def test_a_type_that_people_said_stays(team):
    PropertyDefinitionFactory(team=team, name="amount", property_type="String")

    record_seen(team=team, events=[("paid", {"amount": 5})], seen_at=NOW)

    assert PropertyDefinition.objects.get().property_type == "String"


def test_a_property_of_two_types_of_groups_is_two(team):
    event = {"$group_set": {"seats": 5}}
    record_seen(
        team=team,
        events=[("$groupidentify", {**event, "$group_type": name}) for name in ("company", "club")],
        seen_at=NOW,
        group_types={"company": 0, "club": 1},
    )

    assert sorted(PropertyDefinition.objects.values_list("type", "group_type_index", "name")) == [
        ("group", 0, "seats"),
        ("group", 1, "seats"),
    ]


def test_each_team_has_its_own(team):
    other = ProjectFactory().team
    for one in (team, other):
        record_seen(team=one, events=[PAID], seen_at=NOW)

    assert EventDefinition.objects.count() == 2


@pytest.mark.parametrize("number", [1, 20])
def test_costs_three_statements_the_first_time_and_none_after(team, number, django_assert_num_queries):
    events = [(f"event {n}", {f"property {n}": n}) for n in range(number)]

    # begin, event definitions, property definitions, pairs, release
    with django_assert_num_queries(5):
        record_seen(team=team, events=events, seen_at=NOW)
    with django_assert_num_queries(0):
        record_seen(team=team, events=events, seen_at=NOW + timedelta(minutes=30))


def test_a_database_that_fails_does_not_lose_the_events(team, caplog):
    nameless = type(team)(pk=10**17)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    record_seen(team=nameless, events=[PAID], seen_at=NOW)

    assert not EventDefinition.objects.exists()
    record_seen(team=team, events=[PAID], seen_at=NOW)
    assert EventDefinition.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_batches_wait_in_line():
    """Each in another order and with other names between: no deadlock, nothing lost, nothing twice."""
    team = ProjectFactory().team
    shared = [f"shared {n}" for n in range(60)]
    failures: list[Exception] = []

    def batch(number: int) -> None:
        names = [*shared, *(f"own {number} {n}" for n in range(20))]
        names = names if number % 2 else names[::-1]
        try:
            for turn in range(5):
                services._recently._seen.clear()
                at = NOW + timedelta(hours=2 * turn)
                record_seen(team=team, events=[(name, {name: 1, "x": turn}) for name in names], seen_at=at)
        except Exception as exc:
            failures.append(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=batch, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert EventDefinition.objects.filter(team=team).count() == 60 + 6 * 20
    assert PropertyDefinition.objects.filter(team=team).count() == 60 + 6 * 20 + 1
    assert EventProperty.objects.filter(team=team).count() == 2 * (60 + 6 * 20)
