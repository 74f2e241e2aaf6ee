import pytest

from activity.models import ActivityLog
from tests.factories.themes import DataColorThemeFactory
from themes.models import DataColorTheme


@pytest.fixture
def theme(team, alice):
    return DataColorThemeFactory(team=team, name="Sunset", colors=["#f00"], created_by=alice)


@pytest.fixture
def path(url, theme):
    return url(f"data_color_themes/{theme.pk}/")


def test_changes_what_is_named_and_nothing_else(api, path, theme, bob):
    response = api("project:write", user=bob).patch(path, {"colors": ["#00f"]})

    changed = response.json()
    assert response.status_code == 200
    assert (changed["name"], changed["colors"]) == ("Sunset", ["#00f"])
    assert changed["created_by"]["email"] == "alice@hogflix.com"
    theme.refresh_from_db()
    assert (theme.name, theme.colors) == ("Sunset", ["#00f"])


def test_put_needs_a_name_and_keeps_colours_that_it_does_not_name(api, path):
    refused = api().put(path, {"colors": []})
    changed = api().put(path, {"name": "Dawn"})

    assert (refused.status_code, refused.json()["attr"]) == (400, "name")
    assert (changed.status_code, changed.json()["name"], changed.json()["colors"]) == (200, "Dawn", ["#f00"])


@pytest.mark.parametrize("body", [{}, {"is_global": True}, {"team": None}])
def test_what_cannot_be_written_is_passed_over(api, path, theme, body):
    response = api().patch(path, body)

    assert (response.status_code, response.json()["is_global"]) == (200, False)
    assert not ActivityLog.objects.exists()


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_only_staff_write_global_themes(api, url, alice, method):
    theme = DataColorThemeFactory(team=None, name="Default")
    path = url(f"data_color_themes/{theme.pk}/")

    refused = getattr(api(), method)(path, {"name": "Mine"})
    alice.is_staff = True
    alice.save()
    allowed = getattr(api(), method)(path, {"name": "Mine"})

    assert (refused.status_code, refused.json()["detail"]) == (403, "Only staff users can edit global themes.")
    assert allowed.status_code == (204 if method == "delete" else 200)
    assert not DataColorTheme.objects.filter(pk=theme.pk, name="Default").exists()


def test_is_written_down_with_what_changed(api, path, theme, alice):
    api().patch(path, {"name": "Dawn", "colors": ["#f00"]})
    api().patch(path, {"name": "Dawn"})

    entry = ActivityLog.objects.get()
    assert (entry.activity, entry.user, entry.detail["name"]) == ("updated", alice, "Dawn")
    assert entry.detail["changes"] == [
        {"type": "DataColorTheme", "action": "changed", "field": "name", "before": "Sunset", "after": "Dawn"}
    ]


def test_costs_six_statements(api, path, django_assert_num_queries):
    client = api()
    client.patch(path, {"name": "Dawn"})

    # key and user, project and membership, theme, theme locked, update, activity; and a savepoint's two
    with django_assert_num_queries(8):
        client.patch(path, {"name": "Dusk"})
