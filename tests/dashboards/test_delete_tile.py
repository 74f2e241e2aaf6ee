import pytest

from dashboards.models import Dashboard, DashboardTile
from tests.dashboards.races import Race
from tests.factories.dashboards import (
    ButtonTileTileFactory,
    DashboardFactory,
    InsightTileFactory,
    TextTileFactory,
)


@pytest.fixture
def delete(api, path):
    client = api("dashboard:write")

    def call(tile=None, /, headers=None, **body):
        return client.post(path("delete_tile/"), {"tile_id": tile.pk} if tile else body, headers=headers or {})

    return call


def layouts(x, y, w=6, h=5, **more):
    return {"sm": {"x": x, "y": y, "w": w, "h": h, **more}, "xs": {"x": 0, "y": y, "w": 1, "h": h}}


@pytest.mark.parametrize("factory", [InsightTileFactory, TextTileFactory, ButtonTileTileFactory])
def test_takes_the_tile_off_and_leaves_what_it_showed(delete, dashboard, factory):
    tile = factory(dashboard=dashboard)

    response = delete(tile)

    assert (response.status_code, response.content) == (204, b"")
    assert not dashboard.tiles.exists()
    tile.refresh_from_db()
    assert (tile.deleted, tile.deleted_with) == (True, None)
    (content,) = tile.content().values()
    assert type(content)._base_manager.filter(pk=content.pk).exists()
    assert Dashboard.objects.get().version == 2


def test_the_others_move_up(delete, dashboard):
    top = TextTileFactory(dashboard=dashboard, layouts=layouts(0, 0, 12, 2))
    left = InsightTileFactory(dashboard=dashboard, layouts=layouts(0, 2, minW=3))
    right = InsightTileFactory(dashboard=dashboard, layouts=layouts(6, 7))
    nowhere = InsightTileFactory(dashboard=dashboard, layouts={"lg": {"y": 9}})

    delete(top)

    after = dict(dashboard.tiles.values_list("pk", "layouts"))
    assert after[left.pk]["sm"] == {"x": 0, "y": 0, "w": 6, "h": 5, "minW": 3}
    assert after[right.pk]["sm"] == {"x": 6, "y": 0, "w": 6, "h": 5}
    assert (after[left.pk]["xs"]["y"], after[right.pk]["xs"]["y"]) == (0, 5)
    assert after[nowhere.pk] == {"lg": {"y": 9}}


def test_removed_tiles_and_other_dashboards_stay_as_they_are(delete, dashboard, team):
    top = InsightTileFactory(dashboard=dashboard, layouts=layouts(0, 0))
    removed = InsightTileFactory(dashboard=dashboard, layouts=layouts(0, 5), deleted=True)
    elsewhere = InsightTileFactory(dashboard=DashboardFactory(team=team), layouts=layouts(0, 5))

    delete(top)

    for tile in (removed, elsewhere):
        tile.refresh_from_db()
        assert tile.layouts == layouts(0, 5)


@pytest.mark.parametrize(
    ("body", "code"), [({}, "required"), ({"tile_id": None}, "null"), ({"tile_id": "x"}, "invalid_input")]
)
def test_needs_an_id(delete, error, body, code):
    assert error(delete(**body)) == (400, code, "tile_id")


def test_what_is_not_there_is_not_found(delete, dashboard, team, error):
    tile = InsightTileFactory(dashboard=dashboard)

    assert error(delete(tile_id=999999))[0] == 404
    assert error(delete(InsightTileFactory(dashboard=DashboardFactory(team=team))))[0] == 404
    assert delete(tile).status_code == 204
    assert error(delete(tile))[0] == 404
    Dashboard.objects.update(deleted=True)
    assert error(delete(InsightTileFactory(dashboard=dashboard)))[0] == 404


def test_only_for_those_who_may_edit(api, path, dashboard, bob, error):
    body = {"tile_id": InsightTileFactory(dashboard=dashboard).pk}

    assert error(api("dashboard:read").post(path("delete_tile/"), body))[0] == 403
    Dashboard.objects.update(restriction_level=37)
    assert error(api(user=bob).post(path("delete_tile/"), body)) == (403, "permission_denied", None)


def test_writes_only_over_the_version_that_was_read(delete, dashboard, error):
    tile = InsightTileFactory(dashboard=dashboard)

    assert error(delete(tile, headers={"If-Match": '"0-0"'})) == (412, "precondition_failed", None)
    assert delete(tile, headers={"If-Match": dashboard.etag}).status_code == 204


@pytest.mark.parametrize("count", [1, 50])
def test_costs_the_same_for_one_tile_and_for_fifty(delete, dashboard, count, django_assert_num_queries):
    first, second, *_ = [
        InsightTileFactory(dashboard=dashboard, layouts=layouts(0, 5 * row)) for row in range(count + 2)
    ]
    delete(first)  # notes the first use of the key

    # key and user, project and membership, dashboard; savepoint, lock, tiles, removal, layouts, version, savepoint
    with django_assert_num_queries(10):
        assert delete(second).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_two_removals_and_a_new_tile_at_once_leave_no_hole():
    race = Race()
    dashboard = DashboardFactory(team=race.team)
    tiles = [InsightTileFactory(dashboard=dashboard, layouts=layouts(0, 5 * row, 12)) for row in range(9)]

    def removals(some):
        return lambda: [race.post(f"dashboards/{dashboard.pk}/delete_tile/", {"tile_id": tile.pk}) for tile in some]

    def additions():
        return [race.post(f"dashboards/{dashboard.pk}/create_text_tile/", {"body": "x"}) for _ in range(3)]

    statuses = race.run(removals(tiles[::3]), removals(tiles[1::3]), removals(tiles[::3]), additions)

    assert sorted(statuses) == [201] * 3 + [204] * 6 + [404] * 3
    left = DashboardTile.objects.filter(dashboard=dashboard, insight__isnull=False)
    assert [tile.pk for tile in left] == [tile.pk for tile in tiles[2::3]]
    assert DashboardTile.objects.filter(dashboard=dashboard).count() == 6
    dashboard.refresh_from_db()
    assert dashboard.version == 10
