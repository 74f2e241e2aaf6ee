"""GET sharing/: one object, stored or not."""

import pytest

from sharing.models import SharingConfiguration
from tests.factories.dashboards import DashboardFactory
from tests.factories.insights import InsightFactory
from tests.factories.sharing import ShareFactory, SharePasswordFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("thing", ["dashboards", "insights"])
def test_before_anything_is_stored_it_is_off_and_writes_nothing(api, url, dashboard, insight, bob, thing):
    pk = {"dashboards": dashboard, "insights": insight}[thing].pk
    client = api("sharing_configuration:read", user=bob)

    first = client.get(url(f"{thing}/{pk}/sharing/")).json()
    second = client.get(url(f"{thing}/{pk}/sharing")).json()

    assert len(first.pop("access_token")) >= 29
    assert "access_token" in second
    assert first == {
        "created_at": None,
        "enabled": False,
        "password_required": False,
        "settings": None,
        "share_passwords": [],
        "user_access_level": "editor",
        "expires_at": None,
        "allowed_networks": None,
        "locked_filters": None,
        "hide_query": None,
    }
    assert not SharingConfiguration.objects.exists()


def test_shows_what_is_stored_with_the_active_passwords_newest_first(api, url, dashboard, alice):
    share = ShareFactory(dashboard=dashboard, password_required=True)
    older = SharePasswordFactory(share=share, note="board", created_by=alice)
    newer = SharePasswordFactory(share=share)
    SharePasswordFactory(share=share, is_active=False)

    shown = api().get(url(f"dashboards/{dashboard.pk}/sharing/")).json()

    assert shown["access_token"] == share.access_token
    assert [one["id"] for one in shown["share_passwords"]] == [newer.pk, older.pk]
    assert set(shown["share_passwords"][0]) == {"id", "created_at", "note", "created_by_email", "is_active"}
    assert [one["created_by_email"] for one in shown["share_passwords"]] == ["deleted user", "alice@hogflix.com"]
    assert shown["user_access_level"] == "manager"


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("dashboards/999999/sharing/", "Dashboard not found."),
        ("dashboards/abc/sharing/", "Dashboard not found."),
        ("dashboards/{foreign_dashboard}/sharing/", "Dashboard not found."),
        ("dashboards/{deleted_dashboard}/sharing/", "Dashboard not found."),
        ("insights/999999/sharing/", "Insight not found."),
        ("insights/{foreign_insight}/sharing/", "Insight not found."),
        ("insights/{deleted_insight}/sharing/", "Insight not found."),
    ],
)
@pytest.mark.parametrize(("method", "tail"), [("get", ""), ("patch", ""), ("post", "refresh/"), ("post", "passwords/")])
def test_what_is_not_of_this_project_or_deleted_has_no_share(api, url, team, charlie, path, detail, method, tail):
    rows = {
        "foreign_dashboard": DashboardFactory(team=charlie.current_team).pk,
        "deleted_dashboard": DashboardFactory(team=team, deleted=True).pk,
        "foreign_insight": InsightFactory(team=charlie.current_team).pk,
        "deleted_insight": InsightFactory(team=team, deleted=True).pk,
    }

    response = getattr(api(), method)(url(path.format(**rows) + tail), {}, format="json")

    assert (response.status_code, response.json()["detail"]) == (404, detail)
    assert not SharingConfiguration.objects.exists()


def test_other_methods_are_405_for_sessions_and_closed_to_keys(api, session, url, dashboard):
    for method in ("put", "post", "delete"):
        assert getattr(session(), method)(url(f"dashboards/{dashboard.pk}/sharing/")).status_code == 405
        assert getattr(api(), method)(url(f"dashboards/{dashboard.pk}/sharing/")).status_code == 403


def test_reading_needs_the_scope_and_writing_another(api, url, dashboard):
    path = url(f"dashboards/{dashboard.pk}/sharing/")

    assert api("dashboard:write").get(path).status_code == 403
    assert api("sharing_configuration:read").get(path).status_code == 200
    assert api("sharing_configuration:read").patch(path, {}).status_code == 403
    assert api("sharing_configuration:write").patch(path, {}).status_code == 200
