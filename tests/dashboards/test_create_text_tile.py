import pytest

from dashboards.models import Dashboard, Text
from tests.dashboards.test_retrieve import TILE_KEYS
from tests.factories.dashboards import DashboardFactory, TextTileFactory


@pytest.fixture
def create(api, path):
    client = api("dashboard:write")
    return lambda headers=None, **body: client.post(path("create_text_tile/"), body, headers=headers or {})


def test_adds_a_text_below_the_others(create, dashboard, alice, team):
    TextTileFactory(dashboard=dashboard, layouts={"sm": {"x": 0, "y": 0, "w": 12, "h": 2}})

    response = create(body="# Hello ")

    assert response.status_code == 201
    tile = response.json()
    assert set(tile) == TILE_KEYS
    assert (tile["text"]["body"], tile["text"]["team"]) == ("# Hello ", team.pk)
    assert (tile["text"]["created_by"]["id"], tile["text"]["last_modified_by"]) == (alice.pk, None)
    assert tile["layouts"] == {"sm": {"x": 0, "y": 2, "w": 2, "h": 2}, "xs": {"x": 0, "y": 0, "w": 1, "h": 2}}
    assert (tile["order"], tile["color"], tile["filters_overrides"]) == (None, None, {})
    assert Dashboard.objects.get().version == 2


def test_stands_where_it_is_told(create):
    layouts = {"sm": {"x": 3, "y": 9, "w": 4, "h": 1}, "xs": {"x": 0, "y": 9, "w": 1, "h": 1}}

    tile = create(body="x" * 4000, layouts=layouts, color="blue").json()

    assert (tile["layouts"], tile["color"]) == (layouts, "blue")


@pytest.mark.parametrize(
    ("body", "code", "attr", "detail"),
    [
        ({}, "required", "body", "This field is required."),
        ({"body": None}, "null", "body", "This field may not be null."),
        ({"body": ""}, "blank", "body", "Text body cannot be empty"),
        ({"body": " \n"}, "blank", "body", "Text body cannot be empty"),
        ({"body": "x" * 4001}, "max_length", "body", "Text body cannot exceed 4000 characters"),
        ({"body": []}, "invalid_input", "body", "Not a valid string."),
        ({"body": "x", "color": "x" * 401}, "max_length", "color", None),
        ({"body": "x", "layouts": []}, "not_a_dict", "layouts", None),
    ],
)
def test_refuses_and_writes_nothing(create, error, body, code, attr, detail):
    response = create(**body)

    assert error(response) == (400, code, attr)
    assert response.json()["detail"] == (detail or response.json()["detail"])
    assert not Text.objects.exists()
    assert Dashboard.objects.get().version == 1


def test_only_for_those_who_may_edit(create, api, path, url, dashboard, bob, charlie, error):
    foreign = DashboardFactory(team=charlie.current_team)

    assert error(api("dashboard:read").post(path("create_text_tile/"), {"body": "x"}))[0] == 403
    assert error(api().post(url(f"dashboards/{foreign.pk}/create_text_tile/"), {"body": "x"}))[0] == 404
    Dashboard.objects.filter(pk=dashboard.pk).update(restriction_level=37)
    assert error(api(user=bob).post(path("create_text_tile/"), {"body": "x"}))[0] == 403
    Dashboard.objects.filter(pk=dashboard.pk).update(deleted=True)
    assert error(create(body="x"))[0] == 404


def test_writes_only_over_the_version_that_was_read(create, dashboard, error):
    assert error(create(body="x", headers={"If-Match": '"0-0"'})) == (412, "precondition_failed", None)
    assert create(body="x", headers={"If-Match": dashboard.etag}).status_code == 201


@pytest.mark.parametrize("count", [1, 50])
def test_costs_the_same_for_one_tile_and_for_fifty(create, dashboard, count, django_assert_num_queries):
    TextTileFactory.create_batch(count, dashboard=dashboard)
    create(body="x")  # notes the first use of the key

    # key and user, project and membership, dashboard; savepoint, lock, tiles, text, tile, version, savepoint;
    # the tile with its text, the text's tiles
    with django_assert_num_queries(12):
        assert create(body="y").status_code == 201
