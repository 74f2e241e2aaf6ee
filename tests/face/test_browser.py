"""The pages as a browser shows them. They are read without one in the other files of this folder."""

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.face.conftest import DESKTOP, PHONE
from tests.face.gallery import PICTURES, answer
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.insights import InsightFactory
from tests.factories.sharing import ShareFactory, SharePasswordFactory

pytestmark = pytest.mark.django_db(transaction=True)
LOOKS = [(scheme, size) for scheme in ("light", "dark") for size in (DESKTOP, PHONE)]
#: How much of the lines can be seen at the moment of printing.
PRINT = """tile => {
  dispatchEvent(new Event("beforeprint"))
  return tile.querySelector("clipPath path").getBBox().width
}"""


def tile_of(page, name):
    return page.locator("section", has=page.get_by_role("heading", name=name, exact=True))


@pytest.mark.parametrize(("scheme", "size"), LOOKS)
def test_every_kind_is_drawn_and_nothing_is_wrong(visit, share, faults, scheme, size):
    visitor = visit(color_scheme=scheme, viewport=size)
    visitor.go(f"/shared/{share.access_token}")
    visitor.see_all()

    assert visitor.page.locator(".canvas svg").count() == PICTURES
    assert visitor.page.locator(".canvas svg path").count() > 100
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults(visitor.page) == []
    assert visitor.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/shared/{insight}", "/embedded/{board}", "/shared/nothing", "/"])
def test_other_pages_are_as_sound(visit, share, insight_share, faults, path, scheme):
    visitor = visit(color_scheme=scheme)
    visitor.go(path.format(board=share.access_token, insight=insight_share.access_token))

    assert faults(visitor.page) == []
    assert visitor.wrong == []


def test_pointing_at_a_chart_tells_its_numbers(visit, share):
    visitor = visit()
    visitor.go(f"/shared/{share.access_token}")
    visitor.see_all()

    for name in ("Lines", "Values", "Pie", "Funnel", "Retention", "Paths"):
        canvas = tile_of(visitor.page, name).locator(".canvas")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        for place in (0.05, 0.3, 0.5, 0.57):
            canvas.hover(position={"x": box["width"] * place, "y": box["height"] * 0.45}, force=True)
            visitor.page.wait_for_timeout(120)
        assert canvas.locator(".tip-value").count() > 0, name
    assert visitor.wrong == []


def test_a_chart_can_be_read_as_a_table(visit, share):
    visitor = visit()
    visitor.go(f"/shared/{share.access_token}")
    tile = tile_of(visitor.page, "Lines")
    button = tile.get_by_role("button")

    assert (tile.locator(".canvas").is_visible(), button.get_attribute("aria-pressed")) == (True, "false")
    button.focus()
    visitor.page.keyboard.press("Enter")

    assert (tile.locator(".canvas").is_visible(), button.get_attribute("aria-pressed")) == (False, "true")
    assert tile.locator("tbody tr").count() == 14
    assert tile.locator(".scroll").bounding_box()["height"] > 100


def test_without_javascript_the_tables_are_the_page(visit, share):
    visitor = visit(java_script_enabled=False)
    visitor.go(f"/shared/{share.access_token}")

    assert visitor.page.locator(".canvas").count() == 0
    assert visitor.page.locator(".pictured .scroll").first.bounding_box()["height"] > 100


def test_without_its_script_the_tables_come_all_the_same(visit, share):
    visitor = visit()
    visitor.page.route("**/charts.*.js", lambda route: route.abort())
    visitor.go(f"/shared/{share.access_token}")

    visitor.wait_until("getComputedStyle(document.querySelector('.pictured .scroll')).visibility === 'visible'")


def test_long_words_and_numbers_stay_on_the_page(visit, share, team, faults):
    share.dashboard.name = "Unbreakable" * 30
    share.dashboard.description = "words" * 60
    share.dashboard.save()
    query = {"kind": "HogQLQuery", "query": "select 123456789012345678"}
    answer(team, query, [[123456789012345678]])
    insight = InsightFactory(team=team, name="Digits" * 40, query=query, saved=True)
    InsightTileFactory(dashboard=share.dashboard, insight=insight, layouts={"sm": {"x": 0, "y": 0, "w": 3, "h": 5}})
    for size in (DESKTOP, PHONE):
        visitor = visit(viewport=size)
        visitor.go(f"/shared/{share.access_token}")
        number = visitor.page.get_by_text("123,456,789,012,345,678")

        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert number.evaluate("p => p.clientHeight < 1.5 * parseFloat(getComputedStyle(p).fontSize)"), "one line"
        assert faults(visitor.page) == []


def test_an_empty_dashboard_says_so_in_one_line(visit, team):
    empty = ShareFactory(dashboard=DashboardFactory(team=team))
    visitor = visit()
    visitor.go(f"/shared/{empty.access_token}")

    assert visitor.page.get_by_text("There is nothing on this dashboard yet.").bounding_box()["height"] < 40


@pytest.mark.parametrize(("page", "written"), [("swagger-ui", ".opblock"), ("redoc", ".api-content h2")])
def test_the_pages_of_the_api_fetch_nothing_from_elsewhere(visit, page, written):
    visitor = visit()
    refused = []
    visitor.page.on("requestfailed", lambda request: refused.append(request.failure == "csp" and request.url))
    visitor.go(f"/api/schema/{page}/")
    visitor.page.locator(written).first.wait_for()
    visitor.page.wait_for_timeout(500)

    fetched = [words for words in visitor.wrong if words.startswith("request http")]
    assert fetched == [f"request {address}" for address in refused]


def test_on_paper_every_chart_is_drawn_in_light(visit, share):
    visitor = visit(color_scheme="dark", reduced_motion="no-preference")
    visitor.go(f"/shared/{share.access_token}")

    unseen = tile_of(visitor.page, "Stickiness")

    assert unseen.locator(".canvas svg").count() == 0
    assert unseen.evaluate(PRINT) > 100
    assert visitor.page.pdf()[:4] == b"%PDF"
    assert visitor.page.locator(".canvas svg").count() == PICTURES
    assert visitor.page.evaluate("'theme' in document.documentElement.dataset") is False
    assert visitor.wrong == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_locked_page_opens_with_its_password(visit, share, faults, size):
    type(share).objects.update(password_required=True)
    SharePasswordFactory(share=share)
    visitor = visit(viewport=size)
    page = visitor.page
    visitor.go(f"/shared/{share.access_token}")
    assert faults(page) == []

    page.get_by_label("Password").fill("wrong horse")
    page.get_by_role("button", name="Open").click()
    assert page.get_by_role("alert").text_content() == "Incorrect password"
    assert faults(page) == []
    assert "Gallery" not in page.content()

    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Open").click()
    assert page.get_by_role("heading", level=1).text_content() == "Gallery"
    page.reload()
    assert page.get_by_role("heading", level=1).text_content() == "Gallery"
    assert visitor.wrong == []


class Host(BaseHTTPRequestHandler):
    """Somebody else's page, with one of ours in it."""

    def __init__(self, framed, *args):
        self.framed = framed
        super().__init__(*args)

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<title>Host</title><iframe width="900" height="700" src="{self.framed}"></iframe>'.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def host():
    servers = []

    def serve(framed: str) -> str:
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, framed)))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/"

    yield serve
    for server in servers:
        server.shutdown()


@pytest.mark.parametrize(("road", "is_shown"), [("embedded", True), ("shared", False)])
def test_only_the_embedded_page_goes_into_a_frame(open_browser, live_server, host, share, road, is_shown):
    page = open_browser().new_page()
    page.goto(host(f"{live_server.url}/{road}/{share.access_token}"))
    frame = page.frame_locator("iframe")

    if is_shown:
        frame.locator(".canvas svg").first.wait_for()
    assert frame.get_by_role("heading", level=1, name="Gallery").count() == is_shown


def test_the_owner_signs_in_makes_a_key_and_opens_a_dashboard(visit, board, alice, faults):
    alice.set_password("a long password")
    alice.save()
    visitor = visit()
    page = visitor.page
    visitor.go(f"/dashboards/{board.pk}")
    page.get_by_label("Email").fill(alice.email)
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("heading", level=1).text_content() == "Gallery"
    page.locator(".canvas svg").first.wait_for()
    assert faults(page) == []

    page.get_by_role("link", name="All dashboards").click()
    page.get_by_label("Name of a new key").fill("laptop")
    page.get_by_role("button", name="Make a key").click()
    key = page.locator(".fresh code").text_content()
    assert key.startswith("phx_")
    assert faults(page) == []

    visitor.go("/")
    assert key not in page.content()
    page.get_by_role("button", name="Delete laptop").click()
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_label("Email").is_visible()
    assert visitor.wrong == []
