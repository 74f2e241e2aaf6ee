from datetime import UTC, datetime, timedelta

import pytest

from common.exceptions import Refusal
from events.models import Person
from insights.queries import run
from tests.factories.accounts import ProjectFactory
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)


def events(*select, **query):
    return {"kind": "EventsQuery", "select": list(select), **query}


def seen(name, hours=1, person=1, **properties):
    return SampleEvent(name, NOW - timedelta(hours=hours), person=person, properties=properties)


@pytest.fixture
def ask(team):
    return lambda query: run(query, team=team, now=NOW)


def test_the_newest_events_of_a_day_come_first(ask, store):
    store([seen("old", 25), seen("a", 2), seen("b", 1, price=1.5)])

    answer = ask(events("event", "timestamp", "properties.price -- Price", "distinct_id"))

    assert answer["results"] == [
        ["b", "2024-01-10T14:30:00.000000+00:00", "1.5", "person-1"],
        ["a", "2024-01-10T13:30:00.000000+00:00", None, "person-1"],
    ]
    assert answer["columns"] == ["event", "timestamp", "properties.price -- Price", "distinct_id"]
    assert answer["types"] == ["String", "DateTime64(6, 'UTC')", "Nullable(String)", "String"]
    assert (answer["hasMore"], answer["limit"], answer["offset"]) == (False, 100, 0)


def test_whole_events_and_persons(team, ask, store):
    store([seen("a", price=1), seen("b", 2, person=2)], [SamplePerson(1, {"email": "a@b.c", "plan": "paid"})])
    Person.objects.filter(team=team, number=2).update(has_profile=False)

    [[event, person], [_, stranger]] = ask(events("*", "person"))["results"]

    assert (event["event"], event["properties"], event["team_id"]) == ("a", {"price": 1}, team.pk)
    assert (person["properties"], person["distinct_id"]) == ({"email": "a@b.c"}, "person-1")
    assert person["uuid"] == str(Person.objects.get(team=team, number=1).uuid)
    assert stranger == {"distinct_id": "person-2"}


def test_the_first_that_is_set(ask, store):
    store([seen("a", 1, **{"$screen_name": "Home"}), seen("a", 2, **{"$current_url": "/"}), seen("a", 3)])

    answer = ask(events("coalesce(properties.$current_url, properties['$screen_name'], event) -- Url / Screen"))

    assert answer["results"] == [["Home"], ["/"], ["a"]]


def test_counts_by_the_other_columns(ask, store):
    store([seen("a"), seen("b", 2), seen("b", 3)])

    answer = ask(events("event", "count()", "max(timestamp)"))

    assert answer["results"] == [
        ["b", 2, "2024-01-10T13:30:00.000000+00:00"],
        ["a", 1, "2024-01-10T14:30:00.000000+00:00"],
    ]
    assert answer["types"] == ["String", "UInt64", "DateTime64(6, 'UTC')"]
    assert ask(events("count()"))["results"] == [[3]]
    by_name = ask(events("properties.x as x", "event", "count()", orderBy=["event ASC", "x desc"]))
    assert [row[1:] for row in by_name["results"]] == [["a", 1], ["b", 2]]


def test_pages(ask, store):
    store([seen(str(hour), hour) for hour in range(1, 6)])

    first, second = (ask(events("event", limit=3, offset=offset)) for offset in (0, 3))

    assert ([row[0] for row in first["results"]], first["hasMore"]) == (["1", "2", "3"], True)
    assert ([row[0] for row in second["results"]], second["hasMore"]) == (["4", "5"], False)


def test_what_is_asked_for_is_filtered(team, ask, store):
    store([seen("a", x=1), seen("b", 2, person=2), seen("c", 200)], [SamplePerson(2, {"email": "me@x.io"})])
    second = str(Person.objects.get(team=team, number=2).uuid)
    team.test_account_filters = [{"key": "email", "type": "person", "operator": "not_icontains", "value": "x.io"}]

    def names(**query):
        return sorted(row[0] for row in ask(events("event", **query))["results"])

    assert names(event="a") == ["a"]
    assert names(events=["a", "b"]) == ["a", "b"]
    assert names(properties=[{"key": "x", "value": 1}]) == ["a"]
    assert names(fixedProperties=[{"type": "person", "key": "email", "operator": "is_set"}]) == ["b"]
    assert names(personId=second) == ["b"]
    assert names(filterTestAccounts=True) == ["a"]
    assert names(after="all") == ["a", "b", "c"]
    assert names(after="-30d", before="-7d") == ["c"]
    assert names(after="2024-01-10T13:30:00") == ["a"]


def test_another_projects_events_are_never_seen(ask, store, team):
    store([seen("a")])
    elsewhere = ProjectFactory().team
    person = str(Person.objects.get(team=team).uuid)

    assert run(events("*"), team=elsewhere, now=NOW)["results"] == []
    assert run(events("*", personId=person), team=elsewhere, now=NOW)["results"] == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (events("event", where=["event = 'x'"]), "where.0"),
        (events("event", "toDate(timestamp)"), "select.1: the expression 'toDate"),
        (events("team_id"), "select.0"),
        (events("person.properties"[:9]), "select.0"),
        (events("count(distinct event)"), "select.0"),
        (events("*", "count()"), "select"),
        (events("event", orderBy=["*"]), "orderBy.0"),
        (events("event", "count()", orderBy=["timestamp"]), "orderBy.0"),
        (events("event", orderBy=["count()"]), "orderBy.0"),
        (events(*["event"] * 101), "more than 100 columns"),
        (events("x" * 2000), "select.0"),
        (events("event", limit=0), "limit"),
        (events("event", offset=-1), "offset"),
        (events("event", personId="x"), "personId"),
        (events("event", actionId=1), "Action ID 1 does not exist!"),
        (events("event", source={"kind": "X"}), "source"),
        (events("event", after="99999-01-01"), "Invalid date"),
        ({"kind": "ActorsQuery", "source": {"kind": "X"}}, "source"),
        ({"kind": "ActorsQuery", "select": ["count()"]}, "select"),
        ({"kind": "ActorsQuery", "properties": [{"key": "x", "value": 1}]}, "properties.0"),
        ({"kind": "ActorsQuery", "orderBy": ["count()"]}, "orderBy"),
        ({"kind": "PersonsNode", "cohort": 1}, "cohort"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(ask, query, words):
    with pytest.raises(Refusal, match=words):
        ask(query)


def test_persons_with_their_properties(team, ask, store):
    store(
        [seen("a"), seen("a", person=2), seen("a", person=3)],
        [SamplePerson(1, {"email": "a@b.c"}), SamplePerson(2, {"email": "100%@b.c"})],
    )
    Person.objects.filter(team=team, number=3).update(has_profile=False)

    answer = ask({"kind": "ActorsQuery", "select": ["id", "properties.email", "person"], "orderBy": ["id ASC"]})

    assert [row[1] for row in answer["results"]] == ["a@b.c", "100%@b.c"]
    assert answer["results"][0][2]["id"] == answer["results"][0][0]
    assert answer["columns"] == ["id", "properties.email", "person"]
    assert len(ask({"kind": "ActorsQuery", "search": "%@"})["results"]) == 1
    assert (
        len(
            ask({"kind": "PersonsNode", "properties": [{"type": "person", "key": "email", "value": "a@b.c"}]})[
                "results"
            ]
        )
        == 1
    )
