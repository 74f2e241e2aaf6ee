import pytest

from tests.factories.themes import DataColorThemeFactory


@pytest.mark.parametrize("is_global", [True, False])
def test_shows_a_global_theme_and_an_own_one(api, url, team, alice, is_global):
    theme = DataColorThemeFactory(team=None if is_global else team, name="Sunset", colors=["#f00"], created_by=alice)

    response = api("project:read").get(url(f"data_color_themes/{theme.pk}/"))

    shown = response.json()
    assert response.status_code == 200
    assert shown.pop("created_by")["uuid"] == str(alice.uuid)
    assert shown.pop("created_at").endswith("Z")
    assert shown == {"id": theme.pk, "name": "Sunset", "colors": ["#f00"], "is_global": is_global}


@pytest.mark.parametrize("reference", ["999999", "sunset", "-1", "9" * 30])
def test_what_is_not_there_is_not_found(api, url, reference):
    response = api("project:read").get(url(f"data_color_themes/{reference}/"))

    assert (response.status_code, response.json()["detail"]) == (404, "Not found.")


def test_costs_three_statements(api, url, team, django_assert_num_queries):
    theme = DataColorThemeFactory(team=team)
    client = api("project:read")
    client.get(url(f"data_color_themes/{theme.pk}/"))

    # key and user, project and membership, theme and author
    with django_assert_num_queries(3):
        client.get(url(f"data_color_themes/{theme.pk}/"))
