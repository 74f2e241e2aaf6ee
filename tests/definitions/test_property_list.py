"""GET property_definitions/"""

import pytest

from tests.factories.definitions import EventPropertyFactory, PropertyDefinitionFactory

FIELDS = [
    "id",
    "name",
    "description",
    "tags",
    "is_numerical",
    "updated_at",
    "updated_by",
    "is_seen_on_filtered_events",
    "property_type",
    "verified",
    "verified_at",
    "verified_by",
    "hidden",
]


@pytest.fixture
def rows(api, url):
    def of(**parameters) -> list[dict]:
        response = api("property_definition:read").get(url("property_definitions/"), parameters)
        assert response.status_code == 200, response.content
        return response.json()["results"]

    return of


@pytest.fixture
def names(rows):
    """The names that a list with these parameters shows, in order."""
    return lambda **parameters: [row["name"] for row in rows(**parameters)]


@pytest.fixture
def define(team):
    def make(*names: str, **fields):
        return [PropertyDefinitionFactory(team=team, name=name, **fields) for name in names]

    return make


def test_shows_properties_of_events_verified_ones_first(names, define, charlie):
    define("b", "a")
    define("z", verified=True)
    define("of a person", type="person")
    PropertyDefinitionFactory(team=charlie.current_team, name="Charlie's")

    assert names() == ["z", "a", "b"]


def test_a_row_has_all_its_fields(rows, define):
    define("amount", property_type="Numeric", is_numerical=True)

    [row] = rows()
    assert list(row) == FIELDS
    assert (row["name"], row["property_type"], row["is_numerical"], row["is_seen_on_filtered_events"]) == (
        "amount",
        "Numeric",
        True,
        None,
    )


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"type": "event"}, ["of events"]),
        ({"type": "person"}, ["of persons"]),
        ({"type": "session"}, ["of sessions"]),
        ({"type": "group", "group_type_index": 0}, ["of companies"]),
        ({"type": "group", "group_type_index": 1}, ["of teams"]),
    ],
)
def test_shows_properties_of_one_kind(names, define, parameters, expected):
    define("of events")
    define("of persons", type="person")
    define("of sessions", type="session")
    define("of companies", type="group", group_type_index=0)
    define("of teams", type="group", group_type_index=1)

    assert names(**parameters) == expected


@pytest.mark.parametrize(
    ("parameters", "code", "attr"),
    [
        ({"type": "strange"}, "invalid_choice", "type"),
        ({"type": "group"}, "invalid_input", "group_type_index"),
        ({"type": "person", "group_type_index": 0}, "invalid_input", "group_type_index"),
        ({"group_type_index": 0}, "invalid_input", "group_type_index"),
        ({"type": "group", "group_type_index": "x"}, "invalid_input", "group_type_index"),
        ({"type": "group", "group_type_index": -1}, "min_value", "group_type_index"),
        ({"type": "group", "group_type_index": "9" * 30}, "max_value", "group_type_index"),
        ({"type": "group", "group_type_index": "1.5"}, "invalid_input", "group_type_index"),
        ({"type": "group", "group_type_index": "NaN"}, "invalid_input", "group_type_index"),
        ({"type": "person", "event_names": '["a"]'}, "invalid_input", "event_names"),
        ({"event_names": "a"}, "invalid_input", "event_names"),
        ({"event_names": "{}"}, "invalid_input", "event_names"),
        ({"event_names": "[" * 5000}, "invalid_input", "event_names"),
        ({"excluded_properties": "a"}, "invalid_input", "excluded_properties"),
    ],
)
def test_refuses_what_makes_no_sense(api, url, refused, parameters, code, attr):
    refused(api().get(url("property_definitions/"), parameters), 400, code, attr)


def test_hides_what_nobody_should_ask_about(names, define):
    define("distinct_id", "$set", "$set_once", "$groups", "$group_0", "$group_key", "$initial_referrer")
    define("$session_entry_url", "$browser")
    define("distinct_id", type="person")

    assert names() == ["$browser"]
    assert names(type="person") == ["distinct_id"]


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("plan", ["plan", "plan_name"]),
        ("NAME plan", ["plan_name"]),
        ("current url", ["$current_url"]),
        ("referrer url", ["$referrer"]),
        (" ", ["$current_url", "$referrer", "plan", "plan_name"]),
        ("%", []),
    ],
)
def test_searches_names_and_what_people_call_them(names, define, search, expected):
    define("plan", "plan_name", "$current_url", "$referrer")

    assert names(search=search) == expected


def test_finds_exact_names(names, define):
    define("a", "b", "aa")

    assert names(properties="a,aa,strange") == ["a", "aa"]


def test_leaves_out_names(names, define):
    define("a", "b")

    assert names(excluded_properties='["a"]') == ["b"]


@pytest.mark.parametrize(
    ("value", "expected"), [("true", ["n"]), ("false", ["s"]), ("", ["n", "s"]), ("x", ["n", "s"])]
)
def test_tells_numbers_from_the_rest(names, define, value, expected):
    define("n", is_numerical=True)
    define("s")

    assert names(is_numerical=value) == expected


def test_tells_feature_flags_from_the_rest(names, define):
    define("$feature/new", "plan")

    assert names(is_feature_flag="true") == ["$feature/new"]
    assert names(is_feature_flag="false") == ["plan"]


def test_leaves_out_core_and_hidden_ones_if_asked(names, define):
    define("$browser", "utm_source", "plan")
    define("secret", hidden=True)

    assert names(exclude_core_properties="true") == ["plan", "secret"]
    assert names(exclude_core_properties="true", exclude_hidden="true") == ["plan"]
    assert names(exclude_hidden="false") == ["$browser", "plan", "secret", "utm_source"]


def test_says_what_was_seen_on_some_events(rows, names, define, team, charlie):
    define("a", "c")
    define("b", verified=True)
    EventPropertyFactory(team=team, event="paid", property="c")
    EventPropertyFactory(team=team, event="left", property="a")
    EventPropertyFactory(team=charlie.current_team, event="paid", property="a")

    seen = [(row["name"], row["is_seen_on_filtered_events"]) for row in rows(event_names='["paid"]')]

    assert seen == [("c", True), ("b", False), ("a", False)]
    assert names(event_names='["paid"]', filter_by_event_names="true") == ["c"]
    assert names(event_names='["paid", "left"]', filter_by_event_names="true") == ["a", "c"]
    assert names(event_names="[]", filter_by_event_names="true") == []
    assert names(filter_by_event_names="true") == ["b", "a", "c"]


@pytest.mark.parametrize("number", [1, 20])
def test_costs_the_same_for_one_row_and_for_twenty(
    api, url, define, alice, tag, number, team, django_assert_num_queries
):
    for definition in define(*(f"p{n}" for n in range(number)), verified_by=alice, verified=True):
        tag(definition, "growth")
        EventPropertyFactory(team=team, event="paid", property=definition.name)
    client = api("property_definition:read")

    # key and user, its last use, project and membership, count, rows with two people each, tags
    with django_assert_num_queries(6):
        response = client.get(url("property_definitions/"), {"event_names": '["paid"]'})

    assert len(response.json()["results"]) == number
