"""What access rules say of a dashboard holds for its link: the token would open what they close."""

import pytest

from accounts.models import AccessControl


@pytest.mark.parametrize(("level", "read", "written"), [("none", 403, 403), ("viewer", 200, 403), ("editor", 200, 200)])
def test_a_link_is_as_reachable_as_its_dashboard(api, bob, team, url, dashboard, level, read, written):
    AccessControl.objects.create(team=team, resource="dashboard", resource_id=str(dashboard.pk), access_level=level)
    client, path = api(user=bob), url(f"dashboards/{dashboard.pk}/sharing/")

    shown, changed = client.get(path), client.patch(path, {"enabled": True})

    assert (shown.status_code, changed.status_code) == (read, written)
    if written == 403:
        assert changed.json()["detail"] == "You don't have edit permissions for this dashboard."
    if read == 403:
        assert "access_token" not in shown.json()
