"""When two distinct ids turn out to be one person, and when that is refused."""

from datetime import UTC, datetime

import pytest

from events.models import Event, Person


def identify(distinct_id: str, anonymous_id: object, **more) -> dict:
    return {"event": "$identify", "distinct_id": distinct_id, "properties": {"$anon_distinct_id": anonymous_id}, **more}


def alias(distinct_id: str, other: object, *, event: str = "$create_alias") -> dict:
    return {"event": event, "distinct_id": distinct_id, "properties": {"alias": other}}


def pageview(distinct_id: str, **more) -> dict:
    return {"event": "$pageview", "distinct_id": distinct_id, **more}


def assert_everything_belongs_to(person: Person) -> None:
    assert list(Person.objects.all()) == [person]
    assert set(Event.objects.values_list("person_id", flat=True)) == {person.number}


def test_identify_gives_the_visitor_a_name(capture, person_of, ids_of):
    capture(pageview("visitor", timestamp="2026-03-01T10:00:00Z", **{"$set": {"browser": "x", "plan": "none"}}))
    capture(pageview("ann", timestamp="2026-03-02T10:00:00Z", **{"$set": {"plan": "free"}}))
    capture(identify("ann", "visitor", **{"$set": {"email": "ann@hogflix.com"}}))
    capture(pageview("visitor"), pageview("ann"))

    ann = person_of("ann")
    assert ids_of(ann) == ["ann", "visitor"]
    assert {name: ann.properties[name] for name in ("browser", "plan", "email")} == {
        "browser": "x",
        "plan": "free",
        "email": "ann@hogflix.com",
    }
    assert ann.is_identified
    assert ann.created_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert_everything_belongs_to(ann)


def test_neither_known_makes_one_identified_person(capture, person_of, ids_of):
    capture(identify("ann", "visitor"))

    assert ids_of(person_of("ann")) == ["ann", "visitor"]
    assert person_of("ann").is_identified
    assert_everything_belongs_to(person_of("visitor"))


@pytest.mark.parametrize("known", ["ann", "visitor"])
def test_one_known_gets_the_other_id(capture, person_of, ids_of, known):
    capture(pageview(known, **{"$set": {"plan": "free"}}))
    uuid = person_of(known).uuid
    capture(identify("ann", "visitor"))

    ann = person_of("ann")
    assert ids_of(ann) == ["ann", "visitor"]
    assert (ann.uuid, ann.properties["plan"], ann.is_identified) == (uuid, "free", True)
    assert_everything_belongs_to(ann)


def test_all_of_it_in_one_batch_comes_out_the_same(capture, person_of, ids_of):
    capture(
        pageview("visitor", **{"$set": {"a": 1}}),
        pageview("ann", **{"$set": {"b": 2}}),
        identify("ann", "visitor"),
        pageview("visitor"),
    )

    ann = person_of("ann")
    assert ids_of(ann) == ["ann", "visitor"]
    assert (ann.properties["a"], ann.properties["b"], ann.is_identified) == (1, 2, True)
    assert_everything_belongs_to(ann)


def test_a_chain_of_merges_in_one_batch_ends_in_one_person(capture, person_of, ids_of):
    for name in "abcd":
        capture(pageview(name, **{"$set": {name: 1}}))
    capture(alias("b", "a"), alias("d", "c"), alias("d", "b", event="$merge_dangerously"), pageview("a"))

    assert ids_of(person_of("d")) == ["a", "b", "c", "d"]
    assert {"a", "b", "c", "d"} <= set(person_of("d").properties)
    assert_everything_belongs_to(person_of("a"))


def test_ids_that_the_batch_does_not_name_come_along(capture, person_of, ids_of):
    capture(identify("old name", "first visit"))
    capture(pageview("ann"), alias("ann", "old name", event="$merge_dangerously"))

    assert ids_of(person_of("ann")) == ["ann", "first visit", "old name"]
    assert_everything_belongs_to(person_of("first visit"))


def test_alias_of_the_official_sdks(capture, person_of, ids_of):
    capture(pageview("previous"))
    capture(
        {"event": "$create_alias", "distinct_id": "previous", "properties": {"distinct_id": "previous", "alias": "new"}}
    )

    assert ids_of(person_of("new")) == ["new", "previous"]


@pytest.mark.parametrize("merge", [identify, alias])
def test_somebody_identified_is_not_swallowed(capture, person_of, ids_of, merge):
    capture(identify("bob", "bob's visit"))
    capture(pageview("ann"))
    response = capture(merge("ann", "bob"))

    assert response.status_code == 200
    assert ids_of(person_of("ann")) == ["ann"]
    assert ids_of(person_of("bob")) == ["bob", "bob's visit"]
    assert Event.objects.filter(person_id=person_of("ann").number).count() == 2


def test_unless_danger_is_asked_for(capture, person_of, ids_of):
    capture(identify("bob", "bob's visit"))
    capture(pageview("ann"))
    capture(alias("ann", "bob", event="$merge_dangerously"))

    assert ids_of(person_of("ann")) == ["ann", "bob", "bob's visit"]
    assert_everything_belongs_to(person_of("ann"))


@pytest.mark.parametrize("nobody", ["anonymous", "Undefined", "null", "[object Object]", "0", "'none'", "", "  ", None])
@pytest.mark.parametrize("side", ["other", "own"])
def test_nobody_in_particular_is_merged_with_nobody(capture, person_of, ids_of, nobody, side):
    capture(identify("ann", nobody) if side == "other" else identify(nobody, "ann"), pageview("ann"))

    assert ids_of(person_of("ann")) == ["ann"]


def test_merging_with_oneself_changes_nothing(capture, person_of, ids_of):
    capture(identify("ann", "ann"))

    assert ids_of(person_of("ann")) == ["ann"]
    assert not person_of("ann").is_identified


def test_other_ids_become_text_too(capture, person_of, ids_of):
    capture(identify("ann", 42))

    assert ids_of(person_of("ann")) == ["42", "ann"]


def test_a_merge_without_a_profile_is_just_an_event(capture, person_of, ids_of):
    capture(
        pageview("visitor"),
        {
            "event": "$identify",
            "distinct_id": "ann",
            "properties": {"$anon_distinct_id": "visitor", "$process_person_profile": False},
        },
    )

    assert ids_of(person_of("ann")) == ["ann"]
    assert ids_of(person_of("visitor")) == ["visitor"]


def test_what_somebody_did_without_a_profile_comes_along(capture, person_of, ids_of):
    capture(pageview("visitor", timestamp="2020-01-01T00:00:00Z", properties={"$process_person_profile": False}))
    capture(pageview("ann", timestamp="2026-03-02T10:00:00Z", **{"$set": {"plan": "free"}}))
    capture(identify("ann", "visitor"))

    ann = person_of("ann")
    assert ids_of(ann) == ["ann", "visitor"]
    assert ann.created_at == datetime(2026, 3, 2, 10, tzinfo=UTC)  # a person without a profile was not there
    assert_everything_belongs_to(ann)


def test_a_merge_costs_the_same_for_one_and_for_thirty(capture, django_assert_num_queries):
    # Definitions are written down once an hour.
    capture(identify("somebody", "else"))
    for size in (1, 30):
        names = [f"{size}-{n}" for n in range(size)]
        capture(*[pageview(f"{kind} {name}") for name in names for kind in ("visitor", "user")])

        # team, begin, uuids, locks, people, changed ones, ids, events, cohorts, lost ones, events, commit
        with django_assert_num_queries(12):
            capture(*[identify(f"user {name}", f"visitor {name}") for name in names])


def test_a_long_chain_of_merges_in_one_batch_takes_no_long_time(capture, ids_of):
    capture(*[alias(f"ann{n + 1}", f"ann{n}", event="$merge_dangerously") for n in range(5000)], pageview("ann0"))

    assert len(ids_of(Person.objects.get())) == 5001
