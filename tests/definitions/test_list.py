"""GET event_definitions/"""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.accounts import UserFactory
from tests.factories.definitions import EventDefinitionFactory

NOW = datetime.now(UTC)
FIELDS = [
    "id",
    "name",
    "owner",
    "description",
    "tags",
    "created_at",
    "updated_at",
    "updated_by",
    "last_seen_at",
    "last_updated_at",
    "verified",
    "verified_at",
    "verified_by",
    "hidden",
    "enforcement_mode",
    "primary_property",
    "is_action",
    "action_id",
    "is_calculating",
    "last_calculated_at",
    "created_by",
    "post_to_slack",
    "default_columns",
    "media_preview_urls",
]


@pytest.fixture
def names(api, url):
    """The names that a list with these parameters shows, in order."""

    def of(**parameters) -> list[str]:
        response = api("event_definition:read").get(url("event_definitions/"), parameters)
        assert response.status_code == 200, response.content
        return [row["name"] for row in response.json()["results"]]

    return of


@pytest.fixture
def define(team):
    def make(*names: str, **fields):
        return [EventDefinitionFactory(team=team, name=name, **fields) for name in names]

    return make


def test_shows_the_events_of_the_project_by_the_day_they_were_seen_and_by_name(names, define, charlie):
    define("never", last_seen_at=None)
    define("yesterday", last_seen_at=NOW - timedelta(days=1))
    define("b", "a", last_seen_at=NOW)
    define("c", last_seen_at=NOW.replace(hour=0, minute=0))
    EventDefinitionFactory(team=charlie.current_team, name="Charlie's")

    assert names() == ["a", "b", "c", "yesterday", "never"]


def test_a_row_has_all_its_fields(api, url, define):
    [definition] = define("signed up")

    body = api("event_definition:read").get(url("event_definitions/")).json()

    assert (body["count"], body["next"], body["previous"]) == (1, None, None)
    [row] = body["results"]
    assert list(row) == FIELDS
    assert (row["id"], row["name"], row["description"], row["tags"]) == (str(definition.pk), "signed up", "", [])
    assert (row["verified"], row["hidden"], row["enforcement_mode"]) == (False, None, "allow")
    assert (row["is_action"], row["action_id"], row["default_columns"], row["media_preview_urls"]) == (
        False,
        None,
        [],
        [],
    )


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("sign", ["signed up", "user signed out"]),
        ("SIGNED", ["signed up", "user signed out"]),
        ("up signed", ["signed up"]),
        ("  ", ["paid", "signed up", "user signed out"]),
        ("nothing", []),
        ("%", []),
    ],
)
def test_searches_every_word_in_the_name_and_shows_the_shortest_first(names, define, search, expected):
    define("user signed out", "signed up", "paid")

    assert names(search=search) == expected


@pytest.mark.parametrize(
    ("event_type", "expected"),
    [
        ("event", ["$pageview", "paid"]),
        ("all", ["$pageview", "paid"]),
        ("action_event", ["$pageview", "paid"]),
        ("event_custom", ["paid"]),
        ("event_posthog", ["$pageview"]),
    ],
)
def test_shows_events_of_one_origin(names, define, event_type, expected):
    define("paid", "$pageview")

    assert names(event_type=event_type) == expected


def test_refuses_an_unknown_origin(api, url, refused):
    response = api("event_definition:read").get(url("event_definitions/?event_type=strange"))

    refused(response, 400, "invalid_choice", "event_type")


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [
        ("name", ["a", "b", "c"]),
        ("-name", ["c", "b", "a"]),
        ("last_seen_at", ["a", "b", "c"]),
        ("-last_seen_at", ["c", "b", "a"]),
        ("-last_seen_at::date,name", ["b", "c", "a"]),
        ("-created_at", ["a", "b", "c"]),
        ("created_at::date,-name", ["c", "b", "a"]),
        ("strange,-name", ["c", "b", "a"]),
        ("strange", ["b", "c", "a"]),
        ("verified_by__password", ["b", "c", "a"]),
    ],
)
def test_orders_as_asked_and_passes_over_what_it_does_not_know(names, define, ordering, expected):
    noon = NOW.replace(hour=12)
    define("b", last_seen_at=noon, created_at=noon)
    define("c", last_seen_at=noon + timedelta(hours=1), created_at=noon - timedelta(hours=1))
    define("a", last_seen_at=None, created_at=noon + timedelta(hours=1))

    assert names(ordering=ordering) == expected


def test_takes_the_ordering_repeated(api, url, define):
    define("b", "a", last_seen_at=None)

    response = api().get(url("event_definitions/?ordering=-last_seen_at&ordering=-name"))

    assert [row["name"] for row in response.json()["results"]] == ["b", "a"]


def test_an_ordering_goes_before_the_shortest_first(names, define):
    define("aaa signed", "b signed")

    assert names(search="signed") == ["b signed", "aaa signed"]
    assert names(search="signed", ordering="name") == ["aaa signed", "b signed"]


def test_verified_means_checked_by_somebody_or_posthogs_own(names, define):
    define("ours", verified=True)
    define("$pageview", "other")

    assert names(verified="true") == ["$pageview", "ours"]
    assert names(verified="false") == ["other"]
    assert names() == ["$pageview", "other", "ours"]


def test_leaves_out_hidden_ones_if_asked(names, define):
    define("hidden", hidden=True)
    define("shown", hidden=False)
    define("unsaid")

    assert names(exclude_hidden="true") == ["shown", "unsaid"]
    assert names(exclude_hidden="false") == names() == ["hidden", "shown", "unsaid"]


def test_leaves_out_stale_ones_if_asked(names, define):
    define("stale", last_seen_at=NOW - timedelta(days=31))
    define("fresh", last_seen_at=NOW - timedelta(days=29))
    define("never", last_seen_at=None)

    assert names(exclude_stale="true") == ["fresh", "never"]
    assert names() == ["fresh", "stale", "never"]


def test_finds_exact_names(names, define, api, url):
    define("a", "b", "aa")

    assert names(names="a,b,strange") == ["a", "b"]
    response = api().get(url("event_definitions/?names=a&names=aa"))
    assert [row["name"] for row in response.json()["results"]] == ["a", "aa"]


def test_finds_any_of_some_tags(names, define, tag):
    growth, money, _ = define("a", "b", "c")
    tag(growth, "growth", "money")
    tag(money, "money")

    assert names(tags='["growth"]') == ["a"]
    assert names(tags='["Growth ", "money"]') == ["a", "b"]
    assert names(tags='["strange"]') == []


@pytest.mark.parametrize("tags", ["growth", '"growth"', "{}", "7", "[" * 5000, "null"])
def test_passes_over_tags_that_are_no_array(names, define, tags):
    define("a")

    assert names(tags=tags) == ["a"]


@pytest.mark.parametrize("tags", ['["\\u0000"]', "[null, 1, {}]"])
def test_no_row_wears_what_is_no_tag(names, define, tags):
    define("a")

    assert names(tags=tags) == []


@pytest.mark.parametrize(
    ("excluded", "expected"), [('["a", 1, "\\u0000"]', ["b"]), ("a", ["a", "b"]), ("[", ["a", "b"]), ("[]", ["a", "b"])]
)
def test_leaves_out_names(names, define, excluded, expected):
    define("a", "b")

    assert names(excluded_properties=excluded) == expected


@pytest.mark.parametrize(("page", "attr"), [("limit=0", "limit"), ("limit=-1", "limit"), ("offset=-1", "offset")])
@pytest.mark.parametrize("resource", ["event_definitions", "property_definitions"])
def test_refuses_pages_that_cannot_be(api, url, refused, page, attr, resource):
    detail = refused(api().get(url(f"{resource}/?{page}")), 400, "min_value", attr)

    assert detail == f"Ensure this value is greater than or equal to {1 if attr == 'limit' else 0}."


@pytest.mark.parametrize("page", ["limit=abc", f"limit={'9' * 30}", "offset=x", "limit=", "limit=1.5"])
def test_a_page_that_is_no_number_is_the_first(names, define, api, url, page):
    define("a")

    assert api().get(url(f"event_definitions/?{page}")).json()["count"] == 1


def test_an_offset_beyond_all_rows_is_empty(names, define):
    define("a")

    assert names(offset="9" * 30) == []


def test_comes_in_pages(api, url, define):
    define("a", "b", "c")

    body = api().get(url("event_definitions/?limit=2&offset=1")).json()

    assert (body["count"], [row["name"] for row in body["results"]]) == (3, ["b", "c"])


@pytest.mark.parametrize("rows", [1, 20])
def test_costs_the_same_for_one_row_and_for_twenty(api, url, define, alice, tag, rows, django_assert_num_queries):
    for definition in define(*(f"event {n}" for n in range(rows))):
        definition.owner, definition.verified_by = UserFactory(), alice
        definition.save()
        tag(definition, "growth")
    client = api("event_definition:read")

    # key and user, its last use, project and membership, count, rows with three people each, tags
    with django_assert_num_queries(6):
        response = client.get(url("event_definitions/"))

    assert len(response.json()["results"]) == rows
