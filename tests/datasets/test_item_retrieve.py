"""GET dataset_items/:id/"""

import pytest

from tests.factories.datasets import DatasetItemFactory


def test_shows_an_item(api, url, team):
    item = DatasetItemFactory(team=team, output={"answer": 42})

    response = api("dataset:read").get(url(f"dataset_items/{item.pk}/"))

    assert (response.status_code, response.json()["output"]) == (200, {"answer": 42})


@pytest.mark.parametrize("reference", ["1", "undefined", "9" * 30, "0192f5a0-0000-7000-8000-000000000000"])
def test_an_id_of_nothing_is_not_found(api, url, refused, reference):
    refused(api("dataset:read").get(url(f"dataset_items/{reference}/")), 404, "not_found", None)


def test_a_deleted_one_is_not_found(api, url, team, refused):
    item = DatasetItemFactory(team=team, deleted=True)

    refused(api("dataset:read").get(url(f"dataset_items/{item.pk}/")), 404, "not_found", None)
