"""PATCH sharing/: what may be set, and what a token survives."""

from datetime import UTC, datetime

import pytest

from activity.models import ActivityLog
from sharing.models import SharingConfiguration
from tests.factories.dashboards import DashboardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def patch(api, url, dashboard):
    return lambda body: api().patch(url(f"dashboards/{dashboard.pk}/sharing/"), body, format="json")


def test_switches_sharing_on(patch, dashboard):
    response = patch({"enabled": True})

    share = SharingConfiguration.objects.get(dashboard=dashboard)
    assert response.status_code == 200
    assert (response.json()["enabled"], response.json()["access_token"]) == (True, share.access_token)
    assert response.json()["created_at"] is not None


def test_an_insight_has_a_link_of_its_own(api, url, insight, visitor):
    token = api().patch(url(f"insights/{insight.pk}/sharing/"), {"enabled": True}).json()["access_token"]

    assert visitor.get(f"/shared/{token}.json").json()["insight"]["name"] == "Signups"


def test_keeps_the_token_while_it_stays_on(patch):
    tokens = {patch({"enabled": True}).json()["access_token"] for _ in range(3)}

    assert len(tokens) == 1


def test_switching_off_kills_every_token_and_on_again_makes_a_new_one(api, url, patch, dashboard, visitor):
    old = patch({"enabled": True}).json()["access_token"]
    rotated = api().post(url(f"dashboards/{dashboard.pk}/sharing/refresh/")).json()["access_token"]
    patch({"enabled": False})
    new = patch({"enabled": True}).json()["access_token"]

    assert len({old, rotated, new}) == 3
    assert [visitor.get(f"/shared/{token}").status_code for token in (old, rotated, new)] == [404, 404, 200]


def test_one_stored_off_gets_another_token_when_first_switched_on(patch):
    stored = patch({"enabled": False}).json()["access_token"]

    assert patch({"enabled": True}).json()["access_token"] != stored


def test_anybody_in_the_project_may_share_a_restricted_dashboard(api, url, team, alice, bob):
    dashboard = DashboardFactory(team=team, created_by=alice, restriction_level=37)

    response = api(user=bob).patch(url(f"dashboards/{dashboard.pk}/sharing/"), {"enabled": True})

    assert response.status_code == 200


def test_the_organization_may_forbid_it(patch, organization, visitor):
    token = patch({"enabled": True}).json()["access_token"]
    organization.allow_publicly_shared_resources = False
    organization.save()

    response = patch({"enabled": True})

    assert (response.status_code, response.json()["detail"]) == (
        403,
        "Public sharing is disabled for this organization.",
    )
    assert visitor.get(f"/shared/{token}").status_code == 404
    assert patch({"enabled": False}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        (None, None),
        ({}, {}),
        ({"whitelabel": True}, {"whitelabel": True}),
        ({"whitelabel": False, "legend": None, "unknown": 1}, {"whitelabel": False}),
        ({"noHeader": "true", "detailed": 1, "theme": "dark"}, {"noHeader": True, "detailed": True, "theme": "dark"}),
    ],
)
def test_settings_replace_the_whole_and_drop_what_is_unknown(patch, sent, stored):
    patch({"settings": {"legend": True}})

    assert patch({"settings": sent}).json()["settings"] == stored


@pytest.mark.parametrize("sent", ["text", 7, [], {"whitelabel": "perhaps"}, {"theme": "pink"}, {"legend": {}}])
def test_settings_of_another_shape_are_refused(patch, sent):
    response = patch({"settings": sent})

    assert response.status_code == 400
    assert response.json() == {
        "type": "validation_error",
        "code": "invalid_input",
        "detail": "Invalid settings format",
        "attr": "settings",
    }


def test_what_the_owner_sets_comes_back(patch):
    sent = {
        "expires_at": "2027-01-01T00:00:00Z",
        "allowed_networks": ["203.0.113.7", "2001:db8::/32"],
        "locked_filters": {"secret": "s" * 32},
        "hide_query": True,
        "password_required": True,
    }

    shown = patch(sent).json()

    assert {name: shown[name] for name in sent} == sent
    cleared = patch(dict.fromkeys(("expires_at", "allowed_networks", "locked_filters", "hide_query"))).json()
    assert [cleared[name] for name in ("expires_at", "allowed_networks", "locked_filters", "hide_query")] == [None] * 4


@pytest.mark.parametrize("sent", [{}, True])
def test_makes_a_secret_for_locked_filters(patch, sent):
    assert len(patch({"locked_filters": sent}).json()["locked_filters"]["secret"]) == 64


def test_false_unlocks_the_filters(patch):
    patch({"locked_filters": True})

    assert patch({"locked_filters": False}).json()["locked_filters"] is None


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"enabled": "perhaps"}, "enabled"),
        ({"enabled": None}, "enabled"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"allowed_networks": []}, "allowed_networks"),
        ({"allowed_networks": "10.0.0.0/8"}, "allowed_networks"),
        ({"allowed_networks": ["10.0.0.0/99"]}, "allowed_networks__0"),
        ({"locked_filters": {"secret": "short"}}, "locked_filters"),
        ({"locked_filters": "text"}, "locked_filters"),
        ({"hide_query": 7}, "hide_query"),
    ],
)
def test_refuses_what_makes_no_sense(patch, body, attr):
    response = patch(body)

    assert (response.status_code, response.json()["attr"]) == (400, attr)
    assert not SharingConfiguration.objects.exists()


def test_ignores_what_is_not_for_clients_to_set(patch, charlie):
    before = patch({"enabled": True}).json()
    sent = {"access_token": "mine", "created_at": datetime.now(UTC).isoformat(), "team": charlie.current_team.pk}

    after = patch({**sent, "share_passwords": [{"id": 1}], "grace_until": None, "dashboard": None}).json()

    assert after == before


def test_is_written_down(patch, dashboard):
    patch({"enabled": True})
    patch({"settings": {}})
    patch({"enabled": False})

    entries = ActivityLog.objects.filter(scope="Dashboard", item_id=str(dashboard.pk)).order_by("created_at")
    assert [entry.activity for entry in entries] == ["sharing enabled", "sharing disabled"]
    assert entries[0].detail["changes"] == [
        {"type": "Dashboard", "action": "changed", "field": "sharing", "after": True}
    ]


def test_the_dashboard_says_whether_it_is_shared(api, url, patch, dashboard):
    for enabled in (True, False):
        patch({"enabled": enabled})
        assert api().get(url(f"dashboards/{dashboard.pk}/")).json()["is_shared"] is enabled
        assert api().get(url("dashboards/")).json()["results"][0]["is_shared"] is enabled
