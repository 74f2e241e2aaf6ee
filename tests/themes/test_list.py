import pytest

from tests.factories.themes import DataColorThemeFactory
from themes.models import DataColorTheme

THEMES = "data_color_themes/"


@pytest.fixture
def only_ours(db):
    """Without the seeded one, for tests that count."""
    DataColorTheme.objects.all().delete()


def test_holds_the_global_themes_and_the_projects_own_in_the_order_of_ids(api, url, team, charlie, only_ours):
    shared = DataColorThemeFactory(team=None, name="Default Theme")
    ours = DataColorThemeFactory(team=team, name="Hogflix")
    DataColorThemeFactory(team=charlie.current_team, name="Charlie's")

    response = api("project:read").get(url(THEMES))

    page = response.json()
    assert response.status_code == 200
    assert {key: page[key] for key in ("count", "next", "previous")} == {"count": 2, "next": None, "previous": None}
    assert [(row["id"], row["is_global"]) for row in page["results"]] == [(shared.pk, True), (ours.pk, False)]
    assert set(page["results"][0]) == {"id", "name", "colors", "is_global", "created_at", "created_by"}


def test_every_installation_has_the_default_theme(api, url):
    theme = api("project:read").get(url(THEMES)).json()["results"][0]

    assert (theme["name"], theme["is_global"], theme["created_by"]) == ("Default Theme", True, None)
    assert (theme["colors"][0], len(theme["colors"])) == ("#1d4aff", 15)


def test_comes_in_pages(api, url, team, only_ours):
    DataColorThemeFactory.create_batch(3, team=team)

    page = api("project:read").get(url(THEMES), {"limit": 2, "offset": 1}).json()

    assert (page["count"], len(page["results"]), page["next"]) == (3, 2, None)
    assert page["previous"].endswith(f"{THEMES}?limit=2")


@pytest.mark.parametrize("themes", [1, 10])
def test_costs_the_same_for_one_theme_and_for_ten(api, url, team, alice, only_ours, themes, django_assert_num_queries):
    DataColorThemeFactory.create_batch(themes, team=team, created_by=alice)
    client = api("project:read")
    client.get(url(THEMES))

    # key and user, project and membership, count, themes and authors
    with django_assert_num_queries(4):
        page = client.get(url(THEMES)).json()

    assert page["results"][0]["created_by"]["email"] == "alice@hogflix.com"
