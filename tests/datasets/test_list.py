"""GET datasets/"""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from datasets.models import Dataset
from tests.factories.datasets import DatasetFactory

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def names(api, url):
    """The names that a list with this query shows, in order."""

    def of(query: str = "") -> list[str]:
        response = api("dataset:read").get(url(f"datasets/?{query}"))
        assert response.status_code == 200, response.content
        return [row["name"] for row in response.json()["results"]]

    return of


def made(team, name: str, *, hours: int = 0, **fields) -> Dataset:
    """A dataset `hours` after noon."""
    dataset = DatasetFactory(team=team, name=name, **fields)
    Dataset.objects_including_soft_deleted.filter(pk=dataset.pk).update(
        created_at=NOON + timedelta(hours=hours), updated_at=NOON - timedelta(hours=hours)
    )
    return dataset


def test_shows_the_projects_datasets_newest_first(names, team, charlie):
    made(team, "old", hours=0)
    made(team, "new", hours=1)
    made(charlie.current_team, "Charlie's", hours=2)

    assert names() == ["new", "old"]


def test_a_row_has_exactly_the_nine_fields(api, url, team, alice):
    dataset = DatasetFactory(team=team, metadata={"a": [1]}, created_by=alice)

    body = api("dataset:read").get(url("datasets/")).json()

    assert (body["count"], body["next"], body["previous"]) == (1, None, None)
    [row] = body["results"]
    assert list(row) == [
        "id",
        "name",
        "description",
        "metadata",
        "created_at",
        "updated_at",
        "deleted",
        "created_by",
        "team",
    ]
    assert (row["id"], row["team"], row["created_by"]["email"]) == (str(dataset.pk), team.pk, "alice@hogflix.com")


def test_rows_of_one_moment_stand_in_the_order_of_their_ids(names, team):
    first, second = sorted([made(team, "a"), made(team, "b")], key=lambda dataset: dataset.pk)

    assert names() == [first.name, second.name]
    assert names("order_by=updated_at") == [first.name, second.name]


def test_hides_the_deleted_ones(names, team):
    DatasetFactory(team=team, name="gone", deleted=True)

    assert names() == []


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("created_at", ["old", "new"]),
        ("-created_at", ["new", "old"]),
        ("updated_at", ["new", "old"]),
        ("-updated_at", ["old", "new"]),
        ("-updated_at,created_at", ["old", "new"]),
        ("", ["new", "old"]),
    ],
)
def test_orders_by_the_times_of_a_row(names, team, order, expected):
    made(team, "old", hours=0)
    made(team, "new", hours=1)

    assert names(f"order_by={order}") == expected


@pytest.mark.parametrize("order", ["name", "created_at,name", "-id", "created_by__password", "created_at'; --", "?"])
def test_refuses_every_other_order(api, url, refused, order):
    response = api("dataset:read").get(url("datasets/"), {"order_by": order})

    refused(response, 400, "invalid_choice", "order_by")


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("refund", ["Refunds"]),
        ("REFUND", ["Refunds"]),
        ("about money", ["Refunds"]),
        ("gpt-5", ["Chats"]),
        ("model", ["Chats"]),
        ("größe", ["Chats"]),
        ("100%", []),
        ("_", []),
        ("nothing of the kind", []),
        ("", ["Refunds", "Chats"]),
        ("   ", ["Refunds", "Chats"]),
    ],
)
def test_searches_name_description_and_metadata(api, url, team, search, expected):
    made(team, "Refunds", description="All about money", hours=1)
    made(team, "Chats", metadata={"model": "GPT-5", "Größe": [1, {"deep": "down"}]})

    response = api("dataset:read").get(url("datasets/"), {"search": search})

    assert [row["name"] for row in response.json()["results"]] == expected


def test_search_and_order_go_together(names, team):
    for hours, name in enumerate(["a chat", "b chat", "c"]):
        made(team, name, hours=hours)

    assert names("search=chat&order_by=created_at") == ["a chat", "b chat"]


def test_finds_datasets_by_their_ids(names, team, foreign_dataset):
    a, b, _ = (DatasetFactory(team=team, name=name) for name in "abc")

    assert sorted(names(f"id__in={a.pk},{b.pk},{foreign_dataset.pk},{uuid4()}")) == ["a", "b"]
    assert names(f"id__in={uuid4()}") == []
    assert len(names("id__in=")) == 3


@pytest.mark.parametrize("ids", ["abc", "0192f5a0-0000-7000-8000-000000000000,1", "1" * 30])
def test_refuses_ids_that_are_none(api, url, refused, ids):
    refused(api("dataset:read").get(url("datasets/"), {"id__in": ids}), 400, "invalid_input", "id__in")


def test_comes_in_pages(api, url, team):
    DatasetFactory.create_batch(3, team=team)

    body = api("dataset:read").get(url("datasets/?limit=2")).json()

    assert (body["count"], len(body["results"])) == (3, 2)
    assert "limit=2&offset=2" in body["next"]


@pytest.mark.parametrize("rows", [1, 20])
def test_costs_the_same_for_one_row_and_for_twenty(api, url, team, alice, rows, django_assert_num_queries):
    DatasetFactory.create_batch(rows, team=team, created_by=alice)
    client = api("dataset:read")

    # key and user, its last use, project and membership, count, rows with their makers
    with django_assert_num_queries(5):
        response = client.get(url("datasets/"))

    assert len(response.json()["results"]) == rows
