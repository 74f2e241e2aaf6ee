"""PATCH and PUT dataset_items/:id/"""

import pytest

from tests.factories.datasets import DatasetFactory, DatasetItemFactory


@pytest.fixture
def item(team):
    return DatasetItemFactory(team=team, input={"a": 1}, output={"b": 2}, metadata={"c": 3})


@pytest.fixture
def change(api, url, item):
    def patch(body, *, method: str = "patch"):
        return getattr(api("dataset:write"), method)(url(f"dataset_items/{item.pk}/"), body)

    return patch


def test_replaces_what_is_sent_as_a_whole_and_leaves_the_rest(change):
    response = change({"output": {"x": 1}, "metadata": None})

    body = response.json()
    assert response.status_code == 200
    assert (body["input"], body["output"], body["metadata"]) == ({"a": 1}, {"x": 1}, None)


def test_moves_it_to_another_dataset(change, team):
    other = DatasetFactory(team=team)

    assert change({"dataset": other.pk}).json()["dataset"] == str(other.pk)


def test_does_not_move_it_to_a_dataset_of_strangers(change, foreign_dataset, refused, item):
    refused(change({"dataset": foreign_dataset.pk}), 400, "does_not_exist", "dataset")

    item.refresh_from_db()
    assert item.dataset_id != foreign_dataset.pk


def test_deleted_hides_it_and_false_brings_it_back(change, api, url, item):
    client, path = api("dataset:read"), url(f"dataset_items/{item.pk}/")

    assert change({"deleted": True}).json()["deleted"] is True
    assert client.get(path).status_code == 404
    assert client.get(url("dataset_items/")).json()["count"] == 0

    assert change({"ref_trace_id": "t"}).json()["deleted"] is True
    assert change({"deleted": False}).json()["deleted"] is False
    assert client.get(path).json()["ref_trace_id"] == "t"


def test_put_needs_the_dataset(change, item, refused):
    refused(change({}, method="put"), 400, "required", "dataset")
    assert change({"dataset": item.dataset_id, "input": 1}, method="put").json()["input"] == 1


def test_a_foreign_one_is_not_found(api, url, charlie, refused):
    theirs = DatasetItemFactory(team=charlie.current_team)

    refused(api("dataset:write").patch(url(f"dataset_items/{theirs.pk}/"), {"input": 1}), 404, "not_found", None)
