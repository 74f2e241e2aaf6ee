"""GET datasets/:id/"""

import pytest

from tests.factories.datasets import DatasetFactory


def test_shows_a_dataset(api, url, dataset):
    response = api("dataset:read").get(url(f"datasets/{dataset.pk}/"))

    assert (response.status_code, response.json()["name"]) == (200, "Refunds")


@pytest.mark.parametrize(
    "reference",
    [
        "1",
        "undefined",
        "9" * 30,
        "0192f5a0-0000-7000-8000-000000000000",
        "-" * 32,
        "a%20b",
        "0192f5a0-0000-7000-8000-0000000000000",
    ],
)
def test_an_id_of_nothing_is_not_found(api, url, refused, dataset, reference):
    refused(api("dataset:read").get(url(f"datasets/{reference}/")), 404, "not_found", None)


def test_a_deleted_one_is_not_found(api, url, team, refused):
    dataset = DatasetFactory(team=team, deleted=True)

    refused(api("dataset:read").get(url(f"datasets/{dataset.pk}/")), 404, "not_found", None)


def test_asks_the_database_four_times(api, url, dataset, django_assert_num_queries):
    client = api("dataset:read")

    # key and user, its last use, project and membership, dataset with its maker
    with django_assert_num_queries(4):
        client.get(url(f"datasets/{dataset.pk}/"))
