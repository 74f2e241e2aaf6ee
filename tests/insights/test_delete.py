import pytest

from dashboards.models import DashboardTile
from insights.models import Insight
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.insights import InsightFactory


@pytest.fixture
def insight(team):
    return InsightFactory(team=team)


@pytest.fixture
def patch(api, url, insight):
    return lambda body: api("insight:write").patch(url(f"insights/{insight.pk}/"), body)


def test_a_deleted_insight_is_gone_with_its_tiles(api, url, team, insight, patch):
    tile = InsightTileFactory(dashboard=DashboardFactory(team=team), insight=insight)

    response = patch({"deleted": True})

    assert response.status_code == 200
    assert (response.json()["deleted"], response.json()["dashboards"]) == (True, [])
    assert api().get(url(f"insights/{insight.pk}/")).status_code == 404
    assert api().get(url("insights/")).json()["count"] == 0
    tile.refresh_from_db()
    assert tile.deleted is True
    tile.dashboard.refresh_from_db()
    assert tile.dashboard.version == 2


def test_a_restore_brings_back_the_tiles_that_the_deletion_took_and_no_others(team, insight, patch):
    with_it = InsightTileFactory(dashboard=DashboardFactory(team=team), insight=insight)
    before = InsightTileFactory(dashboard=DashboardFactory(team=team), insight=insight)
    patch({"dashboards": [with_it.dashboard_id]})
    patch({"deleted": True})

    answer = patch({"deleted": False}).json()

    assert (answer["deleted"], answer["dashboards"]) == (False, [with_it.dashboard_id])
    before.refresh_from_db()
    assert before.deleted is True
    assert Insight.objects.get().deleted_with is None
    assert not DashboardTile.objects_including_soft_deleted.exclude(deleted_with=None).exists()


def test_a_restore_may_say_where_to(team, insight, patch):
    InsightTileFactory(dashboard=DashboardFactory(team=team), insight=insight)
    elsewhere = DashboardFactory(team=team)
    patch({"deleted": True})

    assert patch({"deleted": False, "dashboards": [elsewhere.pk]}).json()["dashboards"] == [elsewhere.pk]


def test_deleting_twice_keeps_the_first_stamp(insight, patch):
    patch({"deleted": True})
    assert patch({"deleted": True}).status_code == 404


@pytest.mark.parametrize("word", [False, "false", 0])
def test_only_a_restore_reaches_a_deleted_insight(api, url, insight, patch, word):
    patch({"deleted": True})

    assert patch({"name": "x"}).status_code == 404
    assert patch({}).status_code == 404
    assert patch({"deleted": word}).status_code == 200
    assert api().get(url(f"insights/{insight.pk}/")).status_code == 200


def test_who_could_not_delete_it_may_not_restore_it(api, url, team, bob, insight, patch):
    InsightTileFactory(dashboard=DashboardFactory(team=team, restriction_level=37), insight=insight)

    assert api(user=bob).patch(url(f"insights/{insight.pk}/"), {"deleted": True}).status_code == 403
    patch({"deleted": True})
    refused = api(user=bob).patch(url(f"insights/{insight.pk}/"), {"deleted": False})

    assert refused.status_code == 403
    assert refused.json()["detail"] == "You don't have edit permissions for this insight."
    assert patch({"deleted": False}).status_code == 200


def test_restoring_what_is_there_changes_nothing(team, insight, patch):
    InsightTileFactory(dashboard=DashboardFactory(team=team), insight=insight)

    answer = patch({"deleted": False}).json()

    assert (answer["deleted"], len(answer["dashboards"])) == (False, 1)


def test_a_new_insight_may_be_deleted_from_the_start(api, url):
    response = api().post(url("insights/"), {"name": "x", "deleted": True})

    assert (response.status_code, response.json()["deleted"]) == (201, True)
    assert api().get(url("insights/")).json()["count"] == 0


@pytest.mark.parametrize("reference", ["insight", "99999999", "nosuchid"])
def test_the_method_delete_is_refused_with_an_empty_body(api, url, insight, reference):
    pk = insight.pk if reference == "insight" else reference

    response = api("insight:write").delete(url(f"insights/{pk}/"))

    assert (response.status_code, response.content) == (405, b"")
    assert Insight.objects.filter(pk=insight.pk).exists()


def test_the_method_delete_is_refused_after_the_checks(api, url, insight, charlie):
    assert api("insight:read").delete(url(f"insights/{insight.pk}/")).status_code == 403
    assert api(user=charlie).delete(url(f"insights/{insight.pk}/")).status_code == 403
