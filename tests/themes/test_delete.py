from activity.models import ActivityLog
from dashboards.models import Dashboard
from tests.factories.themes import DataColorThemeFactory
from themes.models import DataColorTheme


def test_removes_the_theme_for_good_and_from_its_dashboards(api, url, team, bob):
    theme = DataColorThemeFactory(team=team)
    dashboard = Dashboard.objects.create(team=team, data_color_theme=theme)

    response = api("project:write", user=bob).delete(url(f"data_color_themes/{theme.pk}/"))

    assert (response.status_code, response.content) == (204, b"")
    assert not DataColorTheme.objects.filter(pk=theme.pk).exists()
    dashboard.refresh_from_db()
    assert dashboard.data_color_theme is None


def test_is_written_down_and_outlived(api, url, team, alice):
    theme = DataColorThemeFactory(team=team, name="Sunset", colors=["#f00"])

    api().delete(url(f"data_color_themes/{theme.pk}/"))

    entry = ActivityLog.objects.get()
    assert (entry.activity, entry.item_id, entry.detail["name"]) == ("deleted", str(theme.pk), "Sunset")
    assert [change["action"] for change in entry.detail["changes"]] == ["deleted", "deleted"]


def test_the_second_time_it_is_not_found(api, url, team):
    theme = DataColorThemeFactory(team=team)
    client = api()

    answers = [client.delete(url(f"data_color_themes/{theme.pk}/")).status_code for _ in range(2)]

    assert answers == [204, 404]
