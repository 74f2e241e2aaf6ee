"""PATCH and PUT datasets/:id/"""

import pytest

from tests.factories.datasets import DatasetFactory, DatasetItemFactory


@pytest.fixture
def change(api, url):
    def patch(dataset, body, *, method: str = "patch"):
        return getattr(api("dataset:write"), method)(url(f"datasets/{dataset.pk}/"), body)

    return patch


@pytest.fixture
def is_shown(api, url):
    """Whether lists and reads show it; both must agree."""

    def ask(dataset) -> bool:
        client = api("dataset:read")
        listed = [row["id"] for row in client.get(url("datasets/")).json()["results"]]
        read = client.get(url(f"datasets/{dataset.pk}/")).status_code
        assert (read == 200) == (str(dataset.pk) in listed)
        return read == 200

    return ask


def test_changes_what_is_sent_and_leaves_the_rest(change, dataset):
    response = change(dataset, {"description": "new", "metadata": {"a": 1}})

    body = response.json()
    assert response.status_code == 200
    assert (body["name"], body["description"], body["metadata"]) == ("Refunds", "new", {"a": 1})
    assert body["updated_at"] > body["created_at"]


def test_replaces_metadata_as_a_whole(change, team):
    dataset = DatasetFactory(team=team, metadata={"a": 1, "b": 2})

    assert change(dataset, {"metadata": {"b": 3}}).json()["metadata"] == {"b": 3}
    assert change(dataset, {"metadata": None}).json()["metadata"] is None


def test_put_replaces_it(change, dataset):
    assert change(dataset, {"name": "Returns"}, method="put").json()["name"] == "Returns"


def test_put_needs_the_name(change, dataset, refused):
    refused(change(dataset, {}, method="put"), 400, "required", "name")


def test_whose_it_is_cannot_be_changed(change, dataset, team, charlie):
    body = change(dataset, {"team": charlie.current_team.pk, "created_by": charlie.pk}).json()

    assert (body["team"], body["created_by"]) == (team.pk, None)


def test_deleted_hides_it_and_false_brings_it_back(change, is_shown, dataset):
    hidden = change(dataset, {"deleted": True})

    assert (hidden.status_code, hidden.json()["deleted"]) == (200, True)
    assert not is_shown(dataset)

    restored = change(dataset, {"deleted": False})

    assert (restored.status_code, restored.json()["deleted"]) == (200, False)
    assert is_shown(dataset)


def test_a_deleted_one_can_be_changed_and_stays_deleted(change, is_shown, team):
    dataset = DatasetFactory(team=team, deleted=True)

    response = change(dataset, {"name": "Renamed"})

    assert (response.status_code, response.json()["name"], response.json()["deleted"]) == (200, "Renamed", True)
    assert not is_shown(dataset)


def test_items_outlive_their_dataset(change, api, url, dataset):
    item = DatasetItemFactory(team=dataset.team, dataset=dataset)

    change(dataset, {"deleted": True})

    client = api("dataset:read")
    assert client.get(url(f"dataset_items/{item.pk}/")).status_code == 200
    assert client.get(url(f"dataset_items/?dataset={dataset.pk}")).json()["count"] == 1


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({"name": ""}, "blank", "name"),
        ({"name": None}, "null", "name"),
        ({"name": "x" * 401}, "max_length", "name"),
        ({"deleted": "maybe"}, "invalid_input", "deleted"),
    ],
)
def test_refuses_what_is_no_dataset(change, dataset, refused, body, code, attr):
    refused(change(dataset, body), 400, code, attr)


def test_a_foreign_one_is_not_found(change, foreign_dataset, refused):
    refused(change(foreign_dataset, {"name": "ours"}), 404, "not_found", None)


def test_asks_the_database_five_times(api, url, dataset, django_assert_num_queries):
    client = api("dataset:write")

    # key and user, its last use, project and membership, dataset, its update
    with django_assert_num_queries(5):
        client.patch(url(f"datasets/{dataset.pk}/"), {"name": "Returns"})
