"""What a batch of events says about the names in it. Pure."""

import pytest

from definitions.sightings import PropertyKey, Sightings


def of_events(*names: str) -> set[PropertyKey]:
    return {PropertyKey("event", -1, name) for name in names}


def test_notes_events_properties_and_which_came_together():
    sightings = Sightings.of([("paid", {"plan": "pro", "amount": 5}), ("left", {"plan": "pro"})])

    assert sightings.names == {"paid", "left"}
    assert sightings.properties == {
        PropertyKey("event", -1, "plan"): "String",
        PropertyKey("event", -1, "amount"): "Numeric",
    }
    assert sightings.pairs == {("paid", "plan"), ("paid", "amount"), ("left", "plan")}


def test_the_first_value_with_a_type_counts():
    sightings = Sightings.of([("a", {"x": None}), ("a", {"x": 5}), ("a", {"x": "text"})])

    assert sightings.properties == {PropertyKey("event", -1, "x"): "Numeric"}


def test_events_that_carry_the_same_names_may_still_set_others():
    sightings = Sightings.of([("a", {"$set": {"email": "e"}, "x": 5}), ("a", {"$set": {"age": 5}, "x": 5})])

    assert {key.name for key in sightings.properties if key.kind == "person"} == {"email", "age"}


def test_what_is_set_on_a_person_is_the_persons():
    sightings = Sightings.of([("a", {"$set": {"email": "e"}, "$set_once": {"age": 5}, "$unset": ["x"], "plan": 1})])

    assert sightings.properties.keys() == of_events("plan") | {
        PropertyKey("person", -1, "email"),
        PropertyKey("person", -1, "age"),
    }
    assert sightings.pairs == {("a", "plan")}


def test_of_a_group_only_what_is_set_counts():
    event = ("$groupidentify", {"$group_type": "company", "$group_key": "k", "$group_set": {"seats": 5}, "plan": 1})

    known = Sightings.of([event], group_types={"company": 2})
    unknown = Sightings.of([event])

    assert (known.names, known.properties, known.pairs) == (
        {"$groupidentify"},
        {PropertyKey("group", 2, "seats"): "Numeric"},
        set(),
    )
    assert unknown.properties == {}


def test_feature_flags_are_properties_that_come_with_everything():
    sightings = Sightings.of([("a", {"$feature/new": True, "$feature_enrollment/new": 1})])

    assert sightings.properties.keys() == of_events("$feature/new", "$feature_enrollment/new")
    assert sightings.pairs == set()


def test_passes_over_what_has_no_name():
    long, wide, fits = "x" * 201, "ü" * 101, "ü" * 100
    sightings = Sightings.of(
        [
            ("$$plugin_metrics", {"a": 1}),
            (long, {"a": 1}),
            (wide, {"a": 1}),
            ("", {"a": 1}),
            (fits, {long: 1, wide: 1, "": 1, "ok": 1, "$groups": {}, "$group_0": "k"}),
        ]
    )

    assert (sightings.names, sightings.pairs) == ({fits}, {(fits, "ok")})


@pytest.mark.parametrize("odd", [None, 5, "text", []])
def test_passes_over_what_is_no_object(odd):
    sightings = Sightings.of([("a", {"$set": odd, "$set_once": odd}), ("$groupidentify", {"$group_set": odd})])

    assert sightings.properties == {}


def test_a_nul_becomes_a_character_that_can_be_stored():
    sightings = Sightings.of([("a\x00b", {"c\x00": 1})])

    assert (sightings.names, sightings.pairs) == ({"a\ufffdb"}, {("a\ufffdb", "c\ufffd")})


def test_an_event_with_data_for_names_is_only_an_event():
    sightings = Sightings.of([("a", {f"p{n}": 1 for n in range(10_001)})])

    assert (sightings.names, sightings.properties) == ({"a"}, {})
