"""DELETE datasets/:id/ and dataset_items/:id/: not here."""

import pytest

from datasets.models import Dataset
from tests.factories.datasets import DatasetItemFactory


@pytest.mark.parametrize("resource", ["datasets", "dataset_items"])
def test_is_answered_405_with_nothing_in_it_and_changes_nothing(api, url, team, resource):
    item = DatasetItemFactory(team=team)
    pk = {"datasets": item.dataset_id, "dataset_items": item.pk}[resource]

    response = api("dataset:write").delete(url(f"{resource}/{pk}/"))

    assert (response.status_code, response.content) == (405, b"")
    assert Dataset.objects.get().items.count() == 1


@pytest.mark.parametrize("resource", ["datasets", "dataset_items"])
@pytest.mark.parametrize("reference", ["0192f5a0-0000-7000-8000-000000000000", "undefined", "1"])
def test_whatever_the_id(api, url, resource, reference):
    response = api("dataset:write").delete(url(f"{resource}/{reference}/"))

    assert (response.status_code, response.content) == (405, b"")
