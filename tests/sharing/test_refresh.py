"""POST refresh/: another token, and five minutes for the old one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from activity.models import ActivityLog
from tests.factories.sharing import ShareFactory, SharePasswordFactory
from tests.sharing.conftest import unlock

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def refresh(api, url, dashboard):
    return lambda: api().post(url(f"dashboards/{dashboard.pk}/sharing/refresh/"))


def test_answers_the_share_with_another_token(refresh, share):
    response = refresh()

    assert response.status_code == 200
    assert response.json()["access_token"] != share.access_token
    assert response.json()["enabled"] is True


@pytest.mark.parametrize(("minutes", "status"), [(0, 200), (4, 200), (6, 404)])
def test_the_old_link_works_for_five_minutes(refresh, share, visitor, minutes, status):
    with time_machine.travel(NOW, tick=False) as clock:
        new = refresh().json()["access_token"]
        clock.shift(timedelta(minutes=minutes))

        assert visitor.get(f"/shared/{share.access_token}").status_code == status
        assert visitor.get(f"/shared/{new}").status_code == 200


def test_each_of_several_old_links_has_its_own_five_minutes(refresh, share, visitor):
    with time_machine.travel(NOW, tick=False) as clock:
        second = refresh().json()["access_token"]
        clock.shift(timedelta(minutes=3))
        refresh()
        clock.shift(timedelta(minutes=3))

        assert visitor.get(f"/shared/{share.access_token}").status_code == 404
        assert visitor.get(f"/shared/{second}").status_code == 200


def test_the_same_passwords_open_both(refresh, locked, visitor):
    new = refresh().json()

    assert len(new["share_passwords"]) == 1
    assert unlock(visitor, locked).status_code == 200
    locked.refresh_from_db()
    assert unlock(visitor, locked).status_code == 200


def test_a_password_asked_for_since_protects_the_old_link_too(api, url, refresh, share, dashboard, visitor):
    refresh()
    api().patch(url(f"dashboards/{dashboard.pk}/sharing/"), {"password_required": True})

    assert visitor.get(f"/shared/{share.access_token}.json").json() == {"type": "unlock"}


def test_a_link_that_is_off_gets_a_new_token_and_no_grace(refresh, dashboard, visitor):
    share = ShareFactory(dashboard=dashboard, enabled=False)
    SharePasswordFactory(share=share)

    assert refresh().json()["enabled"] is False
    assert visitor.get(f"/shared/{share.access_token}").status_code == 404


def test_stores_a_share_where_there_was_none(refresh, dashboard):
    token = refresh().json()["access_token"]

    assert dashboard.sharing_configurations.get().access_token == token


def test_is_written_down(refresh, share, dashboard):
    refresh()

    assert ActivityLog.objects.get(item_id=str(dashboard.pk)).activity == "access token refreshed"
