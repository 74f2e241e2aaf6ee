from datetime import UTC, datetime, timedelta

import pytest

from tests.factories.activity import ActivityLogFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def log(api, url):
    """`log(scope="Dashboard")` is the answer; `log(address)` that of a `next` or `previous`."""
    client = api("activity_log:read")

    def read(address=None, **query):
        return client.get(address or url("activity_log/"), query or None)

    return read


def test_shows_who_changed_what(log, team, alice, organization):
    change = {"type": "Dashboard", "action": "changed", "field": "name", "before": "A", "after": "B"}
    detail = {"name": "B", "short_id": None, "type": None, "trigger": None, "changes": [change]}
    entry = ActivityLogFactory(team=team, user=alice, item_id="5", detail=detail, created_at=NOON)

    response = log()

    assert response.status_code == 200
    assert set(response.json()) == {"next", "previous", "results"}
    (shown,) = response.json()["results"]
    assert shown.pop("user")["email"] == "alice@hogflix.com"
    assert shown == {
        "id": str(entry.pk),
        "unread": False,
        "activity": "updated",
        "scope": "Dashboard",
        "item_id": "5",
        "detail": detail,
        "created_at": "2026-03-01T12:00:00Z",
        "organization_id": str(organization.pk),
        "was_impersonated": False,
        "is_system": False,
    }


def test_holds_the_projects_own_newest_first(log, team, charlie):
    ActivityLogFactory(team=charlie.current_team)
    old = ActivityLogFactory(team=team, created_at=NOON - timedelta(hours=1))
    new = ActivityLogFactory(team=team, created_at=NOON)
    older = ActivityLogFactory(team=team, created_at=NOON - timedelta(hours=2))

    assert [row["id"] for row in log().json()["results"]] == [str(entry.pk) for entry in (new, old, older)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"scope": "Insight"}, ["i7"]),
        ({"scope": "Dashboard", "item_id": "7"}, ["d7"]),
        ({"scope": "Nonsense"}, []),
        ({"scopes": "Insight,Survey"}, ["i7", "s"]),
        ({"scope": ""}, ["d7", "d8", "i7", "s"]),
        ({"item_id": "7"}, ["d7", "i7"]),
        ({"user": "bob"}, ["d8"]),
        ({"user": "9" * 30}, []),
        ({"user": "٣"}, []),
    ],
)
def test_can_be_narrowed(log, team, bob, query, names):
    for name, scope, item_id, user in (
        ("d7", "Dashboard", "7", None),
        ("d8", "Dashboard", "8", bob),
        ("i7", "Insight", "7", None),
        ("s", "Survey", "1", None),
    ):
        detail = {"name": name, "short_id": None, "type": None, "trigger": None, "changes": []}
        ActivityLogFactory(team=team, scope=scope, item_id=item_id, user=user, detail=detail)

    rows = log(**query).json()["results"]

    assert sorted(row["detail"]["name"] for row in rows) == ([] if query.get("user") == "bob" else names)


@pytest.mark.parametrize("field", ["pk", "uuid"])
def test_names_a_person_by_id_or_uuid(log, team, alice, bob, field):
    ActivityLogFactory(team=team, user=alice)
    entry = ActivityLogFactory(team=team, user=bob)

    assert [row["id"] for row in log(user=str(getattr(bob, field))).json()["results"]] == [str(entry.pk)]


def test_pages_stay_where_they_are_while_new_entries_arrive(log, team):
    entries = [ActivityLogFactory(team=team, created_at=NOON - timedelta(minutes=n // 3)) for n in range(150)]

    first = log().json()
    ActivityLogFactory.create_batch(5, team=team, created_at=NOON + timedelta(hours=1))
    second = log(first["next"]).json()
    back = log(second["previous"]).json()

    ids = [row["id"] for page in (first, second) for row in page["results"]]
    assert [len(page["results"]) for page in (first, second)] == [100, 50]
    assert (first["previous"], second["next"]) == (None, None)
    assert sorted(ids) == sorted(str(entry.pk) for entry in entries)
    assert [row["id"] for row in back["results"]] == [row["id"] for row in first["results"]]


def test_the_size_of_a_page_can_be_chosen(log, team):
    ActivityLogFactory.create_batch(3, team=team)

    assert [len(log(page_size=n).json()["results"]) for n in (2, 0, "x", 10**9)] == [2, 3, 3, 3]


@pytest.mark.parametrize("cursor", ["x", "cD14", "cD0yMDI2LTAxLTAx", "cD0A", "bz0tMQ=="])
def test_a_cursor_of_somebody_else_is_not_found(log, team, cursor):
    ActivityLogFactory(team=team)

    response = log(cursor=cursor)

    assert (response.status_code, response.json()["detail"]) == (404, "Invalid cursor")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_it(session, url, method):
    assert getattr(session(), method)(url("activity_log/"), {}).status_code == 405


@pytest.mark.parametrize("entries", [1, 10])
def test_costs_the_same_for_one_entry_and_for_ten(log, team, alice, entries, django_assert_num_queries):
    ActivityLogFactory.create_batch(entries, team=team, user=alice)
    log()

    # key and user, project and membership, entries with people
    with django_assert_num_queries(3):
        log()
