import pytest

from dashboards.models import Dashboard, DashboardCollaborator, DashboardTile
from tests.dashboards.races import Race
from tests.dashboards.test_retrieve import DETAIL_KEYS
from tests.factories.dashboards import (
    ButtonTileTileFactory,
    DashboardFactory,
    InsightTileFactory,
    TextTileFactory,
)

FACTORIES = [InsightTileFactory, TextTileFactory, ButtonTileTileFactory]
LAYOUTS = {"sm": {"x": 6, "y": 5, "w": 6, "h": 5}, "lg": {"minW": 3}}


@pytest.fixture
def there(team):
    return DashboardFactory(team=team, name="There")


@pytest.fixture
def move(api, path, there):
    client = api("dashboard:write")

    def call(tile=None, /, *, to=None, method="patch", headers=None, **body):
        body = {"tile": {"id": tile.pk}, "toDashboard": (to or there).pk} if tile else body
        return getattr(client, method)(path("move_tile/"), body, headers=headers or {})

    return call


def version(dashboard):
    return Dashboard.objects_including_soft_deleted.get(pk=dashboard.pk).version


@pytest.mark.parametrize("factory", FACTORIES)
def test_the_same_tile_is_elsewhere_afterwards(move, dashboard, there, factory):
    tile = factory(dashboard=dashboard, layouts=LAYOUTS, color="red")
    stays = factory(dashboard=dashboard)

    response = move(tile)

    assert response.status_code == 200
    shown = response.json()
    assert set(shown) == DETAIL_KEYS
    assert (shown["id"], [one["id"] for one in shown["tiles"]]) == (dashboard.pk, [stays.pk])
    assert response.headers["ETag"] == f'"{dashboard.pk}-2"'
    assert list(there.tiles.values_list("pk", "layouts", "color")) == [(tile.pk, LAYOUTS, "red")]
    assert (version(dashboard), version(there)) == (2, 2)


@pytest.mark.parametrize("method", ["patch", "post"])
@pytest.mark.parametrize("key", ["toDashboard", "to_dashboard"])
def test_both_methods_and_both_names(move, dashboard, there, method, key):
    tile = TextTileFactory(dashboard=dashboard)
    as_read = {"id": tile.pk, "layouts": {}, "text": {"id": tile.text_id}, "order": 0}

    assert move(method=method, **{"tile": as_read, key: there.pk}).status_code == 200
    assert there.tiles.count() == 1


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_removed_tile_makes_room(move, dashboard, there, factory):
    tile = factory(dashboard=dashboard)
    shadow = factory(dashboard=there, deleted=True, **tile.content())

    assert move(tile).status_code == 200

    assert list(DashboardTile.objects_including_soft_deleted.values_list("pk", "dashboard")) == [(tile.pk, there.pk)]
    assert shadow.pk != tile.pk


@pytest.mark.parametrize("factory", FACTORIES)
def test_what_is_there_already_does_not_move(move, dashboard, there, error, factory):
    tile = factory(dashboard=dashboard)
    factory(dashboard=there, **tile.content())

    response = move(tile)

    assert error(response) == (400, "invalid_input", None)
    assert response.json()["detail"] == "Invalid request data for moving tile."
    assert error(move(factory(dashboard=dashboard), to=dashboard)) == (400, "invalid_input", None)
    assert (version(dashboard), version(there)) == (1, 1)


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "tile"),
        ({"tile": 5, "toDashboard": 1}, "invalid_input", "tile__non_field_errors"),
        ({"tile": {}, "toDashboard": 1}, "required", "tile__id"),
        ({"tile": {"id": "x"}, "toDashboard": 1}, "invalid_input", "tile__id"),
        ({"tile": {"id": 1}}, "required", "toDashboard"),
        ({"tile": {"id": 1}, "toDashboard": None}, "null", "toDashboard"),
        ({"tile": {"id": 1}, "to_dashboard": "x"}, "invalid_input", "to_dashboard"),
    ],
)
def test_needs_a_tile_and_a_destination(move, error, body, code, attr):
    assert error(move(**body)) == (400, code, attr)


def test_what_is_not_there_is_not_found(move, api, url, dashboard, there, charlie, team, error):
    foreign = TextTileFactory(dashboard=DashboardFactory(team=charlie.current_team))
    tile = TextTileFactory(dashboard=dashboard)

    assert error(move(TextTileFactory(dashboard=there)))[0] == 404
    assert error(move(TextTileFactory(dashboard=dashboard, deleted=True)))[0] == 404
    assert error(move(tile, to=foreign.dashboard))[0] == 404
    assert error(move(tile, to=DashboardFactory(team=team, deleted=True)))[0] == 404
    body = {"tile": {"id": foreign.pk}, "toDashboard": there.pk}
    assert error(api().patch(url(f"dashboards/{foreign.dashboard_id}/move_tile/"), body))[0] == 404
    assert (version(dashboard), version(there), version(foreign.dashboard)) == (1, 1, 1)


@pytest.mark.parametrize("restricted", ["dashboard", "there"])
def test_needs_to_edit_both(api, path, dashboard, there, bob, error, restricted):
    tile = TextTileFactory(dashboard=dashboard)
    body = {"tile": {"id": tile.pk}, "toDashboard": there.pk}
    restricted = {"dashboard": dashboard, "there": there}[restricted]
    Dashboard.objects.filter(pk=restricted.pk).update(restriction_level=37)

    response = api(user=bob).patch(path("move_tile/"), body)
    assert error(response) == (403, "permission_denied", None)
    assert response.json()["detail"] == "You don't have edit permissions for this dashboard."
    assert (version(dashboard), version(there)) == (1, 1)

    DashboardCollaborator.objects.create(dashboard=restricted, user=bob)
    assert api(user=bob).patch(path("move_tile/"), body).status_code == 200


def test_a_key_that_reads_may_not(api, path, dashboard, there, error):
    body = {"tile": {"id": TextTileFactory(dashboard=dashboard).pk}, "toDashboard": there.pk}

    assert error(api("dashboard:read").patch(path("move_tile/"), body))[0] == 403


def test_writes_only_over_the_version_that_was_read(move, dashboard, error):
    tile = TextTileFactory(dashboard=dashboard)

    assert error(move(tile, headers={"If-Match": '"0-0"'})) == (412, "precondition_failed", None)
    assert move(tile, headers={"If-Match": dashboard.etag}).status_code == 200


@pytest.mark.parametrize("count", [1, 50])
def test_costs_the_same_for_one_tile_and_for_fifty(move, dashboard, there, count, django_assert_num_queries):
    tiles = InsightTileFactory.create_batch(count + 2, dashboard=dashboard)
    InsightTileFactory.create_batch(count, dashboard=there)
    move(tiles[0])  # notes the first use of the key

    # key and user, project and membership, source; savepoint, both locked, tile, destination, what is there, move,
    # two versions, savepoint; then the source as in retrieve, without noting a view
    with django_assert_num_queries(16):
        assert move(tiles[1]).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_moves_to_and_fro_lose_nothing():
    race = Race()
    here, there = DashboardFactory.create_batch(2, team=race.team)
    ours, theirs = (TextTileFactory.create_batch(6, dashboard=dashboard) for dashboard in (here, there))

    def moves(tiles, source, destination):
        bodies = [{"tile": {"id": tile.pk}, "toDashboard": destination.pk} for tile in tiles]
        return lambda: [race.post(f"dashboards/{source.pk}/move_tile/", body) for body in bodies]

    statuses = race.run(
        moves(ours, here, there), moves(theirs, there, here), moves(ours, here, there), moves(theirs, there, here)
    )

    assert sorted(statuses) == [200] * 12 + [404] * 12
    assert set(there.tiles.values_list("pk", flat=True)) == {tile.pk for tile in ours}
    assert set(here.tiles.values_list("pk", flat=True)) == {tile.pk for tile in theirs}
    assert (version(here), version(there)) == (13, 13)


@pytest.mark.django_db(transaction=True)
def test_a_copy_and_a_move_of_the_same_text_meet_once():
    race = Race()
    here, there = DashboardFactory.create_batch(2, team=race.team)
    tiles = TextTileFactory.create_batch(8, dashboard=here)

    def copies():
        body = [{"fromDashboardId": here.pk, "tileId": tile.pk} for tile in tiles]
        return [race.post(f"dashboards/{there.pk}/copy_tile/", one) for one in body]

    def moves():
        body = [{"tile": {"id": tile.pk}, "toDashboard": there.pk} for tile in reversed(tiles)]
        return [race.post(f"dashboards/{here.pk}/move_tile/", one) for one in body]

    statuses = race.run(copies, moves)

    assert set(statuses) <= {200, 400, 404}
    assert statuses.count(200) == len(tiles)
    assert sorted(there.tiles.values_list("text", flat=True)) == [tile.text_id for tile in tiles]
