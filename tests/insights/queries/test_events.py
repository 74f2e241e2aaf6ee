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
        ["b", "2024-01-10T14:30:00Z", "1.5", "person-1"],
        ["a", "2024-01-10T13:30:00Z", None, "person-1"],
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
        ["b", 2, "2024-01-10T13:30:00Z"],
        ["a", 1, "2024-01-10T14:30:00Z"],
    ]
    assert answer["types"] == ["String", "UInt64", "Nullable(DateTime64(6, 'UTC'))"]
    assert ask(events("count()"))["results"] == [[3]]
    by_name = ask(events("properties.x as x", "event", "count()", orderBy=["event ASC", "x desc"]))
    assert [row[1:] for row in by_name["results"]] == [["a", 1], ["b", 2]]


def test_pages(ask, store):
    store([seen(str(hour), hour) for hour in range(1, 6)])

    first, second = (ask(events("event", limit=3, offset=offset)) for offset in (0, 3))

    assert ([row[0] for row in first["results"]], first["hasMore"]) == (["1", "2", "3"], True)
    assert ([row[0] for row in second["results"]], second["hasMore"]) == (["4", "5"], False)


EXPRESSIONS = [
    ("toDate(timestamp)", ["2024-01-10", "2024-01-10", "2024-01-10"]),
    ("toStartOfHour(timestamp) as hour -- Hour",
     ["2024-01-10T14:00:00Z", "2024-01-10T13:00:00Z", "2024-01-10T12:00:00Z"]),
    ("properties.price * 2", [3, 20, None]),
    ("if(event = 'a', 'first', 'other')", ["first", "other", "other"]),
    ("concat(event, '!', distinct_id)", ["a!person-1", "b!person-2", "b!person-1"]),
    ("person.properties.email", ["ann@x.io", None, "ann@x.io"]),
    ("coalesce(person.properties.email, distinct_id) -- Who", ["ann@x.io", "person-2", "ann@x.io"]),
    ("properties.plan.name", ["pro", None, None]),
    ("properties['x y']", ["z", None, None]),
    ("properties.`x y`", ["z", None, None]),
    ("properties", ['{"x y":"z","plan":{"name":"pro"},"price":1.5}', '{"price":10}', "{}"]),
    ("row_number() over (order by timestamp)", [3, 2, 1]),
    ("session.$session_duration", [None, None, None]),
    ("1 -- One", [1, 1, 1]),
    ("person_id in (select person_id from events where properties.price = 10)", [False, True, False]),
]  # fmt: skip


@pytest.fixture
def three(store):
    store(
        [seen("a", 1, price=1.5, plan={"name": "pro"}, **{"x y": "z"}), seen("b", 2, person=2, price=10), seen("b", 3)],
        [SamplePerson(1, {"email": "ann@x.io"})],
    )


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(("text", "expected"), EXPRESSIONS, ids=[text for text, _ in EXPRESSIONS])
def test_a_column_is_any_expression(ask, text, expected):
    answer = ask(events(text))

    assert [row[0] for row in answer["results"]] == expected
    assert answer["columns"] == [text]


CONDITIONS = [
    (["event = 'b'"], ["b", "b"]),
    (["event = 'b'", "properties.price = 10"], ["b"]),
    (["event = 'a' or properties.price > 5"], ["a", "b"]),
    (["properties.price != 10"], ["a", "b"]),
    (["person.properties.email like '%@x.io'"], ["a", "b"]),
    (["toHour(timestamp) >= 13 -- late"], ["a", "b"]),
    (["name = 'a'"], ["a"]),
    (["null"], []),
    (["properties.$browser in ('Safari')"], []),
]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(("where", "expected"), CONDITIONS, ids=[" & ".join(where) for where, _ in CONDITIONS])
def test_where_is_any_condition(ask, where, expected):
    assert [row[0] for row in ask(events("event as name", where=where))["results"]] == expected


ORDERS = [
    (["event"], ["a", "b", "b"], None),
    (["properties.price desc"], [10, 1.5, None], "toFloat(properties.price)"),
    (["properties.price desc nulls first"], [None, 10, 1.5], "toFloat(properties.price)"),
    (["toFloat(properties.price) ASC -- cheap first"], [1.5, 10, None], "toFloat(properties.price)"),
    (["event DESC", "timestamp ASC"], [12, 13, 14], "toHour(timestamp)"),
    (["h"], [12, 13, 14], "toHour(timestamp) as h"),
    (["1"], [12, 13, 14], "toHour(timestamp)"),
    ([], [14, 13, 12], "toHour(timestamp)"),
]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(("order", "expected", "column"), ORDERS)
def test_order_by_is_any_expression(ask, order, expected, column):
    assert [row[0] for row in ask(events(column or "event", orderBy=order))["results"]] == expected


@pytest.mark.usefixtures("three")
class TestAggregates:
    def test_go_by_the_other_columns(self, ask):
        answer = ask(events("event", "sum(properties.price) as spent", "uniq(person_id)", orderBy=["spent"]))

        assert answer["results"] == [["a", 1.5, 1], ["b", 10, 2]]
        assert answer["types"] == ["String", "Nullable(Float64)", "UInt64"]

    def test_the_largest_comes_first_by_default(self, ask):
        assert ask(events("properties.price", "count()"))["results"][0][1] == 1
        assert [row[0] for row in ask(events("event", "avg(properties.price)"))["results"]] == ["b", "a"]

    def test_expressions_with_constants_are_groups_too(self, ask):
        by_hour = ask(events("concat(event, '-', 'x')", "count()", orderBy=["concat(event, '-', 'x')"]))

        assert by_hour["results"] == [["a-x", 1], ["b-x", 2]]

    def test_a_condition_on_an_aggregate_chooses_among_groups(self, ask):
        assert ask(events("event", "count() as c", where=["c > 1"]))["results"] == [["b", 2]]
        assert ask(events("event", "count()", where=["count() > 1", "event != 'z'"]))["results"] == [["b", 2]]

    def test_whole_persons_are_groups_by_distinct_id(self, ask):
        rows = ask(events("person", "count()"))["results"]

        assert [(person["distinct_id"], count) for person, count in rows] == [("person-1", 2), ("person-2", 1)]

    def test_a_dau_table(self, ask):
        assert ask(events("toDate(timestamp) -- Day", "uniq(person_id) -- DAU"))["results"] == [["2024-01-10", 2]]


@pytest.mark.usefixtures("three")
def test_properties_and_expressions_of_persons_share_one_join(ask):
    asked = [{"type": "person", "key": "email", "operator": "is_set"}]

    answer = ask(events("person.properties.email", properties=asked, where=["person.properties.email like 'ann%'"]))

    assert answer["results"] == [["ann@x.io"], ["ann@x.io"]]


@pytest.mark.usefixtures("three")
def test_how_persons_are_called(team, ask):
    [[known], [stranger], _] = ask(events("person_display_name -- Person"))["results"]

    assert known == {
        "display_name": "ann@x.io",
        "id": str(Person.objects.get(team=team, number=1).uuid),
        "distinct_id": "person-1",
    }
    assert stranger["display_name"] == "person-2"


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
        (events("event", where=["event = 'x'", "nope = 1"]), "where.1: Unable to resolve field: nope"),
        (events("event", where=["event = 'x' and nope"]), "where.0: Unable to resolve field: nope"),
        (events("event", where=["event = "]), "where.0: Syntax error"),
        (events("event", where=["event"]), "where.0: A condition must be true or false"),
        (events("event", where=["count() > 1"]), "must be aggregated or stand in GROUP BY"),
        (events("event", "nope(timestamp)"), r"select.1: Unsupported function call 'nope\(...\)'"),
        (events("event", "event from persons"), "select.1: Syntax error"),
        (events("team_id"), "select.0: Unable to resolve field: team_id"),
        (events("{filters}"), "select.0: Unresolved placeholder: {filters}"),
        (events("{nope}"), "select.0: Unresolved placeholder: {nope}"),
        (events("person.prop"), "select.0: Unable to resolve field: person.prop"),
        (events("e.*"), "select.0: many columns at once"),
        (events("* exclude (event)"), "select.0"),
        (events("event", orderBy=["*"]), "orderBy.0: Unable to resolve field"),
        (events("event", orderBy=["event, timestamp"]), "orderBy.0: Invalid order"),
        (events("event", "count()", orderBy=["timestamp"]), "must be aggregated or stand in GROUP BY"),
        (events("event", orderBy=["count()"]), "orderBy.0: an aggregate"),
        (events(*["event"] * 101), "select: more than 100 expressions"),
        (events("x" * 20_000), "select.0: Query is too complex"),
        (events("event", limit=0), "limit"),
        (events("event", offset=-1), "offset"),
        (events("event", personId="x"), "personId"),
        (events("event", actionId=1), "Action ID 1 does not exist!"),
        (events("event", source={"kind": "X"}), "source: the events behind another query"),
        (events("event", after="99999-01-01"), "Invalid date"),
        ({"kind": "ActorsQuery", "source": {"kind": "X"}}, "source: the actors behind another query"),
        ({"kind": "ActorsQuery", "select": ["event_count"]}, "select.0: Unable to resolve field: event_count"),
        ({"kind": "ActorsQuery", "properties": [{"key": "x", "value": 1}]}, "properties.0"),
        ({"kind": "ActorsQuery", "orderBy": ["count()"]}, "orderBy"),
        ({"kind": "PersonsNode", "cohort": 1}, "cohort"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(ask, query, words):
    with pytest.raises(Refusal, match=words):
        ask(query)


@pytest.mark.parametrize(
    "text",
    [
        "pg_sleep(10)",
        "(select usename from pg_user)",
        "(select email from accounts_user)",
        "event; DROP TABLE events",
        "1) FROM persons --",
        "event) UNION SELECT 1 --",
        "e.team_id",
        "p.number",
        "%s",
        "%(p0)s",
        "{0}",
        "",
        "\x00",
        "'\ud800'",
    ],
)
def test_no_text_says_more_than_an_expression(ask, store, text):
    store([seen("a")])

    for query in (events(text), events("event", where=[text]), events("event", orderBy=[text])):
        with pytest.raises(Refusal):
            ask(query)
    assert ask(events("'; DROP TABLE events --' as `x; --`", orderBy=["`x; --`"]))["results"] == [
        ["; DROP TABLE events --"]
    ]


def test_persons_with_their_properties(team, ask, store):
    store(
        [seen("a"), seen("a", person=2), seen("a", person=3)],
        [SamplePerson(1, {"email": "a@b.c"}), SamplePerson(2, {"email": "100%@b.c"})],
    )
    Person.objects.filter(team=team, number=3).update(has_profile=False)

    answer = ask(
        {"kind": "ActorsQuery", "select": ["id", "properties.email", "person"], "orderBy": ["properties.email DESC"]}
    )

    assert [row[1] for row in answer["results"]] == ["a@b.c", "100%@b.c"]
    assert answer["results"][0][2]["id"] == answer["results"][0][0]
    assert answer["columns"] == ["id", "properties.email", "person"]
    assert answer["types"] == ["UUID", "Nullable(String)", "Tuple"]
    assert len(ask({"kind": "ActorsQuery", "search": "%@"})["results"]) == 1
    by_email = {"kind": "PersonsNode", "properties": [{"type": "person", "key": "email", "value": "a@b.c"}]}
    assert len(ask(by_email)["results"]) == 1


PERSONS = [
    (["count()"], {}, [[3]]),
    (["properties.plan", "count() as c"], {"orderBy": ["c", "properties.plan"]}, [["free", 1], ["paid", 2]]),
    (["upper(properties.plan) as plan", "max(properties.age)"], {}, [["PAID", "41"], ["FREE", "20"]]),
    (["person.properties.age"], {"orderBy": ["person.properties.age nulls first"]}, [[None], ["20"], ["41"]]),
    (["properties.age"], {"orderBy": ["toInt(properties.age) desc nulls last"]}, [["41"], ["20"], [None]]),
    (["pdi.distinct_id"], {"orderBy": ["pdi.distinct_id"], "search": "ann"}, [[None]]),
    (["id in (select person_id from events)"], {"search": "ann"}, [[True]]),
    (["person.$delete", "is_identified"], {"search": "ann"}, [[1, False]]),
]


@pytest.mark.parametrize(("select", "asked", "expected"), PERSONS, ids=[str(select) for select, _, _ in PERSONS])
def test_expressions_over_persons(ask, store, select, asked, expected):
    ages = {1: {"email": "ann@x.io", "plan": "paid", "age": 41}, 2: {"plan": "free", "age": 20}, 3: {"plan": "paid"}}
    store([seen("a", person=1)], [SamplePerson(number, properties) for number, properties in ages.items()])

    assert ask({"kind": "ActorsQuery", "select": select, **asked})["results"] == expected
