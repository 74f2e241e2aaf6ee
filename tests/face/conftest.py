"""Pages in a browser that notices whatever goes wrong on them."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import install_node_modules, open_browser
from tests.face.gallery import hang
from tests.factories.sharing import InsightShareFactory, ShareFactory

__all__ = ["open_browser"]
FRONTEND = Path(__file__).parents[2] / "frontend"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
WATCH = """
window.violations = []
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
  violations.push(`${effectiveDirective} ${blockedURI}`)
})
"""


@pytest.fixture(autouse=True)
def cheap_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def board(team):
    return hang(team)


@pytest.fixture
def share(board):
    return ShareFactory(dashboard=board)


@pytest.fixture
def insight_share(board):
    insight = board.tiles.get(insight__name="Lines").insight
    return InsightShareFactory(insight=insight, settings={"detailed": True})


class Visitor:
    """One page. `wrong` is what went wrong on it, a list that has to stay empty."""

    def __init__(self, context, origin: str) -> None:
        self.page, self.origin = context.new_page(), origin
        self._noticed: list[str] = []
        self.page.add_init_script(WATCH)
        self.page.on("pageerror", lambda error: self._noticed.append(f"error {error}"))
        self.page.on("console", lambda words: words.type == "warning" and self._noticed.append(words.text))
        self.page.on("request", self._look_at)

    def _look_at(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data" and f"{parts.scheme}://{parts.netloc}" != self.origin:
            self._noticed.append(f"request {request.url}")

    @property
    def wrong(self) -> list[str]:
        return self._noticed + self.page.evaluate("window.violations")

    def go(self, path: str):
        return self.page.goto(self.origin + path)

    def see_all(self) -> None:
        """Scrolls to the end, so that every chart is drawn."""
        for tile in self.page.query_selector_all(".tile"):
            tile.scroll_into_view_if_needed()
            self.page.wait_for_timeout(60)
        self.wait_until("document.querySelectorAll('.pictured .canvas:not(:has(svg))').length === 0")

    def wait_until(self, holds: str) -> None:
        """Playwright's own way of waiting for a condition needs eval, which the pages forbid."""
        for _ in range(100):
            if self.page.evaluate(holds):
                return
            self.page.wait_for_timeout(100)
        pytest.fail(f"did not come true: {holds}")


@pytest.fixture
def visit(open_browser, live_server):
    def begin(**options) -> Visitor:
        return Visitor(open_browser(**{"viewport": DESKTOP, "reduced_motion": "reduce", **options}), live_server.url)

    return begin


@pytest.fixture(scope="session")
def axe() -> str:
    return (install_node_modules(FRONTEND) / "axe-core" / "axe.min.js").read_text()


@pytest.fixture
def faults(axe):
    """What axe finds on the page, in short."""

    def find(page) -> list[str]:
        page.evaluate(axe)
        found = page.evaluate("axe.run()")["violations"]
        return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]

    return find
