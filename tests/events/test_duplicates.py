"""An event is stored once, however often it is sent."""

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from django.db import connection
from uuid_utils.compat import uuid7

from events.models import Event, Person

COPIES = 20


def events(count: int) -> list[dict]:
    return [
        {
            "event": "paid",
            "distinct_id": f"ann{n}",
            "uuid": str(uuid7()),
            "timestamp": "2026-03-01T10:00:00Z",
            "$set": {"n": n},
        }
        for n in range(count)
    ]


def test_a_batch_sent_again_with_another_sent_at_is_stored_once(capture, person_of):
    batch = events(3)
    capture(*batch, sent_at="2026-03-01T10:00:05Z")
    timestamps = list(Event.objects.order_by("uuid").values_list("timestamp", flat=True))
    response = capture(*batch, sent_at="2026-03-01T11:30:00Z")

    assert response.status_code == 200
    assert list(Event.objects.order_by("uuid").values_list("timestamp", flat=True)) == timestamps


def test_a_retry_does_not_change_people_again(capture, person_of):
    batch = events(1)
    capture(*batch)
    capture({"event": "a", "distinct_id": "ann0", "$set": {"n": "newer"}})
    capture(*batch)

    assert person_of("ann0").properties["n"] == "newer"


def test_copies_inside_one_batch_are_stored_once(capture, stored):
    capture(*events(1) * 3)

    assert stored() == ["paid"]


def test_what_is_new_in_a_repeated_batch_is_stored(capture, stored):
    batch = events(4)
    capture(*batch[:2])
    capture(*batch)

    assert stored() == ["paid"] * 4


def test_events_without_a_uuid_are_never_copies(capture, stored):
    for _ in range(2):
        capture({"event": "a", "distinct_id": "ann", "timestamp": "2026-03-01T10:00:00Z"})

    assert stored() == ["a", "a"]


@pytest.mark.django_db(transaction=True)
def test_twenty_copies_at_once_are_stored_once(transactional_db, post, token):
    body = orjson.dumps({"api_key": token, "batch": events(30)})

    def send(_: int) -> int:
        try:
            return post("/batch/", body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(COPIES) as pool:
        statuses = list(pool.map(send, range(COPIES)))

    assert statuses == [200] * COPIES
    assert Event.objects.count() == 30
    assert Person.objects.count() == 30
