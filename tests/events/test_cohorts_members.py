"""Who is in a cohort, and what asks for it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from events.models import CohortPerson, Person
from events.services.persons import delete_persons
from tests.factories.events import ActionFactory, CohortFactory, EventFactory, PersonFactory, all_of, any_of

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


DAY = timedelta(days=1)


class TestBehaviours:
    """Who did what when: days ago, of `paid`."""

    @pytest.fixture
    def did(self, team, people):
        def put(name: str, *days: float, event: str = "paid", **properties) -> None:
            for number in days:
                EventFactory(person=people[name], event=event, timestamp=NOW - number * DAY, properties=properties)

        return put

    def behaviour(self, value: str, days: int = 7, **more) -> dict:
        return any_of(performed("paid", days, value=value, **more))

    def test_for_the_first_time(self, persons_of, did):
        did("ann", 3, 20)
        did("ben", 3)

        assert persons_of(self.behaviour("performed_event_first_time")) == "ben"
        assert persons_of(self.behaviour("performed_event_first_time", days=30)) == "ann ben"

    def test_the_first_time_of_all_has_to_meet_the_filters(self, persons_of, did):
        big = [{"key": "plan", "value": "big"}]
        did("ann", 5, plan="small")
        did("ann", 3, plan="big")
        did("ben", 3, plan="big")

        assert persons_of(self.behaviour("performed_event_first_time", event_filters=big)) == "ben"

    def test_regularly(self, persons_of, did):
        """In three of the last four days; today is not over."""
        did("ann", 1, 1.1, 3, 4)
        did("ben", 0, 1, 2)
        did("cleo", 1, 2, 5)
        asked = {"operator": "gte", "operator_value": 1, "time_value": 1, "min_periods": 3, "total_periods": 4}

        assert persons_of(self.behaviour("performed_event_regularly", **asked)) == "ann"
        assert persons_of(self.behaviour("performed_event_regularly", **asked, negation=True)) == "ben cleo"

    def test_often_enough_in_a_period(self, persons_of, did):
        did("ann", 1, 2, 3)
        did("ben", 1, 3)
        asked = {"operator": "gte", "operator_value": 2, "time_value": 2, "min_periods": 1, "total_periods": 2}

        assert persons_of(self.behaviour("performed_event_regularly", **asked)) == "ann"

    def test_no_longer(self, persons_of, did):
        did("ann", 10)
        did("ben", 10, 1)
        did("cleo", 40)
        asked = {"seq_time_value": 5, "seq_time_interval": "day"}

        assert persons_of(self.behaviour("stopped_performing_event", days=30, **asked)) == "ann"

    def test_again(self, persons_of, did):
        did("ann", 40, 1)
        did("ben", 10, 1)
        did("cleo", 1)
        asked = {"seq_time_value": 5, "seq_time_interval": "day"}

        assert persons_of(self.behaviour("restarted_performing_event", days=30, **asked)) == "ann"

    def test_one_after_the_other(self, persons_of, did):
        for name, later in [("ann", 2.5), ("ben", 1.5), ("cleo", 3.5)]:
            did(name, 3)
            did(name, later, event="thanked")
        asked = {"seq_event": "thanked", "seq_event_type": "events", "seq_time_value": 1, "seq_time_interval": "day"}

        assert persons_of(self.behaviour("performed_event_sequence", **asked)) == "ann"

    @pytest.mark.parametrize("as_text", [True, False])
    def test_an_action(self, team, persons_of, did, as_text):
        big = [{"key": "plan", "value": "big"}]
        action = ActionFactory(team=team, steps=[{"event": "paid", "properties": big}, {"event": "thanked"}])
        did("ann", 3, plan="big")
        did("ben", 3, plan="small")
        did("cleo", 3, event="thanked")

        key = str(action.pk) if as_text else action.pk

        assert persons_of(self.behaviour("performed_event", key=key, event_type="actions")) == "ann cleo"
        assert persons_of(self.behaviour("performed_event", key=key, event_type="actions", event_filters=big)) == "ann"

    def test_however_long_after(self, persons_of, did):
        did("ann", 3)
        did("ann", 0.5, event="thanked")
        asked = {"seq_event": "thanked", "seq_time_value": 999_999_999, "seq_time_interval": "year"}

        assert persons_of(self.behaviour("performed_event_sequence", **asked)) == "ann"

    def test_an_action_in_a_sequence(self, team, persons_of, did):
        action = ActionFactory(team=team, steps=[{"event": "thanked"}])
        did("ann", 3)
        did("ann", 2.5, event="thanked")
        asked = {"seq_event": action.pk, "seq_event_type": "actions", "seq_time_value": 1, "seq_time_interval": "day"}

        assert persons_of(self.behaviour("performed_event_sequence", **asked)) == "ann"

    def test_an_action_without_steps_was_done_by_nobody(self, team, persons_of, did):
        action = ActionFactory(team=team, steps=[])
        did("ann", 3)

        assert persons_of(self.behaviour("performed_event", key=action.pk, event_type="actions")) == ""

    def test_groups_of_groups(self, persons_of, did):
        did("ann", 3)
        did("ben", 20)
        regular = performed("paid", 30)
        recent = performed("paid", 7, negation=True)

        assert persons_of(any_of(all_of(all_of(PLAN, regular)["properties"], recent)["properties"])) == "ben"


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
