import pytest

from dashboards.models import Dashboard
from tests.dashboards.test_retrieve import TILE_KEYS
from tests.factories.dashboards import (
    ButtonTileTileFactory,
    DashboardFactory,
    InsightTileFactory,
    TextTileFactory,
)


@pytest.fixture
def tile(dashboard):
    return InsightTileFactory(dashboard=dashboard, color="red", layouts={"sm": {"x": 1}}, show_description=True)


@pytest.fixture
def update(api, path, tile):
    client = api("dashboard:write")

    def call(headers=None, **body):
        return client.post(path("update_tile/"), {"tile_id": tile.pk, **body}, headers=headers or {})

    return call


def test_changes_what_is_named_and_nothing_else(update, tile, dashboard):
    response = update(color="blue", filters_overrides={"date_from": "-3d"})

    assert response.status_code == 200
    shown = response.json()
    assert set(shown) == TILE_KEYS
    assert (shown["id"], shown["color"], shown["filters_overrides"]) == (tile.pk, "blue", {"date_from": "-3d"})
    assert (shown["layouts"], shown["show_description"]) == ({"sm": {"x": 1}}, True)
    assert Dashboard.objects.get(pk=dashboard.pk).version == 2


def test_layouts_are_replaced_and_null_clears(update):
    shown = update(layouts={}, color=None, show_description=None, filters_overrides=None).json()

    assert [shown[name] for name in ("layouts", "color", "show_description", "filters_overrides")] == [
        {},
        None,
        None,
        None,
    ]


def test_a_button_has_a_look_too(update, dashboard):
    assert update(tile_id=ButtonTileTileFactory(dashboard=dashboard).pk, color="blue").json()["color"] == "blue"


def test_a_text_has_its_own_action(update, dashboard, error):
    assert error(update(tile_id=TextTileFactory(dashboard=dashboard).pk)) == (400, "invalid_input", None)


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({"tile_id": None}, "null", "tile_id"),
        ({"tile_id": "x"}, "invalid_input", "tile_id"),
        ({"color": "x" * 401}, "max_length", "color"),
        ({"layouts": None}, "null", "layouts"),
        ({"layouts": "x"}, "not_a_dict", "layouts"),
        ({"filters_overrides": []}, "not_a_dict", "filters_overrides"),
        ({"show_description": "perhaps"}, "invalid_input", "show_description"),
    ],
)
def test_refuses(update, error, dashboard, body, code, attr):
    assert error(update(**body)) == (400, code, attr)
    assert Dashboard.objects.get(pk=dashboard.pk).version == 1


def test_what_is_not_there_is_not_found(update, api, url, team, dashboard, charlie, error):
    foreign = InsightTileFactory(dashboard=DashboardFactory(team=charlie.current_team))

    assert error(update(tile_id=999999))[0] == 404
    assert error(update(tile_id=foreign.pk))[0] == 404
    assert error(update(tile_id=InsightTileFactory(dashboard=DashboardFactory(team=team)).pk))[0] == 404
    assert error(update(tile_id=InsightTileFactory(dashboard=dashboard, deleted=True).pk))[0] == 404
    body = {"tile_id": foreign.pk, "color": "x"}
    assert error(api().post(url(f"dashboards/{foreign.dashboard_id}/update_tile/"), body))[0] == 404


def test_only_for_those_who_may_edit(api, path, tile, bob, error):
    body = {"tile_id": tile.pk, "color": "x"}

    assert error(api("dashboard:read").post(path("update_tile/"), body))[0] == 403
    Dashboard.objects.update(restriction_level=37)
    assert error(api(user=bob).post(path("update_tile/"), body)) == (403, "permission_denied", None)


def test_writes_only_over_the_version_that_was_read(update, dashboard, error):
    assert error(update(color="x", headers={"If-Match": '"0-0"'})) == (412, "precondition_failed", None)
    assert update(color="x", headers={"If-Match": dashboard.etag}).status_code == 200


@pytest.mark.parametrize("count", [1, 50])
def test_costs_the_same_for_one_tile_and_for_fifty(update, dashboard, tile, count, django_assert_num_queries):
    InsightTileFactory.create_batch(count, dashboard=dashboard)
    update(color="x")  # notes the first use of the key

    # key and user, project and membership, dashboard; savepoint, lock, tile, look, version, savepoint;
    # the tile, its insight, the insight's tiles, their dashboards
    with django_assert_num_queries(13):
        assert update(color="y").status_code == 200
