import pytest

from dashboards.layouts import ARRANGEMENTS
from dashboards.models import Dashboard
from tests.dashboards.races import Race
from tests.dashboards.test_retrieve import DETAIL_KEYS
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextTileFactory


@pytest.fixture
def reorder(api, path):
    client = api("dashboard:write")

    def call(*tiles, headers=None, **body):
        body = {"tile_order": [tile.pk for tile in tiles], **body} if tiles else body
        return client.post(path("reorder_tiles/"), body, headers=headers or {})

    return call


def places(response, size="sm"):
    return {tile["id"]: tuple(tile["layouts"][size][key] for key in "xywh") for tile in response.json()["tiles"]}


def test_lays_the_tiles_out_in_this_order(reorder, dashboard):
    first, second, third = InsightTileFactory.create_batch(3, dashboard=dashboard)

    response = reorder(third, first, second)

    assert response.status_code == 200
    shown = response.json()
    assert set(shown) == DETAIL_KEYS
    assert [tile["id"] for tile in shown["tiles"]] == [third.pk, first.pk, second.pk]
    assert places(response) == {third.pk: (0, 0, 6, 5), first.pk: (6, 0, 6, 5), second.pk: (0, 5, 6, 5)}
    assert places(response, "xs") == {third.pk: (0, 0, 1, 5), first.pk: (0, 5, 1, 5), second.pk: (0, 10, 1, 5)}
    assert response.headers["ETag"] == f'"{dashboard.pk}-2"'


def test_sizes_are_preserved_unless_told_otherwise(reorder, dashboard):
    wide = InsightTileFactory(dashboard=dashboard, layouts={"sm": {"x": 0, "y": 9, "w": 12, "h": 3}, "lg": {"x": 1}})
    small = InsightTileFactory(dashboard=dashboard, layouts={"sm": {"x": 0, "y": 0, "w": 2, "h": 2}})

    response = reorder(wide, small)

    assert places(response) == {wide.pk: (0, 0, 12, 3), small.pk: (0, 3, 2, 2)}
    assert set(response.json()["tiles"][0]["layouts"]) == {"sm", "xs"}


@pytest.mark.parametrize(
    ("layout", "insight", "text"),
    [
        ("preserve", (4, 0, 6, 5), (0, 0, 4, 3)),
        ("two_column", (6, 0, 6, 5), (0, 0, 6, 5)),
        ("three_column", (0, 3, 4, 5), (0, 0, 12, 3)),
        ("full_width", (0, 5, 12, 5), (0, 0, 12, 5)),
    ],
)
def test_each_arrangement(reorder, dashboard, layout, insight, text):
    heading = TextTileFactory(dashboard=dashboard, layouts={"sm": {"x": 0, "y": 7, "w": 4, "h": 3}})
    chart = InsightTileFactory(dashboard=dashboard)

    assert places(reorder(heading, chart, layout=layout)) == {heading.pk: text, chart.pk: insight}


def test_tiles_that_are_not_named_stay(reorder, dashboard):
    named, other = InsightTileFactory.create_batch(2, dashboard=dashboard, layouts={"sm": {"x": 1, "y": 2}})

    tiles = {tile["id"]: tile["layouts"] for tile in reorder(named).json()["tiles"]}

    assert tiles[other.pk] == {"sm": {"x": 1, "y": 2}}
    assert tiles[named.pk]["sm"]["y"] == 0


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "tile_order"),
        ({"tile_order": None}, "null", "tile_order"),
        ({"tile_order": []}, "empty", "tile_order"),
        ({"tile_order": "x"}, "not_a_list", "tile_order"),
        ({"tile_order": [1, "x"]}, "invalid_input", "tile_order__1"),
        ({"tile_order": [{}]}, "invalid_input", "tile_order__0"),
        ({"tile_order": list(range(1001))}, "max_length", "tile_order"),
        ({"tile_order": [1], "layout": "spiral"}, "invalid_choice", "layout"),
        ({"tile_order": [1, 1]}, "invalid_input", None),
    ],
)
def test_refuses(reorder, error, dashboard, body, code, attr):
    assert error(reorder(**body)) == (400, code, attr)
    assert Dashboard.objects.get().version == 1


def test_says_what_is_wrong_with_the_order(reorder, dashboard, team, error):
    mine = InsightTileFactory(dashboard=dashboard)
    removed = InsightTileFactory(dashboard=dashboard, deleted=True)
    elsewhere = InsightTileFactory(dashboard=DashboardFactory(team=team))

    assert reorder(mine, mine).json()["detail"] == "tile_order must contain unique tile IDs"
    response = reorder(elsewhere, mine, removed)
    assert error(response) == (404, "not_found", None)
    assert response.json()["detail"] == f"Tile IDs not found on this dashboard: [{removed.pk}, {elsewhere.pk}]"
    mine.refresh_from_db()
    assert mine.layouts == {}


def test_a_deleted_or_foreign_dashboard_is_not_found(reorder, api, url, dashboard, charlie, error):
    foreign = InsightTileFactory(dashboard=DashboardFactory(team=charlie.current_team))
    body = {"tile_order": [foreign.pk]}

    assert error(api().post(url(f"dashboards/{foreign.dashboard_id}/reorder_tiles/"), body))[0] == 404
    Dashboard.objects.filter(pk=dashboard.pk).update(deleted=True)
    assert error(reorder(tile_order=[]))[0] == 404


def test_needs_to_edit_the_dashboard(api, path, dashboard, bob, error):
    tile = InsightTileFactory(dashboard=dashboard)
    Dashboard.objects.update(restriction_level=37)

    assert error(api(user=bob).post(path("reorder_tiles/"), {"tile_order": [tile.pk]}))[0] == 403
    assert error(api("dashboard:read").post(path("reorder_tiles/"), {"tile_order": [tile.pk]}))[0] == 403


def test_writes_only_over_the_version_that_was_read(reorder, dashboard, error):
    tile = InsightTileFactory(dashboard=dashboard)

    assert error(reorder(tile, headers={"If-Match": '"0-0"'})) == (412, "precondition_failed", None)
    assert reorder(tile, headers={"If-Match": dashboard.etag}).status_code == 200


@pytest.mark.parametrize("layout", ARRANGEMENTS)
@pytest.mark.parametrize("count", [1, 50])
def test_costs_the_same_for_one_tile_and_for_fifty(reorder, dashboard, layout, count, django_assert_num_queries):
    tiles = InsightTileFactory.create_batch(count, dashboard=dashboard)
    reorder(*tiles)  # notes the first use of the key

    # key and user, project and membership, dashboard; savepoint, lock, tiles, layouts, version, savepoint;
    # then the dashboard as in retrieve, without noting a view
    with django_assert_num_queries(13):
        assert reorder(*tiles, layout=layout).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_orders_at_once_leave_one_of_them_whole():
    race = Race()
    dashboard = DashboardFactory(team=race.team)
    tiles = InsightTileFactory.create_batch(10, dashboard=dashboard)
    ids = [tile.pk for tile in tiles]
    orders = [ids, ids[::-1], ids[5:] + ids[:5]]

    def reorders(order):
        return lambda: [race.post(f"dashboards/{dashboard.pk}/reorder_tiles/", {"tile_order": order}) for _ in range(4)]

    statuses = race.run(*[reorders(order) for order in orders])

    assert set(statuses) == {200}
    dashboard.refresh_from_db()
    assert [tile.pk for tile in dashboard.tiles_in_order()] in orders
    assert dashboard.version == 1 + 4 * len(orders)
