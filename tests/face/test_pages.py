"""The share's settings, as the page obeys them. Read without a browser."""

import re

import pytest

from tests.face.gallery import KINDS, PICTURES
from tests.factories.sharing import InsightShareFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def html(client, share):
    def read(path="/shared/{}", **settings):
        type(share).objects.filter(pk=share.pk).update(settings=settings)
        return client.get(path.format(share.access_token)).content.decode()

    return read


def test_all_is_there_without_javascript(html):
    page = html()

    assert page.count('<section class="tile insight') == len(KINDS)
    assert page.count('<script type="application/json">') == PICTURES
    assert page.count("<table>") == len(KINDS) - 2  # the number and the empty one have none
    assert '<p class="number">$1,234</p>' in page
    assert "▲ 23.4%" in page
    assert "from $1,000 in the period before" in page
    assert "Nothing happened in this period." in page


@pytest.mark.parametrize(
    ("setting", "words", "is_there"),
    [
        ({}, "Made with", True),
        ({"whitelabel": True}, "Made with", False),
        ({}, '<header class="masthead">', True),
        ({"noHeader": True}, '<header class="masthead">', False),
        ({"noHeader": True}, '<h1 class="unseen">Gallery</h1>', True),
        ({}, "Trend · 1 Oct – 14 Oct 2026", True),
        ({"hideExtraDetails": True}, "Trend · 1 Oct – 14 Oct 2026", False),
        ({"detailed": True}, 'class="board detailed"', True),
        ({"theme": "dark"}, '<html lang="en" data-theme="dark">', True),
        ({"theme": "system"}, '<html lang="en">', True),
        ({"legend": True}, '"legend": false', False),
    ],
)
def test_obeys_the_settings_of_the_share(html, setting, words, is_there):
    assert (words in html(**setting)) == is_there


def test_texts_are_markdown_without_html_and_without_pictures(html):
    page = html()

    assert "<h2>Read me</h2>" in page
    assert "<strong>care</strong>" in page
    assert "&lt;b&gt;no HTML&lt;/b&gt;" in page
    assert '<a href="https://example.com/x.png" rel="noopener noreferrer">a picture</a>' in page
    assert "<img" not in page


def test_tiles_lie_as_their_layouts_say(html):
    page = html()

    assert 'class="tile text x0 w10 h2"' in page
    assert 'class="tile button x10 w2 h2"' in page
    assert re.findall(r"tile insight x(\d+) w6 h5", page)[:3] == ["0", "6", "0"]


def test_an_insight_fills_its_page(client, board):
    insight = board.tiles.get(insight__name="Funnel").insight
    share = InsightShareFactory(insight=insight)

    page = client.get(f"/shared/{share.access_token}").content.decode()

    assert 'class="board single"' in page
    assert page.count('<section class="tile insight pictured"') == 1


def test_pictures_are_drawn_though_the_question_is_hidden(html, share):
    type(share).objects.update(hide_query=True)

    page = html()

    assert page.count('<script type="application/json">') == PICTURES
    assert '"marks": "bar"' in page
    assert "TrendsQuery" not in page
