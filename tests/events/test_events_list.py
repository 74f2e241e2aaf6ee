"""GET /events/: what was captured, page by page."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories.events import EventFactory, PersonFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def ann(team):
    return PersonFactory(
        team=team, distinct_ids=["ann", "ann@work"], properties={"email": "ann@hogflix.com", "plan": "paid"}
    )


@pytest.fixture
def at(ann):
    """`at(3, event="paid")` is an event of Ann three minutes after noon."""

    def make(minutes: int, **fields):
        return EventFactory(timestamp=NOON + timedelta(minutes=minutes), **{"person": ann, **fields})

    return make


@pytest.fixture
def events(api, url):
    def get(**query) -> dict:
        response = api("query:read").get(url("events/"), query)
        assert response.status_code == 200, response.content
        return response.json()

    return get


def names(page: dict) -> list[str]:
    return [event["event"] for event in page["results"]]


def test_shows_an_event_with_its_person_and_elements(events, at):
    event = at(
        0,
        event="$autocapture",
        properties={"$browser": "Chrome", "n": 1.5, "quoted": '"x"'},
        elements_chain='a.btn.big:attr__data-x="1"href="/pay"nth-child="2"nth-of-type="1"'
        'text="Pay \\"now\\"; please";div:',
    )

    assert events() == {
        "next": None,
        "results": [
            {
                "id": str(event.uuid),
                "distinct_id": "ann",
                "properties": {"$browser": "Chrome", "n": 1.5, "quoted": "x"},
                "event": "$autocapture",
                "timestamp": "2026-03-01T12:00:00+00:00",
                "person": {
                    "is_identified": False,
                    "distinct_ids": ["ann"],
                    "properties": {"email": "ann@hogflix.com"},
                },
                "elements": [
                    {
                        "event": None,
                        "text": 'Pay "now"; please',
                        "tag_name": "a",
                        "attr_class": ["btn", "big"],
                        "href": "/pay",
                        "attr_id": None,
                        "nth_child": 2,
                        "nth_of_type": 1,
                        "attributes": {"attr__data-x": "1"},
                        "order": 0,
                    },
                    {
                        "event": None,
                        "text": None,
                        "tag_name": "div",
                        "attr_class": [],
                        "href": None,
                        "attr_id": None,
                        "nth_child": None,
                        "nth_of_type": None,
                        "attributes": {},
                        "order": 1,
                    },
                ],
                "elements_chain": event.elements_chain,
            }
        ],
    }


def test_nobody_is_shown_without_a_profile(events, at, team):
    at(0, person=PersonFactory(team=team, has_profile=False))

    assert events()["results"][0]["person"] is None


def test_a_number_larger_than_any_integer_is_no_mistake_of_ours(events, at):
    at(0, properties={"huge": 1e300})

    assert events()["results"][0]["properties"] == {"huge": 1e300}


def test_the_newest_come_first_and_the_future_does_not(events, at):
    ann = at(0, event="old").team.persons.get()
    at(1, event="new")
    EventFactory(person=ann, event="tomorrow", timestamp=datetime.now(UTC) + timedelta(hours=20))

    assert names(events()) == ["new", "old"]
    assert names(events(orderBy='["timestamp"]')) == ["old", "new"]
    assert names(events(orderBy="nonsense")) == ["old", "new"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"event": "paid"}, ["paid"]),
        ({"event": "nothing"}, []),
        ({"distinct_id": "ann"}, ["opened"]),
        ({"distinct_id": "ann@work"}, ["paid"]),
        ({"distinct_id": "nobody"}, []),
        ({"after": "2026-03-01T12:01:00Z"}, ["seen"]),
        ({"after": "2026-03-01T12:01:00 00:00"}, ["seen"]),
        ({"before": "2026-03-01T12:01:00"}, ["opened"]),
        ({"after": "2026-03-01T13:00:30+01:00", "before": "2026-03-01T12:01:30Z"}, ["paid"]),
        ({"after": "-1d"}, []),
        ({"before": "1d", "after": "all"}, ["seen", "paid", "opened"]),
        ({"select": '["*"]', "where": '["1"]', "include_person": "true"}, ["seen", "paid", "opened"]),
        ({"action_id": "1"}, []),
        ({"person_id": "nonsense"}, []),
        ({"person_id": "999999"}, []),
        ({"limit": "2"}, ["seen", "paid"]),
        ({"limit": "-2", "offset": "x"}, ["seen", "paid", "opened"]),
        ({"offset": "2"}, ["opened"]),
        ({"offset": "9" * 40}, []),
        ({"limit": "9" * 40}, ["seen", "paid", "opened"]),
        ({"properties": '[{"key": "amount", "value": 5, "operator": "gt"}]'}, ["paid"]),
        ({"properties": '[{"key": "amount", "value": ["7", "8"]}, {"key": "$os", "value": "Linux"}]'}, ["paid"]),
        ({"properties": '{"type": "OR", "values": [{"key": "amount", "value": 7}, {"key": "n", "value": 1}]}'},
            ["paid", "opened"]),
        ({"properties": '[{"key": "plan", "value": "paid", "type": "person"}]'}, ["paid", "opened"]),
        ({"properties": '[{"key": "amount", "operator": "is_not_set"}]'}, ["seen", "opened"]),
        ({"properties": '[{"key": "amount"}, {"value": 1}, {}]'}, ["seen", "paid", "opened"]),
        ({"properties": "[]"}, ["seen", "paid", "opened"]),
        ({"properties": "{}"}, ["seen", "paid", "opened"]),
    ],
)  # fmt: skip
def test_is_narrowed(events, at, ann, team, query, expected):
    at(0, event="opened", properties={"n": 1})
    at(1, event="paid", distinct_id="ann@work", properties={"amount": 7, "$os": "Linux"})
    at(2, event="seen", person=PersonFactory(team=team, distinct_ids=["bob"]))

    assert names(events(**query)) == expected


@pytest.mark.parametrize("reference", ["pk", "uuid"])
def test_a_person_has_the_events_of_all_its_ids(events, at, ann, team, reference):
    at(0), at(1, distinct_id="ann@work"), at(2, person=PersonFactory(team=team))

    found = events(person_id=getattr(ann, reference))["results"]

    assert [event["distinct_id"] for event in found] == ["ann@work", "ann"]


@pytest.mark.parametrize(
    ("query", "detail", "attr"),
    [
        ({"properties": "{"}, "Properties are unparsable!", "properties"),
        ({"properties": '[{"key": 1}]'}, None, "properties"),
        ({"properties": "7"}, None, "properties"),
        ({"properties": "[7]"}, None, "properties"),
        ({"properties": '["\\u0000"]'}, None, "properties"),
        ({"properties": '[{"key": "a\\u0000", "value": 1}]'}, None, "properties"),
        ({"properties": "[" * 5000 + "]" * 5000}, None, "properties"),
        ({"properties": '[{"key": "a", "value": "(", "operator": "regex"}]'}, None, "properties"),
        ({"properties": '[{"key": "a", "value": [1], "operator": "between"}]'}, None, "properties"),
        ({"properties": '[{"key": "id", "value": 1, "type": "cohort"}]'}, None, "properties"),
        ({"after": "yesterday-ish"}, "Invalid date: 'yesterday-ish'.", "after"),
        ({"before": "2026-13-45"}, "Invalid date: '2026-13-45'.", "before"),
        ({"before": "999999999y"}, None, "before"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(api, url, at, query, detail, attr):
    at(0, properties={"a": "2026-01-01"})

    response = api("query:read").get(url("events/"), query)

    assert response.status_code == 400, response.content
    assert (response.json()["type"], response.json()["attr"]) == ("validation_error", attr)
    assert detail is None or response.json()["detail"] == detail


def test_pages_lead_to_each_other_and_keep_the_question(api, url, events, at):
    for minute in range(5):
        at(minute, event=f"e{minute}", properties={"a": 1})

    first = events(limit=2, after="2026-03-01T11:00:00Z", offset=1, properties='[{"key": "a", "value": 1}]')
    query = {name: value for name, [value] in parse_qs(urlsplit(first["next"]).query).items()}
    second = api("query:read").get(first["next"]).json()

    assert names(first) == ["e3", "e2"]
    assert query == {
        "limit": "2",
        "after": "2026-03-01T11:00:00Z",
        "properties": '[{"key": "a", "value": 1}]',
        "before": "2026-03-01T12:02:00+00:00",
    }
    assert (names(second), second["next"]) == (["e1", "e0"], None)


def test_oldest_first_goes_on_after_the_last_one(api, events, at):
    for minute in range(3):
        at(minute, event=f"e{minute}")

    first = events(limit=2, orderBy=json.dumps(["timestamp"]))

    assert "after=2026-03-01T12%3A01%3A00%2B00%3A00" in first["next"]
    assert names(api("query:read").get(first["next"]).json()) == ["e2"]


@pytest.mark.parametrize("order", ["-timestamp", "timestamp"])
def test_no_event_of_a_crowded_moment_is_lost_between_pages(api, url, at, order):
    made = [at(minute, event=f"e{number}") for number, minute in enumerate([0, 0, 0, 0, 0, 1, 1, 2, 3, 3])]
    path, found = url("events/") + f'?limit=3&orderBy=["{order}"]', []
    while path:
        page = api("query:read").get(path).json()
        found += [event["id"] for event in page["results"]]
        path = page["next"]

    assert len(found) == len(made)
    assert set(found) == {str(event.uuid) for event in made}


@pytest.mark.parametrize("count", [1, 10])
def test_costs_the_same_for_one_event_and_for_ten(api, url, team, at, count, django_assert_num_queries):
    for minute in range(count):
        at(minute, person=PersonFactory(team=team))
    client = api("query:read")

    # key and user, its last use, project and membership, savepoint, time limit, events, persons, end of savepoint
    with django_assert_num_queries(8):
        response = client.get(url("events/"), {"properties": '[{"key": "a", "operator": "is_not_set"}]'})

    assert len(response.json()["results"]) == count


def test_a_table_has_no_formulas(api, url, at):
    at(0, event='=cmd|"/c calc"!A0', properties={"@x": "+1+1", "n": -5, "list": [1], "deep": {"a": None}})

    response = api("query:read").get(url("events/"), {"format": "csv"})

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    header, row, *_ = response.content.decode().split("\r\n")
    assert "properties.@x" in header
    assert "properties.deep.a" in header
    assert ',"\'=cmd\\|""/c calc' in row
    assert ",'+1+1," in row
    assert ",[1],-5," in row


def test_a_table_by_its_suffix(api, url, at):
    at(0, event="paid")

    for path in ("events.csv", "events.csv/"):
        response = api("query:read").get(url(path), {"event": "paid"})

        assert (response.status_code, response["Content-Type"]) == (200, "text/csv; charset=utf-8")
        assert len(response.content.decode().splitlines()) == 2
    assert api("query:read").get(url("events.csv"), {"after": "x"}).status_code == 400
    assert api("insight:read").get(url("events.csv")).status_code == 403


CONDITIONS = [
    (["event = 'paid'"], ["paid"]),
    (["properties.n > 1"], ["paid", "big"]),
    (["properties.n > 1", "event like 'b%'"], ["big"]),
    (["properties.n != 1 -- not one"], ["paid", "big", "bare"]),
    (["person.properties.email = 'ann@hogflix.com'", "event != 'bare'"], ["paid", "big", "small"]),
    (["person_id in (select id from persons where properties.plan = 'free')"], []),
    (["true"], ["paid", "big", "small", "bare"]),
    (["null"], []),
    ([], ["paid", "big", "small", "bare"]),
]


@pytest.fixture
def four(at):
    for minute, (name, properties) in enumerate(
        [("bare", {}), ("small", {"n": 1}), ("big", {"n": 20}), ("paid", {"n": 3})]
    ):
        at(minute, event=name, properties=properties)


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(("where", "expected"), CONDITIONS, ids=[" & ".join(where) for where, _ in CONDITIONS])
def test_where_holds_expressions(events, where, expected):
    assert names(events(where=json.dumps(where))) == expected
    assert names(events(where=where)) == expected


@pytest.mark.usefixtures("four")
def test_expressions_stay_on_the_next_page(api, events):
    first = events(limit=1, where=["properties.n > 0", "event != 'big'"])
    second = api("query:read").get(first["next"]).json()

    assert (names(first), names(second), second["next"]) == (["paid"], ["small"], None)


@pytest.mark.usefixtures("four")
def test_properties_may_be_expressions(events):
    assert names(events(properties=json.dumps([{"type": "hogql", "key": "properties.n > 2"}]))) == ["paid", "big"]


@pytest.mark.usefixtures("four")
@pytest.mark.parametrize(
    ("query", "attr", "words"),
    [
        ({"where": '["event = 1", "nope"]'}, "where", "where.1: Unable to resolve field: nope"),
        ({"where": "event = "}, "where", "where.0: Syntax error"),
        ({"where": '["count() > 1"]'}, "where", "where.0: Aggregates cannot stand in a condition."),
        ({"where": '["nope(1)"]'}, "where", "where.0: Unsupported function call 'nope(...)'"),
        ({"where": "[1]"}, "where", "Must be a list of expressions."),
        ({"where": "event"}, "where", "where.0: A condition must be true or false"),
        ({"where": "{filters}"}, "where", "where.0: Unresolved placeholder"),
        ({"properties": '[{"type": "hogql", "key": "nope"}]'}, "properties", "Unable to resolve field: nope"),
    ],
)
def test_expressions_that_mean_nothing_are_refused(api, url, query, attr, words):
    response = api("query:read").get(url("events/"), query)

    assert (response.status_code, response.json()["attr"]) == (400, attr)
    assert words in response.json()["detail"]


def test_a_refusal_is_no_table(api, url):
    response = api("query:read").get(url("events/"), {"format": "csv", "after": "x"})

    assert (response.status_code, response["Content-Type"]) == (400, "application/json")
    assert set(response.json()) == {"type", "code", "detail", "attr"}
