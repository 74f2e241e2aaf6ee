"""Batches that speak of the same people at the same time wait for each other; none of them fails."""

import random
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

from events.models import Event, Person, PersonDistinctId
from events.querysets import EventQuerySet, PersonQuerySet
from tests.factories.accounts import ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 8


@pytest.fixture
def token(transactional_db):
    return ProjectFactory().team.api_token


@pytest.fixture
def send_at_once(post, token):
    def send(batches: list[list[dict]]) -> list[int]:
        def send_one(batch: list[dict]) -> int:
            try:
                return post("/batch/", orjson.dumps({"api_key": token, "batch": batch})).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(send_one, batches))

    return send


def test_new_people_in_many_batches_are_made_once(send_at_once):
    names = [f"ann{n}" for n in range(40)]
    batches = [
        [{"event": "a", "distinct_id": name, "$set": {f"by{n}": 1}} for name in random.sample(names, len(names))]
        for n in range(16)
    ]

    assert send_at_once(batches) == [200] * 16
    assert Person.objects.count() == 40
    assert Event.objects.count() == 16 * 40
    # Nobody's change was lost between another's reading and writing.
    for person in Person.objects.all():
        assert {f"by{n}" for n in range(16)} <= set(person.properties)


def test_plain_and_changing_batches_of_known_people_pass_each_other(send_at_once):
    names = [f"ann{n}" for n in range(30)]
    send_at_once([[{"event": "a", "distinct_id": name} for name in names]])
    plain = [[{"event": "a", "distinct_id": name} for name in random.sample(names, 20)] for _ in range(10)]
    changing = [[{**event, "$set": {f"by{n}": 1}} for event in batch] for n, batch in enumerate(plain)]

    assert send_at_once([batch for pair in zip(plain, changing, strict=True) for batch in pair]) == [200] * 20
    assert Event.objects.count() == 30 + 20 * 20


def test_merges_and_events_of_the_merged_end_consistently(send_at_once):
    users = [f"user{n}" for n in range(12)]
    visits = [f"visit{n}-{k}" for n in range(12) for k in range(3)]
    views = [[{"event": "view", "distinct_id": name} for name in random.sample(visits + users, 20)] for _ in range(20)]
    merges = [
        [
            {"event": "$identify", "distinct_id": f"user{n}", "properties": {"$anon_distinct_id": f"visit{n}-{k}"}}
            for n in random.sample(range(12), 12)
        ]
        for k in range(3)
    ]
    batches = views + merges
    random.shuffle(batches)

    assert send_at_once(batches) == [200] * 23

    assert Person.objects.count() == 12
    assert PersonDistinctId.objects.count() == len(users) + len(visits)
    assert Event.objects.count() == 20 * 20 + 3 * 12
    number_of = dict(PersonDistinctId.objects.values_list("distinct_id", "person__number"))
    for distinct_id, person_number in Event.objects.values_list("distinct_id", "person_id"):
        assert person_number == number_of[distinct_id]


def test_people_who_merge_in_a_ring_do_not_hang(send_at_once):
    ring = [f"ann{n}" for n in range(6)]
    batches = [
        [
            {"event": "$merge_dangerously", "distinct_id": one, "properties": {"alias": other}}
            for one, other in random.sample(list(zip(ring, ring[1:] + ring[:1], strict=True)), 6)
        ]
        for _ in range(10)
    ]

    assert send_at_once(batches) == [200] * 10
    assert Person.objects.count() == 1
    assert set(Event.objects.values_list("person_id", flat=True)) == {Person.objects.get().number}


def test_a_batch_that_lost_a_deadlock_is_tried_again(send_at_once, monkeypatch):
    really_copy_in = EventQuerySet.copy_in
    victims = iter(range(3))

    def copy_in(self, rows):
        if next(victims, None) is not None:
            raise OperationalError("deadlock detected") from DeadlockDetected()
        really_copy_in(self, rows)

    monkeypatch.setattr(EventQuerySet, "copy_in", copy_in)

    assert send_at_once([[{"event": "a", "distinct_id": "ann"}]]) == [200]
    assert Event.objects.count() == 1


@pytest.mark.parametrize("properties", [{}, {"$set": {"plan": "free"}}])
def test_a_batch_whose_people_never_hold_still_is_put_off_not_lost(send_at_once, monkeypatch, properties):
    event = {"event": "a", "distinct_id": "ann", "properties": {"$process_person_profile": False}}
    send_at_once([[event]])
    monkeypatch.setattr(PersonQuerySet, "lock", lambda self, **wish: set())

    assert send_at_once([[{**event, "properties": properties}]]) == [503]
    assert Event.objects.count() == 1
