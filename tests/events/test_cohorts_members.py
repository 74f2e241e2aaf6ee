"""Who is in a cohort, and what asks for it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from events.models import CohortPerson, Person
from events.services.persons import delete_persons
from tests.factories.events import CohortFactory, EventFactory, PersonFactory, all_of, any_of

PLAN = {"type": "person", "key": "plan", "value": "paid"}
NOW = datetime.now(UTC)


def performed(event: str, days: int = 7, **more) -> dict:
    return {
        "type": "behavioral",
        "value": "performed_event",
        "event_type": "events",
        "key": event,
        "time_value": days,
        "time_interval": "day",
        **more,
    }


@pytest.fixture
def people(team):
    """Ann pays and was here today, Ben pays and was here ten days ago, Cleo does not pay and was here twice."""
    made = {
        name: PersonFactory(team=team, distinct_ids=[name], properties={"plan": plan})
        for name, plan in [("ann", "paid"), ("ben", "paid"), ("cleo", "free")]
    }
    for name, days, browser in [("ann", 0, "Chrome"), ("ben", 10, "Chrome"), ("cleo", 0, "Safari"), ("cleo", 1, "")]:
        EventFactory(
            person=made[name],
            event="visited",
            timestamp=NOW - timedelta(days=days, minutes=1),
            properties={"$browser": browser},
        )
    return made


@pytest.fixture
def persons_of(api, url, team):
    def names(filters: dict, **fields) -> str:
        cohort = CohortFactory(team=team, filters=filters, **fields)
        page = api("person:read").get(url("persons/"), {"cohort": cohort.pk})
        assert page.status_code == 200, page.content
        return " ".join(sorted(person["distinct_ids"][0] for person in page.json()["results"]))

    return names


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (any_of(PLAN), "ann ben"),
        (any_of({**PLAN, "negation": True}), "cleo"),
        (any_of({**PLAN, "operator": "is_not"}), "cleo"),
        (all_of(PLAN, performed("visited")), "ann"),
        (any_of(PLAN, performed("visited")), "ann ben cleo"),
        (any_of(performed("visited", negation=True)), "ben"),
        (any_of(performed("visited", days=30)), "ann ben cleo"),
        (any_of(performed("nothing")), ""),
        (any_of(performed("visited", event_filters=[{"key": "$browser", "value": "Safari"}])), "cleo"),
        (any_of(performed("visited", event_filters=[PLAN])), "ann"),
        (any_of(performed("visited", explicit_datetime="-30d", explicit_datetime_to="-5d")), "ben"),
        (any_of(performed("visited", value="performed_event_multiple", operator="gte", operator_value=2)), "cleo"),
        (any_of(performed("visited", value="performed_event_multiple", operator="exact", operator_value=1)), "ann"),
        (any_of(all_of(PLAN)["properties"], performed("visited")), "ann ben cleo"),
        (any_of(), ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_those_who_meet_the_criteria(people, persons_of, filters, expected):
    assert persons_of(filters) == expected


def test_a_cohort_may_be_made_of_others(team, people, persons_of):
    paying = CohortFactory(team=team, filters=any_of(PLAN), deleted=True)
    listed = CohortFactory(team=team, is_static=True)
    CohortPerson.objects.enlist(listed, distinct_ids=["cleo", "ann"])

    def of(cohort, **more) -> dict:
        return {"type": "cohort", "key": "id", "value": cohort.pk, **more}

    assert persons_of(all_of(of(paying), of(listed))) == "ann"
    assert persons_of(any_of(of(paying), of(listed))) == "ann ben cleo"
    assert persons_of(all_of(of(paying), of(listed, negation=True))) == "ben"
    assert persons_of(all_of(of(paying, operator="not_in"))) == "cleo"


def test_those_without_a_profile_are_in_no_cohort(team, people, persons_of):
    PersonFactory(team=team, distinct_ids=["nobody"], has_profile=False)

    assert persons_of(any_of({"type": "person", "key": "plan", "operator": "is_not_set"})) == ""


def test_a_cohort_that_is_not_there_is_refused(api, url):
    response = api("person:read").get(url("persons/"), {"cohort": "999999"})

    assert (response.status_code, response.json()["attr"]) == (400, "cohort")


@pytest.mark.parametrize(("operator", "expected"), [("in", 2), ("not_in", 2)])
def test_events_and_persons_are_narrowed_by_a_property_of_type_cohort(api, url, team, people, operator, expected):
    cohort = CohortFactory(team=team, filters=any_of(PLAN))
    narrow = json.dumps([{"type": "cohort", "key": "id", "value": cohort.pk, "operator": operator}])

    events = api("query:read").get(url("events/"), {"properties": narrow}).json()["results"]
    persons = api("person:read").get(url("persons/"), {"properties": narrow}).json()["results"]

    assert len(events) == expected
    assert len(persons) == {"in": 2, "not_in": 1}[operator]


def test_a_cohort_of_another_project_is_not_there(api, url, people):
    theirs = CohortFactory(filters=any_of(PLAN))
    narrow = json.dumps([{"type": "cohort", "key": "id", "value": theirs.pk}])

    assert api("query:read").get(url("events/"), {"properties": narrow}).status_code == 400


def test_a_merged_person_stays_in_the_lists(team, capture, people):
    cohort, other = CohortFactory.create_batch(2, team=team, is_static=True)
    CohortPerson.objects.enlist(cohort, distinct_ids=["cleo"])
    CohortPerson.objects.enlist(other, distinct_ids=["cleo", "ann"])

    merge = {"event": "$merge_dangerously", "distinct_id": "ann", "properties": {"alias": "cleo"}}
    assert capture(merge).status_code == 200

    ann = Person.objects.get(team=team, distinct_ids__distinct_id="ann")
    assert set(CohortPerson.objects.values_list("cohort_id", "person_number")) == {
        (cohort.pk, ann.number),
        (other.pk, ann.number),
    }


@pytest.mark.parametrize("with_events", [True, False])
def test_a_deleted_person_leaves_the_lists(team, alice, people, with_events):
    cohort = CohortFactory(team=team, is_static=True)
    CohortPerson.objects.enlist(cohort, distinct_ids=["cleo", "ann"])

    delete_persons([people["cleo"]], team=team, user=alice, with_events=with_events)

    assert [row.person_number for row in CohortPerson.objects.all()] == [people["ann"].number]
