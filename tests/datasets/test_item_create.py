"""POST dataset_items/"""

from uuid import uuid4

import pytest

from datasets.models import DatasetItem


@pytest.fixture
def create(api, url):
    def post(body):
        return api("dataset:write").post(url("dataset_items/"), body)

    return post


def test_makes_an_item(create, dataset, team, alice):
    sent = {
        "dataset": str(dataset.pk),
        "input": {"question": "Where is my money?"},
        "output": ["On its way"],
        "metadata": None,
        "ref_trace_id": "trace-1",
        "ref_timestamp": "2026-03-01T12:00:00Z",
        "ref_source_id": "",
        "deleted": False,
    }

    response = create(sent)

    body = response.json()
    assert response.status_code == 201
    assert {key: body[key] for key in sent} == sent
    assert (body["team"], body["created_by"]["id"]) == (team.pk, alice.pk)
    assert DatasetItem.objects.get(pk=body["id"]).dataset == dataset


def test_needs_only_a_dataset(create, dataset):
    body = create({"dataset": dataset.pk}).json()

    assert [body[key] for key in ("input", "output", "metadata", "ref_trace_id", "ref_timestamp", "ref_source_id")] == [
        None
    ] * 6


@pytest.mark.parametrize("value", [None, [], {}, "text", 0, 1.5, False, [[{"a": [None]}]]])
def test_input_and_output_may_be_any_json(create, dataset, value):
    body = create({"dataset": dataset.pk, "input": value, "output": value}).json()

    assert (body["input"], body["output"]) == (value, value)


def test_a_deleted_dataset_takes_items_too(create, dataset):
    dataset.deleted = True
    dataset.save()

    assert create({"dataset": dataset.pk}).status_code == 201


def test_a_dataset_of_strangers_does_not_exist(create, foreign_dataset, refused):
    detail = refused(create({"dataset": foreign_dataset.pk}), 400, "does_not_exist", "dataset")

    assert detail == f'Invalid pk "{foreign_dataset.pk}" - object does not exist.'
    assert DatasetItem.objects.count() == 0


def test_a_dataset_that_never_was_sounds_the_same(create, refused, db):
    missing = uuid4()

    detail = refused(create({"dataset": missing}), 400, "does_not_exist", "dataset")

    assert detail == f'Invalid pk "{missing}" - object does not exist.'


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "dataset"),
        ({"dataset": None}, "null", "dataset"),
        ({"dataset": "abc"}, "invalid_input", "dataset"),
        ({"dataset": -1}, "invalid_input", "dataset"),
        ({"dataset": 1}, "does_not_exist", "dataset"),
        ({"dataset": True}, "does_not_exist", "dataset"),
        ({"dataset": []}, "invalid_input", "dataset"),
        ({"dataset": {"id": 1}}, "invalid_input", "dataset"),
        ({"dataset": "9" * 30}, "invalid_input", "dataset"),
    ],
)
def test_refuses_what_names_no_dataset(create, refused, body, code, attr):
    refused(create(body), 400, code, attr)


@pytest.mark.parametrize(
    ("fields", "code", "attr"),
    [
        ({"ref_trace_id": "x" * 256}, "max_length", "ref_trace_id"),
        ({"ref_source_id": "x" * 256}, "max_length", "ref_source_id"),
        ({"ref_trace_id": []}, "invalid_input", "ref_trace_id"),
        ({"ref_timestamp": "yesterday"}, "invalid_input", "ref_timestamp"),
        ({"ref_timestamp": "0001-01-01T00:00:00+14:00"}, "overflow", "ref_timestamp"),
        ({"ref_timestamp": "9999-12-31T23:59:59-14:00"}, "overflow", "ref_timestamp"),
        ({"ref_timestamp": 7}, "invalid_input", "ref_timestamp"),
        ({"ref_timestamp": {}}, "invalid_input", "ref_timestamp"),
        ({"deleted": "maybe"}, "invalid_input", "deleted"),
        ({"input": "a\x00b"}, "null_characters_not_allowed", None),
    ],
)
def test_refuses_what_is_no_item(create, dataset, refused, fields, code, attr):
    refused(create({"dataset": dataset.pk, **fields}), 400, code, attr)
