"""POST /batch/: what the SDKs of servers send."""

import gzip
from uuid import UUID

import orjson
import pytest

from events.models import PROMOTED_PROPERTIES, Event, Person
from tests.factories.accounts import ProjectFactory


def test_stores_the_events_and_their_people(capture, team, person_of):
    response = capture(
        {"event": "signed up", "distinct_id": "ann", "properties": {"plan": "free"}},
        {"event": "signed up", "distinct_id": "bob", "properties": {"plan": "paid"}},
        {"event": "paid", "distinct_id": "bob", "properties": {}},
    )

    assert (response.status_code, response.json()) == (200, {"status": 1})
    assert sorted(Event.objects.values_list("team_id", "event", "distinct_id", "person_id")) == [
        (team.pk, "paid", "bob", person_of("bob").number),
        (team.pk, "signed up", "ann", person_of("ann").number),
        (team.pk, "signed up", "bob", person_of("bob").number),
    ]
    assert Event.objects.get(distinct_id="ann").properties == {"plan": "free", "$ip": "127.0.0.1"}


def test_takes_gzip_named_in_the_header(post, token, stored):
    body = gzip.compress(orjson.dumps({"api_key": token, "batch": [{"event": "a", "distinct_id": "ann"}]}))

    response = post("/batch/", body, **{"Content-Encoding": "gzip"})

    assert response.status_code == 200
    assert stored() == ["a"]


@pytest.mark.parametrize("path", ["/batch", "/batch/", "/capture/", "/e", "/track/", "/i/v0/e/", "/i/v0/ai/batch/"])
def test_every_path_takes_every_shape_with_and_without_the_slash(post, token, stored, path):
    event = {"event": "a", "distinct_id": "ann", "token": token}

    for body in (event, [event], {"token": token, "batch": [event]}):
        assert post(path, orjson.dumps(body)).status_code == 200

    assert stored() == ["a", "a", "a"]


def test_leaves_out_events_that_cannot_be_stored_and_keeps_the_rest(capture, stored):
    response = capture(
        {"event": "good", "distinct_id": "ann"},
        {"distinct_id": "nameless"},
        {"event": "", "distinct_id": "ann"},
        {"event": "nobody's"},
        {"event": "blank", "distinct_id": "  "},
        {"event": "odd", "distinct_id": "ann", "properties": ["not", "an", "object"]},
        "not even an object",
        {"event": "good too", "$distinct_id": "ann", "properties": None},
        {"event": "$performance_event", "distinct_id": "ann"},
    )

    assert response.status_code == 200
    assert sorted(stored()) == ["good", "good too"]


def test_a_batch_of_nothing_but_measurements_is_fine(capture, stored):
    assert capture({"event": "$performance_event", "distinct_id": "ann"}).status_code == 200
    assert stored() == []


def test_gives_a_uuid_to_events_that_bring_none(capture):
    brought = "0192f5a0-0000-7000-8000-000000000001"
    capture({"event": "a", "distinct_id": "ann", "uuid": brought}, {"event": "b", "distinct_id": "ann", "uuid": ""})

    assert Event.objects.get(event="a").uuid == UUID(brought)
    assert Event.objects.get(event="b").uuid.version == 7


@pytest.mark.parametrize(
    ("sent", "kept"),
    [(42, "42"), (["a", 1], '["a",1]'), (True, "true"), (" ann ", " ann "), ("x" * 300, "x" * 200), ("a\x00b", "a�b")],
)
def test_any_distinct_id_becomes_text(capture, sent, kept):
    capture({"event": "a", "distinct_id": sent})

    assert Event.objects.get().distinct_id == kept


def test_nul_characters_are_replaced_wherever_they_stand(capture):
    response = capture({"event": "a\x00", "distinct_id": "ann", "properties": {"k\x00": ["v\x00", {"n": "\\u0000"}]}})

    assert response.status_code == 200
    event = Event.objects.get()
    assert event.event == "a�"
    assert event.properties == {"k�": ["v�", {"n": "\\u0000"}], "$ip": "127.0.0.1"}


def test_top_level_set_joins_the_properties_and_wins(capture):
    capture(
        {
            "event": "a",
            "distinct_id": "ann",
            "properties": {"$set": {"a": 1, "b": 1}},
            "$set": {"b": 2},
            "$set_once": {"c": 3},
        }
    )

    properties = Event.objects.get().properties
    assert (properties["$set"], properties["$set_once"]) == ({"a": 1, "b": 2}, {"c": 3})


def test_promoted_properties_stand_in_columns(capture):
    capture({"event": "a", "distinct_id": "ann", "properties": {name: f"of {name}" for name in PROMOTED_PROPERTIES}})

    event = Event.objects.get()
    for name, column in PROMOTED_PROPERTIES.items():
        assert getattr(event, column) == f"of {name}"


def test_elements_become_a_chain(capture):
    elements = [{"tag_name": "a", "$el_text": "Buy", "attr__class": "btn big", "attr__href": "/buy", "nth_child": 1}]
    capture({"event": "$autocapture", "distinct_id": "ann", "properties": {"$elements": elements}})

    event = Event.objects.get()
    assert event.elements_chain == 'a.big.btn:href="/buy"nth-child="1"text="Buy"'
    assert "$elements" not in event.properties


def test_an_address_that_came_along_is_kept(capture):
    capture({"event": "a", "distinct_id": "ann", "properties": {"$ip": "8.8.8.8"}})

    assert Event.objects.get().properties["$ip"] == "8.8.8.8"


def test_a_project_that_wants_no_addresses_gets_none(capture, team):
    team.anonymize_ips = True
    team.save()

    capture(
        {"event": "a", "distinct_id": "ann"}, {"event": "b", "distinct_id": "ann", "properties": {"$ip": "8.8.8.8"}}
    )

    assert list(Event.objects.values_list("properties", flat=True)) == [{}, {}]


def test_believes_a_forwarded_address_only_behind_a_proxy(post, token, settings):
    body = orjson.dumps({"api_key": token, "event": "a", "distinct_id": "ann"})

    post("/e/", body, **{"X-Forwarded-For": "9.9.9.9"})
    settings.IS_BEHIND_PROXY, settings.TRUSTED_PROXIES = True, ["10.0.0.0/8", "127.0.0.1"]
    post("/e/", body, **{"X-Forwarded-For": "6.6.6.6, 9.9.9.9, 10.0.0.7"})

    addresses = Event.objects.order_by("created_at").values_list("properties__$ip", flat=True)
    assert list(addresses) == ["127.0.0.1", "9.9.9.9"]


def test_notes_that_the_project_has_events(capture, team):
    capture({"event": "a", "distinct_id": "ann"})

    team.refresh_from_db()
    assert team.ingested_event


def test_the_same_distinct_id_in_two_projects_is_two_people(post, team):
    other = ProjectFactory().team
    for owner in (team, other):
        post("/batch/", orjson.dumps({"api_key": owner.api_token, "batch": [{"event": "a", "distinct_id": "ann"}]}))

    assert sorted(Person.objects.values_list("team_id", "number")) == sorted([(team.pk, 1), (other.pk, 1)])


def test_a_beacon_gets_no_body(post, token):
    response = post("/e/?beacon=1", orjson.dumps({"api_key": token, "event": "a", "distinct_id": "ann"}))

    assert (response.status_code, response.content) == (204, b"")


def test_somebody_who_was_removed_behind_the_servers_back_is_made_anew(capture, person_of):
    capture({"event": "a", "distinct_id": "ann"})
    first = person_of("ann")
    first.delete()

    response = capture({"event": "b", "distinct_id": "ann"}, {"event": "b", "distinct_id": "bob"})

    assert response.status_code == 200
    assert person_of("ann").pk != first.pk
    assert Event.objects.get(event="b", distinct_id="ann").person_id == person_of("ann").number


@pytest.mark.parametrize("size", [1, 100])
def test_costs_the_same_for_one_event_and_for_a_hundred(capture, size, django_assert_num_queries):
    # Definitions are written down once an hour.
    capture({"event": "a", "distinct_id": "somebody", "$set": {"n": 0}})
    events = [{"event": "a", "distinct_id": f"ann{n}", "$set": {"n": n}} for n in range(size)]

    # team, unknown ids, numbers, begin, uuids, distinct ids, locks, people, new people, events, commit
    with django_assert_num_queries(11):
        capture(*events)
    # team, begin, uuids, locks, people, changed people, events, commit
    with django_assert_num_queries(8):
        capture(*[{**event, "$set": {"n": -1}} for event in events])
