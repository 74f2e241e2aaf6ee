"""POST datasets/"""

import pytest

from datasets.models import Dataset


@pytest.fixture
def create(api, url):
    def post(body, **headers):
        return api("dataset:write").post(url("datasets/"), body, **headers)

    return post


def test_makes_a_dataset_of_the_caller_and_the_project(create, team, alice):
    response = create({"name": "Refunds", "description": "From support", "metadata": {"tags": ["a", 1, None]}})

    body = response.json()
    assert response.status_code == 201
    assert {key: body[key] for key in ("name", "description", "metadata", "deleted", "team")} == {
        "name": "Refunds",
        "description": "From support",
        "metadata": {"tags": ["a", 1, None]},
        "deleted": False,
        "team": team.pk,
    }
    assert body["created_by"]["id"] == alice.pk
    assert body["created_at"].endswith("Z")
    assert body["updated_at"].endswith("Z")
    assert Dataset.objects.get(pk=body["id"]).team == team


def test_needs_only_a_name(create):
    body = create({"name": "Refunds"}).json()

    assert (body["description"], body["metadata"], body["deleted"]) == (None, None, False)


@pytest.mark.parametrize("metadata", [None, [], [1, "a"], "text", 7, 1.5, True, {"a": {"b": None}}, {}])
def test_metadata_may_be_any_json(create, api, url, metadata):
    made = create({"name": "Refunds", "metadata": metadata}).json()

    assert made["metadata"] == metadata
    assert api("dataset:read").get(url(f"datasets/{made['id']}/")).json()["metadata"] == metadata


def test_whose_it_is_cannot_be_said(create, team, alice, charlie):
    body = create(
        {"name": "Refunds", "team": charlie.current_team.pk, "created_by": charlie.pk, "id": "1", "created_at": "x"}
    ).json()

    assert (body["team"], body["created_by"]["id"]) == (team.pk, alice.pk)


def test_may_be_hidden_from_the_start(create, api, url):
    made = create({"name": "Refunds", "deleted": True})

    assert (made.status_code, made.json()["deleted"]) == (201, True)
    assert api("dataset:read").get(url("datasets/")).json()["count"] == 0


@pytest.mark.parametrize(
    ("body", "code", "attr", "detail"),
    [
        ({}, "required", "name", "This field is required."),
        ({"name": ""}, "blank", "name", "This field may not be blank."),
        ({"name": "   "}, "blank", "name", "This field may not be blank."),
        ({"name": None}, "null", "name", "This field may not be null."),
        ({"name": "x" * 401}, "max_length", "name", "Ensure this field has no more than 400 characters."),
        ({"name": ["x"]}, "invalid_input", "name", "Not a valid string."),
        ({"name": {}}, "invalid_input", "name", "Not a valid string."),
        ({"name": True}, "invalid_input", "name", "Not a valid string."),
        ({"name": "x", "description": []}, "invalid_input", "description", "Not a valid string."),
        ({"name": "x", "deleted": "maybe"}, "invalid_input", "deleted", "Must be a valid boolean."),
        ({"name": "x", "deleted": {}}, "invalid_input", "deleted", "Must be a valid boolean."),
        ({"name": "a\x00b"}, "null_characters_not_allowed", None, "Null characters are not allowed."),
        (
            {"name": "x", "metadata": {"a\x00": 1}},
            "null_characters_not_allowed",
            None,
            "Null characters are not allowed.",
        ),
        ([], "invalid_input", None, "Invalid data. Expected a dictionary, but got list."),
    ],
)
def test_refuses_what_is_no_dataset(create, refused, body, code, attr, detail):
    assert refused(create(body), 400, code, attr) == detail
    assert Dataset.objects_including_soft_deleted.count() == 0


def test_a_null_in_deleted_means_no(create):
    assert create({"name": "Refunds", "deleted": None}).json()["deleted"] is False


def test_a_project_of_strangers_takes_none(api, url, charlie):
    response = api().post(url("datasets/", project_id=charlie.current_team.pk), {"name": "Refunds"})

    assert (response.status_code, response.json()["detail"]) == (403, "You don't have access to the project.")
