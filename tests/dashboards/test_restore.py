import pytest

from dashboards.models import Dashboard, DashboardTile
from insights.models import Insight
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextTileFactory


@pytest.fixture
def patch(api, path):
    client = api("dashboard:write")
    return lambda **body: client.patch(path(), body)


def ids(response):
    assert response.status_code == 200, response.content
    return sorted(tile["id"] for tile in response.json()["tiles"])


@pytest.mark.parametrize("no", [False, "false", "0"])
def test_brings_back_the_dashboard_with_its_tiles(patch, api, path, dashboard, no):
    tiles = [InsightTileFactory(dashboard=dashboard), TextTileFactory(dashboard=dashboard)]
    patch(deleted=True)

    response = patch(deleted=no)

    assert ids(response) == [tile.pk for tile in tiles]
    assert response.json()["deleted"] is False
    assert api().get(path()).status_code == 200
    assert not DashboardTile.objects_including_soft_deleted.exclude(deleted_with=None).exists()


def test_a_tile_that_was_removed_before_stays_removed(patch, dashboard):
    removed, kept = TextTileFactory.create_batch(2, dashboard=dashboard)
    patch(tiles=[{"id": removed.pk, "deleted": True}])
    patch(deleted=True)

    assert ids(patch(deleted=False)) == [kept.pk]


def test_insights_that_went_along_come_back_and_no_others(patch, dashboard, team):
    lonely = InsightTileFactory(dashboard=dashboard)
    gone_before = InsightTileFactory(dashboard=dashboard)
    Insight.objects.filter(pk=gone_before.insight_id).update(deleted=True)
    patch(deleted=True, delete_insights=True)

    assert ids(patch(deleted=False)) == [lonely.pk]
    assert set(Insight.objects.values_list("pk", flat=True)) == {lonely.insight_id}


def test_what_two_deletions_took_comes_back_by_two_restorations(patch, api, url, dashboard):
    tile = InsightTileFactory(dashboard=dashboard)
    insight = url(f"insights/{tile.insight_id}/")
    assert api().patch(insight, {"deleted": True}).status_code == 200
    patch(deleted=True)

    assert ids(patch(deleted=False)) == []
    assert api().patch(insight, {"deleted": False}).json()["dashboards"] == [dashboard.pk]
    assert ids(patch()) == [tile.pk]


def test_an_insight_that_came_back_by_itself_is_shown_again_with_its_dashboard(patch, api, url, dashboard):
    tile = InsightTileFactory(dashboard=dashboard)
    patch(deleted=True, delete_insights=True)
    restored = api().patch(url(f"insights/{tile.insight_id}/"), {"deleted": False}).json()

    assert restored["dashboards"] == []
    assert ids(patch(deleted=False)) == [tile.pk]


def test_restoring_twice_or_a_live_one_changes_nothing(patch, dashboard):
    removed = TextTileFactory(dashboard=dashboard, deleted=True)

    assert ids(patch(deleted=False)) == ids(patch(deleted=False)) == []
    assert DashboardTile.objects_including_soft_deleted.get(pk=removed.pk).deleted


def test_restores_and_changes_at_once(patch, dashboard):
    patch(deleted=True)

    shown = patch(deleted=False, name="Back", tags=["x"], tiles=[{"text": {"body": "Hello"}}]).json()

    assert (shown["name"], shown["tags"], len(shown["tiles"])) == ("Back", ["x"], 1)
    assert Dashboard.objects.get().version == 3


def test_a_foreign_one_stays_where_it_is(api, url, charlie, error):
    foreign = DashboardFactory(team=charlie.current_team, deleted=True)

    assert error(api().patch(url(f"dashboards/{foreign.pk}/"), {"deleted": False}))[0] == 404
