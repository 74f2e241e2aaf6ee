import orjson
import pytest
from django.test import Client

from events.models import Event, Person, PersonDistinctId
from events.partitions import forget_partitions


@pytest.fixture(autouse=True)
def no_memory_of_months():
    """A test that was rolled back took the months it had made along; the process would still believe in them."""
    forget_partitions()


@pytest.fixture
def token(team):
    return team.api_token


@pytest.fixture
def post():
    """`post("/e/", b"...")` sends these bytes, without a CSRF token, as SDKs do."""

    def send(path: str, body: bytes = b"", *, content_type: str = "application/json", **headers: str):
        client = Client(enforce_csrf_checks=True, headers=headers, raise_request_exception=False)
        return client.post(path, body, content_type=content_type)

    return send


@pytest.fixture
def capture(post, token):
    """`capture(event, event, sent_at=…)` sends a batch, as the official SDKs of servers do."""

    def send(*events: dict, **envelope):
        return post("/batch/", orjson.dumps({"api_key": token, "batch": events, **envelope}))

    return send


@pytest.fixture
def person_of(team):
    def find(distinct_id: str) -> Person:
        return Person.objects.get(team=team, distinct_ids__distinct_id=distinct_id)

    return find


@pytest.fixture
def stored(team):
    """The names of the stored events, in their order."""

    def names() -> list[str]:
        return list(Event.objects.filter(team=team).order_by("timestamp", "event").values_list("event", flat=True))

    return names


@pytest.fixture
def ids_of():
    def sorted_ids(person: Person) -> list[str]:
        return sorted(PersonDistinctId.objects.filter(person=person).values_list("distinct_id", flat=True))

    return sorted_ids
