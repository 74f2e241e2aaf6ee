import pytest

from dashboards.models import Dashboard, DashboardCollaborator
from tests.dashboards.test_retrieve import TILE_KEYS
from tests.factories.dashboards import (
    ButtonTileTileFactory,
    DashboardFactory,
    InsightTileFactory,
    TextTileFactory,
)


@pytest.fixture
def tile(dashboard, alice):
    return TextTileFactory(
        dashboard=dashboard, text__body="Old", text__created_by=alice, color="red", layouts={"sm": {"x": 1, "y": 1}}
    )


@pytest.fixture
def update(api, path, tile, bob):
    client = api(user=bob)

    def call(headers=None, **body):
        return client.post(path("update_text_tile/"), {"tile_id": tile.pk, **body}, headers=headers or {})

    return call


def version(dashboard):
    return Dashboard.objects.get(pk=dashboard.pk).version


def test_changes_the_words_and_nothing_else(update, tile, dashboard, alice, bob):
    response = update(body=" New\n")

    assert response.status_code == 200
    shown = response.json()
    assert set(shown) == TILE_KEYS
    assert (shown["id"], shown["text"]["id"], shown["text"]["body"]) == (tile.pk, tile.text_id, " New\n")
    assert (shown["text"]["created_by"]["id"], shown["text"]["last_modified_by"]["id"]) == (alice.pk, bob.pk)
    assert (shown["color"], shown["layouts"], shown["order"]) == ("red", {"sm": {"x": 1, "y": 1}}, None)
    assert version(dashboard) == 2


def test_changes_the_look_and_not_the_words(update, tile):
    shown = update(color=None, layouts={"xs": {"y": 3}}).json()

    assert (shown["text"]["body"], shown["color"], shown["layouts"]) == ("Old", None, {"xs": {"y": 3}})
    assert shown["text"]["last_modified_by"] is None


def test_what_is_left_out_stays(update, dashboard):
    assert update().json()["text"]["body"] == "Old"


def test_the_words_change_wherever_they_are_shown(update, tile, dashboard, team):
    elsewhere = DashboardFactory(team=team)
    TextTileFactory(dashboard=elsewhere, text=tile.text)
    aside = DashboardFactory(team=team)

    update(body="New")

    assert [version(one) for one in (dashboard, elsewhere, aside)] == [2, 2, 1]


def test_a_text_of_a_dashboard_that_is_closed_to_me_is_not_mine_to_change(
    update, api, path, tile, dashboard, team, bob, error
):
    closed = DashboardFactory(team=team, restriction_level=37)
    TextTileFactory(dashboard=closed, text=tile.text)

    assert error(update(body="New")) == (403, "permission_denied", None)
    element = {"id": tile.pk, "text": {"body": "New"}}
    assert error(api(user=bob).patch(path(), {"tiles": [element]})) == (403, "permission_denied", None)
    tile.text.refresh_from_db()
    assert (tile.text.body, version(dashboard), version(closed)) == ("Old", 1, 1)

    assert update(color="green").status_code == 200
    DashboardCollaborator.objects.create(dashboard=closed, user=bob)
    assert update(body="New").status_code == 200


@pytest.mark.parametrize(
    ("body", "code", "attr", "detail"),
    [
        ({"tile_id": None}, "null", "tile_id", None),
        ({"tile_id": "x"}, "invalid_input", "tile_id", None),
        ({"body": None}, "null", "body", None),
        ({"body": " "}, "blank", "body", "Text body cannot be empty"),
        ({"body": "x" * 4001}, "max_length", "body", "Text body cannot exceed 4000 characters"),
        ({"color": "x" * 401}, "max_length", "color", None),
        ({"layouts": 7}, "not_a_dict", "layouts", None),
    ],
)
def test_refuses(update, error, dashboard, body, code, attr, detail):
    response = update(**body)

    assert error(response) == (400, code, attr)
    assert response.json()["detail"] == (detail or response.json()["detail"])
    assert version(dashboard) == 1


@pytest.mark.parametrize("factory", [InsightTileFactory, ButtonTileTileFactory])
def test_only_texts(update, dashboard, error, factory):
    response = update(tile_id=factory(dashboard=dashboard).pk, body="x")

    assert error(response) == (400, "invalid_input", None)
    assert response.json()["detail"] == "Tile is not a text tile."


def test_what_is_not_there_is_not_found(update, api, path, team, dashboard, error):
    assert error(update(tile_id=999999))[0] == 404
    assert error(update(tile_id=TextTileFactory(dashboard=DashboardFactory(team=team)).pk))[0] == 404
    assert error(update(tile_id=TextTileFactory(dashboard=dashboard, deleted=True).pk))[0] == 404
    assert error(api().post(path("update_text_tile/"), {})) == (400, "required", "tile_id")


def test_only_for_those_who_may_edit(update, api, path, tile, error):
    body = {"tile_id": tile.pk, "body": "x"}

    assert error(api("dashboard:read").post(path("update_text_tile/"), body))[0] == 403
    Dashboard.objects.update(restriction_level=37)
    assert error(update(body="x")) == (403, "permission_denied", None)


def test_writes_only_over_the_version_that_was_read(update, dashboard, error):
    assert error(update(body="x", headers={"If-Match": '"0-0"'})) == (412, "precondition_failed", None)
    assert update(body="x", headers={"If-Match": dashboard.etag}).status_code == 200


@pytest.mark.parametrize("count", [1, 50])
def test_costs_the_same_for_one_tile_and_for_fifty(update, dashboard, tile, count, django_assert_num_queries):
    TextTileFactory.create_batch(count, dashboard=dashboard)
    update(body="x")  # notes the first use of the key

    # key and user, project and membership, dashboard; savepoint, lock, tile, tiles, text, others that are closed,
    # others' versions, version, savepoint; the tile with its text, the text's tiles
    with django_assert_num_queries(14):
        assert update(body="y").status_code == 200
