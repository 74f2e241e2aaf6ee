"""Tiles whose answer must be computed come after the page, one by one."""

import re

import pytest

from insights.models import CachedResult
from sharing.services import showing
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.events import EventFactory
from tests.factories.insights import InsightFactory
from tests.factories.sharing import InsightShareFactory, ShareFactory, SharePasswordFactory

PAID = {
    "kind": "InsightVizNode",
    "source": {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "paid"}]},
}
SQL = {"kind": "DataVisualizationNode", "source": {"kind": "HogQLQuery", "query": "SELECT count() FROM events"}}


@pytest.fixture
def tiles(team):
    """Two insights that nobody has asked yet."""
    EventFactory.create_batch(3, team=team, event="paid")
    board = DashboardFactory(team=team, name="Arrivals", description="")
    names = {"Paid": PAID, "Counted": SQL}
    return [
        InsightTileFactory(dashboard=board, insight=InsightFactory(team=team, name=name, query=query, saved=True))
        for name, query in names.items()
    ]


@pytest.fixture
def link(tiles):
    return f"/shared/{ShareFactory(dashboard=tiles[0].dashboard).access_token}"


def read(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.django_db
class TestWithoutABrowser:
    def test_the_page_comes_without_computing(self, client, link, tiles):
        page = read(client, link)

        assert re.findall(r'data-awaited="([^"]+)"', page) == [f"tile-{tile.pk}" for tile in tiles]
        assert page.count("Being computed…") == 2
        assert not CachedResult.objects.exists()

    def test_a_part_is_computed_and_is_no_whole_page(self, client, link, tiles):
        part = read(client, f"{link}?part=tile-{tiles[1].pk}")

        assert '<p class="number">3</p>' in part
        assert "data-awaited" not in part
        assert "<html" not in part
        assert CachedResult.objects.count() == 1

    def test_what_is_stored_is_not_awaited(self, client, link, tiles):
        read(client, f"{link}?part=tile-{tiles[1].pk}")

        page = read(client, link)

        assert re.findall(r'data-awaited="([^"]+)"', page) == [f"tile-{tiles[0].pk}"]
        assert '<p class="number">3</p>' in page

    def test_what_is_stale_is_shown_until_the_newer_comes(self, client, link, tiles):
        read(client, f"{link}?wait=true")
        CachedResult.objects.update(last_refresh="2020-01-01T00:00:00Z")

        page = read(client, link)

        assert page.count("A newer answer is being computed…") == 2
        assert '<p class="number">3</p>' in page

    def test_without_a_script_the_page_waits_for_all(self, client, link):
        address = re.search(r'<noscript><meta http-equiv="refresh" content="0; url=([^"]+)">', read(client, link))[1]

        page = read(client, link + address.replace("&amp;", "&"))

        assert "data-awaited" not in page
        assert "http-equiv" not in page
        assert '<p class="number">3</p>' in page

    def test_what_failed_lately_is_not_awaited(self, client, link, monkeypatch):
        monkeypatch.setattr(showing, "_compute", lambda due, **_: {key: showing.Answer() for key in due})

        assert "data-awaited" not in read(client, link)

    @pytest.mark.parametrize("part", ["tile-0", "tile-999999", "tile-x", "x", "", "insight", "tile-" + "9" * 30])
    def test_a_part_that_is_not_there_is_missing(self, client, link, part):
        assert "There is nothing here" in read(client, f"{link}?part={part}", status=404)

    def test_a_part_of_another_dashboard_is_missing(self, client, link):
        other = InsightTileFactory(insight__query=PAID)

        read(client, f"{link}?part=tile-{other.pk}", status=404)

    def test_no_part_passes_a_locked_door(self, client, tiles):
        share = ShareFactory(dashboard=tiles[0].dashboard, password_required=True)
        SharePasswordFactory(share=share)

        page = read(client, f"/shared/{share.access_token}?part=tile-{tiles[1].pk}")

        assert "protected by a password" in page
        assert "Counted" not in page
        assert not CachedResult.objects.exists()

    def test_an_insight_by_itself_arrives_too(self, client, tiles):
        link = f"/shared/{InsightShareFactory(insight=tiles[1].insight).access_token}"

        assert 'data-awaited="insight"' in read(client, link)
        assert '<p class="number">3</p>' in read(client, f"{link}?part=insight")

    def test_the_data_comes_whole(self, client, link):
        shown = client.get(f"{link}.json").json()["dashboard"]["tiles"]

        assert [tile["insight"]["result"] is None for tile in shown] == [False, False]

    def test_members_see_tiles_arrive_as_well(self, client, alice, tiles):
        client.force_login(alice)
        page = f"/dashboards/{tiles[0].dashboard_id}"

        assert read(client, page).count("data-awaited") == 2
        assert '<p class="number">3</p>' in read(client, f"{page}?part=tile-{tiles[1].pk}")
        read(client, f"{page}?part=tile-0", status=404)

    def test_messengers_read_what_is_behind_the_link(self, client, link):
        page = read(client, link)

        assert '<meta property="og:title" content="Arrivals">' in page
        assert '<meta property="og:description" content="Paid, Counted">' in page

    def test_messengers_read_nothing_through_a_locked_door(self, client, tiles):
        share = ShareFactory(dashboard=tiles[0].dashboard, password_required=True)

        assert "og:" not in read(client, f"/shared/{share.access_token}")

    @pytest.mark.parametrize(
        ("reload", "is_obeyed"),
        [("300", True), ("30", True), ("5", False), ("0", False), ("x", False), ("-60", False), ("9" * 9, False)],
    )
    def test_a_screen_on_the_wall_loads_again(self, client, link, reload, is_obeyed):
        tag = f'<meta http-equiv="refresh" content="{reload}">'

        assert (tag in read(client, f"{link}?reload={reload}&wait=true")) == is_obeyed


@pytest.mark.django_db(transaction=True)
class TestInABrowser:
    def test_tiles_arrive_and_are_drawn(self, visit, link, faults):
        visitor = visit()
        visitor.go(link)
        visitor.wait_until("document.querySelectorAll('[data-awaited]').length === 0")
        visitor.see_all()

        assert visitor.page.locator(".canvas svg").count() == 1
        assert visitor.page.locator(".number").text_content() == "3"
        assert visitor.page.locator("#news").text_content() == "All insights are computed."
        assert faults(visitor.page) == []
        assert visitor.wrong == []

    def test_a_tile_that_does_not_come_says_so(self, visit, link, faults):
        visitor = visit()
        visitor.page.route("**/*part=*", lambda route: route.abort())
        visitor.go(link)
        visitor.wait_until("document.querySelectorAll('.failed').length === 2")

        assert visitor.page.locator("[aria-busy]").count() == 0
        assert faults(visitor.page) == []

    def test_while_it_waits_nothing_is_wrong_with_the_page(self, visit, link, faults):
        visitor = visit()
        visitor.page.route("**/*part=*", lambda route: None)
        visitor.go(link)

        assert visitor.page.locator(".coming").count() == 2
        assert faults(visitor.page) == []

    def test_without_javascript_all_are_there(self, visit, link):
        visitor = visit(java_script_enabled=False)
        visitor.go(link)
        visitor.page.wait_for_url("**/*wait=true")

        assert visitor.page.locator(".number").text_content() == "3"
        assert visitor.page.locator("[data-awaited]").count() == 0
