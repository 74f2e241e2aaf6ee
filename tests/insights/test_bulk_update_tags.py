from tests.factories.accounts import ProjectFactory
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.insights import InsightFactory


def test_many_insights_are_tagged_at_once(api, url, team):
    first, second = InsightFactory.create_batch(2, team=team)
    body = {"ids": [first.pk, second.pk], "action": "add", "tags": ["Web"]}

    response = api("insight:write").post(url("insights/bulk_update_tags/"), body)

    assert response.status_code == 200
    assert response.json()["updated"] == [{"id": first.pk, "tags": ["web"]}, {"id": second.pk, "tags": ["web"]}]
    assert api().get(url(f"insights/{first.pk}/")).json()["tags"] == ["web"]


def test_missing_deleted_foreign_and_restricted_ones_are_skipped(api, url, team, bob):
    gone, foreign = InsightFactory(team=team, deleted=True), InsightFactory(team=ProjectFactory().team)
    restricted = InsightFactory(team=team)
    InsightTileFactory(insight=restricted, dashboard=DashboardFactory(team=team, restriction_level=37))
    ids = [gone.pk, foreign.pk, restricted.pk, 10**12]

    response = api(user=bob).post(url("insights/bulk_update_tags/"), {"ids": ids, "action": "set", "tags": ["x"]})

    assert response.json()["updated"] == []
    assert [row["id"] for row in response.json()["skipped"]] == ids


def test_the_dashboards_of_those_that_changed_have_a_new_version(api, url, team):
    tiles = [InsightTileFactory(dashboard=DashboardFactory(team=team)) for _ in range(2)]
    body = {"ids": [tiles[0].insight_id], "action": "add", "tags": ["x"]}

    for _ in range(2):
        api().post(url("insights/bulk_update_tags/"), body)

    for tile in tiles:
        tile.dashboard.refresh_from_db()
    assert [tile.dashboard.version for tile in tiles] == [2, 1]


def test_reading_scope_does_not_write(api, url):
    assert api("insight:read").post(url("insights/bulk_update_tags/"), {}).status_code == 403
