"""GET dataset_items/"""

import pytest

from tests.factories.datasets import DatasetFactory, DatasetItemFactory


@pytest.fixture
def listed(api, url):
    def ids(query: str = "") -> list[str]:
        response = api("dataset:read").get(url(f"dataset_items/?{query}"))
        assert response.status_code == 200, response.content
        return [row["id"] for row in response.json()["results"]]

    return ids


def test_shows_all_items_of_the_project_newest_first(listed, team, charlie):
    first = DatasetItemFactory(team=team)
    second = DatasetItemFactory(team=team)
    DatasetItemFactory(team=charlie.current_team)

    assert listed() == [str(second.pk), str(first.pk)]


def test_a_row_has_exactly_its_thirteen_fields(api, url, team):
    item = DatasetItemFactory(team=team, input={"a": 1}, output=[2], metadata="m")

    [row] = api("dataset:read").get(url("dataset_items/")).json()["results"]

    assert list(row) == [
        "id",
        "dataset",
        "input",
        "output",
        "metadata",
        "ref_trace_id",
        "ref_timestamp",
        "ref_source_id",
        "deleted",
        "created_at",
        "updated_at",
        "created_by",
        "team",
    ]
    assert row["dataset"] == str(item.dataset_id)
    assert (row["input"], row["output"], row["metadata"], row["team"]) == ({"a": 1}, [2], "m", team.pk)


def test_shows_the_items_of_one_dataset(listed, team):
    item = DatasetItemFactory(team=team)
    DatasetItemFactory(team=team)

    assert listed(f"dataset={item.dataset_id}") == [str(item.pk)]


def test_shows_the_items_of_a_deleted_dataset(listed, team):
    item = DatasetItemFactory(team=team, dataset__deleted=True)

    assert listed(f"dataset={item.dataset_id}") == [str(item.pk)]


def test_hides_the_deleted_ones(listed, team):
    DatasetItemFactory(team=team, deleted=True)

    assert listed() == []


def test_a_foreign_dataset_has_no_items_for_us(listed, charlie):
    theirs = DatasetItemFactory(team=charlie.current_team)

    assert listed(f"dataset={theirs.dataset_id}") == []


@pytest.mark.parametrize("dataset", ["0192f5a0-0000-7000-8000-000000000000", "abc", "1", "9" * 30])
def test_a_dataset_that_nobody_has_is_refused(api, url, refused, dataset):
    response = api("dataset:read").get(url(f"dataset_items/?dataset={dataset}"))

    detail = refused(response, 400, "invalid_choice", "dataset")
    assert detail == "Select a valid choice. That choice is not one of the available choices."


@pytest.mark.parametrize("rows", [1, 20])
def test_costs_the_same_for_one_row_and_for_twenty(api, url, team, alice, rows, django_assert_num_queries):
    dataset = DatasetFactory(team=team)
    DatasetItemFactory.create_batch(rows, team=team, dataset=dataset, created_by=alice)
    client = api("dataset:read")

    # key and user, its last use, project and membership, dataset, count, rows with their makers
    with django_assert_num_queries(6):
        response = client.get(url(f"dataset_items/?dataset={dataset.pk}"))

    assert len(response.json()["results"]) == rows
