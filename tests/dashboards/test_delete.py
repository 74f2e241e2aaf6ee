import pytest

from accounts.models import Team
from dashboards.models import Dashboard, DashboardTile
from insights.models import Insight
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextTileFactory


@pytest.fixture
def patch(api, path):
    client = api("dashboard:write")
    return lambda **body: client.patch(path(), body)


def test_a_removed_dashboard_is_gone_for_all_but_its_restoration(patch, api, path, url, dashboard, error):
    TextTileFactory(dashboard=dashboard)

    response = patch(deleted=True)

    assert response.status_code == 200
    assert (response.json()["deleted"], response.json()["tiles"]) == (True, [])
    assert error(api().get(path())) == (404, "not_found", None)
    assert api().get(url("dashboards/")).json()["results"] == []
    for body in ({"name": "x"}, {"deleted": True}, {}):
        assert error(patch(**body)) == (404, "not_found", None)
    assert error(api().post(path("tiles/"), {"text": {"body": "x"}})) == (404, "not_found", None)
    assert error(api().get(path("run_insights/"))) == (404, "not_found", None)


def test_its_insights_live_on_and_forget_it(patch, api, url, dashboard, team):
    tile = InsightTileFactory(dashboard=dashboard)

    patch(deleted=True)

    shown = api().get(url(f"insights/{tile.insight_id}/")).json()
    assert shown["dashboards"] == shown["dashboard_tiles"] == []
    assert DashboardTile.objects_including_soft_deleted.get().deleted is True


def test_insights_that_are_shown_nowhere_else_go_along_if_asked(patch, dashboard, team):
    lonely = InsightTileFactory(dashboard=dashboard).insight
    shared = InsightTileFactory(dashboard=dashboard).insight
    InsightTileFactory(dashboard=DashboardFactory(team=team), insight=shared)
    once_shared = InsightTileFactory(dashboard=dashboard).insight
    InsightTileFactory(dashboard=DashboardFactory(team=team), insight=once_shared, deleted=True)

    assert patch(deleted=True, delete_insights=True).status_code == 200

    assert list(Insight.objects.all()) == [shared]
    assert Insight.objects_including_soft_deleted.filter(pk__in=[lonely.pk, once_shared.pk], deleted=True).count() == 2


def test_it_is_nobodys_primary_dashboard_any_more(patch, dashboard, team):
    Team.objects.filter(pk=team.pk).update(primary_dashboard=dashboard)

    patch(deleted="true")

    assert Team.objects.get(pk=team.pk).primary_dashboard is None


def test_what_happens_beside_the_deletion_happens_too(patch, dashboard):
    shown = patch(deleted=True, name="Old numbers").json()

    assert (shown["name"], shown["deleted"]) == ("Old numbers", True)
    assert Dashboard.objects_including_soft_deleted.get().version == 2


@pytest.mark.parametrize("reference", ["{pk}", "999999", "nonsense"])
def test_delete_is_not_allowed_and_answers_nothing(api, url, dashboard, reference):
    for client in (api("dashboard:write"), api()):
        response = client.delete(url(f"dashboards/{reference.format(pk=dashboard.pk)}/"))

        assert response.status_code == 405
        assert response.content == b""
    assert Dashboard.objects.filter(pk=dashboard.pk).exists()


def test_delete_is_not_allowed_to_browsers_either(session, path):
    response = session().delete(path())

    assert (response.status_code, response.content) == (405, b"")


def test_delete_needs_scope_and_project_first(api, path, error, charlie):
    assert error(api("dashboard:read").delete(path())) == (403, "permission_denied", None)
    assert error(api(user=charlie).delete(path())) == (403, "permission_denied", None)
