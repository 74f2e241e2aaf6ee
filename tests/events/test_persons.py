"""What events do to the one person they are about."""

from datetime import UTC, datetime

from events.models import Event, Person

UUID_A = "0192f5a0-0000-7000-8000-00000000000a"


def test_the_first_event_makes_the_person(capture, person_of):
    capture(
        {
            "event": "signed up",
            "distinct_id": "ann",
            "uuid": UUID_A,
            "timestamp": "2026-03-01T10:00:00Z",
            "$set": {"plan": "free", "city": "Oslo"},
            "$set_once": {"plan": "trial", "source": "ad"},
        }
    )

    ann = person_of("ann")
    assert ann.properties == {"plan": "free", "city": "Oslo", "source": "ad", "$creator_event_uuid": UUID_A}
    assert ann.created_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (ann.number, ann.is_identified, ann.has_profile) == (1, False, True)


def test_later_events_overwrite_fill_and_take_away(capture, person_of):
    capture({"event": "a", "distinct_id": "ann", "$set": {"plan": "free", "city": "Oslo", "old": 1, "older": 1}})
    capture(
        {
            "event": "anything at all",
            "distinct_id": "ann",
            "properties": {"$set": {"plan": "paid"}, "$set_once": {"city": "Rome", "age": 7}, "$unset": ["old"]},
        }
    )
    capture({"event": "$set", "distinct_id": "ann", "properties": {"$unset": {"older": ""}}})

    properties = person_of("ann").properties
    del properties["$creator_event_uuid"]
    assert properties == {"plan": "paid", "city": "Oslo", "age": 7}


def test_events_of_one_batch_take_effect_in_their_order(capture, person_of):
    capture(*[{"event": "a", "distinct_id": "ann", "$set": {"n": n}, "$set_once": {"first": n}} for n in range(5)])

    assert (person_of("ann").properties["n"], person_of("ann").properties["first"]) == (4, 0)


def test_true_and_one_are_different_values(capture, person_of):
    capture({"event": "a", "distinct_id": "ann", "$set": {"paid": 1}})
    capture({"event": "a", "distinct_id": "ann", "$set": {"paid": True}})

    assert person_of("ann").properties["paid"] is True


def test_nonsense_in_set_changes_nothing(capture, person_of):
    response = capture(
        {"event": "a", "distinct_id": "ann", "properties": {"$set": "x", "$set_once": [1], "$unset": 3}, "$set": None}
    )

    assert response.status_code == 200
    assert set(person_of("ann").properties) == {"$creator_event_uuid"}


def test_an_event_without_a_profile_is_counted_but_shows_nobody(capture, person_of):
    personless = {"$process_person_profile": False, "$set": {"plan": "free"}}
    capture({"event": "a", "distinct_id": "ann", "properties": personless})

    ann = person_of("ann")
    assert (ann.has_profile, ann.properties) == (False, {})
    assert Event.objects.get().person_id == ann.number


def test_the_first_event_with_a_profile_shows_the_person(capture, person_of):
    capture({"event": "a", "distinct_id": "ann", "properties": {"$process_person_profile": False}})
    capture({"event": "b", "distinct_id": "ann", "timestamp": "2026-03-01T10:00:00Z"})

    ann = person_of("ann")
    assert ann.has_profile
    assert ann.created_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert set(Event.objects.values_list("person_id", flat=True)) == {ann.number}


def test_an_event_without_a_profile_leaves_a_shown_person_alone(capture, person_of):
    capture({"event": "a", "distinct_id": "ann", "$set": {"plan": "free"}})
    capture(
        {"event": "b", "distinct_id": "ann", "properties": {"$process_person_profile": False}, "$set": {"plan": "x"}}
    )

    assert (person_of("ann").properties["plan"], person_of("ann").has_profile) == ("free", True)


def test_identify_without_another_id_only_sets(capture, person_of):
    capture({"event": "$identify", "distinct_id": "ann", "$set": {"plan": "free"}})

    assert (person_of("ann").properties["plan"], person_of("ann").is_identified) == ("free", False)


def test_groups_are_not_people(capture, person_of):
    group = {"$group_type": "company", "$group_key": "hogflix", "$group_set": {"size": 9}}
    capture({"event": "$groupidentify", "distinct_id": "ann", "properties": group})

    assert set(person_of("ann").properties) == {"$creator_event_uuid"}


def test_people_are_numbered_one_by_one(capture):
    capture(*[{"event": "a", "distinct_id": f"ann{n}"} for n in range(3)])
    capture(*[{"event": "a", "distinct_id": f"ann{n}"} for n in range(5)])

    assert sorted(Person.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
