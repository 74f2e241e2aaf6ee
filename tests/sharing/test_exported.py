"""What a share shows, and what it must never tell."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache

from insights.models import CachedResult
from insights.queries import QueryTimeout
from insights.results import answers
from sharing.models import SharingConfiguration
from sharing.serializers.exported import safe_url, without_question
from tests.factories.dashboards import ButtonTileTileFactory, DashboardFactory, InsightTileFactory
from tests.factories.insights import CachedResultFactory, InsightFactory
from tests.factories.sharing import InsightShareFactory, ShareFactory
from tests.factories.tagging import TagFactory
from tests.factories.themes import DataColorThemeFactory
from tests.sharing.conftest import answer_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def exported(visitor, share):
    def get(path="/shared/{}.json", **extra):
        return visitor.get(path.replace("{}", share.access_token), **extra).json()

    return get


def test_a_dashboard_comes_with_its_tiles_and_themes(exported, share, team):
    own = DataColorThemeFactory(team=team)
    DataColorThemeFactory()

    shown = exported()

    assert set(shown) == {"type", "accessToken", "dashboard", "themes"}
    assert (shown["type"], shown["accessToken"]) == ("scene", share.access_token)
    assert shown["dashboard"]["name"] == "Board of signups"
    text, button, insight = shown["dashboard"]["tiles"]
    assert text["text"]["body"] == "Read me <b>first</b>"
    assert button["button_tile"]["url"] == "https://example.com"
    assert insight["insight"]["result"][0]["data"] == [1234, 5]
    assert insight["insight"]["query"]["kind"] == "InsightVizNode"
    assert [tile["order"] for tile in shown["dashboard"]["tiles"]] == [0, 1, 2]
    assert [theme["name"] for theme in shown["themes"]] == ["Default Theme", own.name]
    assert set(shown["themes"][0]) == {"id", "name", "colors", "is_global"}


def test_a_visitor_may_only_look(exported):
    dashboard = exported()["dashboard"]

    assert (dashboard["effective_restriction_level"], dashboard["effective_privilege_level"]) == (37, 21)


def test_an_insight_comes_alone(visitor, insight_share):
    shown = visitor.get(f"/shared/{insight_share.access_token}.json").json()

    assert set(shown) == {"type", "accessToken", "insight", "themes"}
    assert shown["insight"]["result"][0]["count"] == 1239
    assert shown["insight"]["alerts"] == []


def test_settings_show_only_where_they_are_on(exported, share):
    share.settings = {"whitelabel": True, "noHeader": False, "legend": True, "theme": "dark"}
    share.save()

    shown = exported()

    assert {name: shown[name] for name in set(shown) - {"type", "accessToken", "dashboard", "themes"}} == {
        "whitelabel": True,
        "legend": True,
        "theme": "dark",
    }
    assert "whitelabel" in exported("/shared/{}.json?noHeader")
    assert "noHeader" not in exported("/shared/{}.json?noHeader")


@pytest.mark.parametrize(
    ("path", "accept", "type_", "root"),
    [
        ("/shared/{}.json", "*/*", "scene", None),
        ("/embedded/{}.json", "*/*", "embed", None),
        ("/shared/{}.json?embedded", "*/*", "embed", None),
        ("/shared/{}.json?force_type=image", "*/*", "scene", None),
        ("/shared/{}", "application/json", "scene", "export-type-scene"),
        ("/embedded/{}", "application/json", "embed", "export-type-embed"),
        ("/shared/{}?force_type=image", "application/json", "image", "export-type-image"),
        ("/shared/{}?force_type=<script>", "application/json", "scene", "export-type-scene"),
    ],
)
def test_says_what_kind_of_page_it_is(exported, path, accept, type_, root):
    shown = exported(path, HTTP_ACCEPT=accept)

    assert (shown["type"], shown.get("rootClassName")) == (type_, root)


def test_leaves_out_what_is_deleted(exported, dashboard, insight, team):
    dashboard.tiles.filter(text__isnull=False).update(deleted=True)
    InsightTileFactory(dashboard=dashboard, insight=InsightFactory(team=team, deleted=True))

    assert len(exported()["dashboard"]["tiles"]) == 2


@pytest.mark.parametrize("tiles", [1, 10])
def test_costs_the_same_for_one_tile_and_for_ten(visitor, team, tiles, django_assert_num_queries):
    dashboard = DashboardFactory(team=team)
    for number in range(tiles):
        query = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": f"event {number}"}]}
        insight = InsightFactory(team=team, query=query)
        CachedResultFactory(team=team, query=query, response=answer_of(number))
        InsightTileFactory(dashboard=dashboard, insight=insight)
    share = ShareFactory(dashboard=dashboard)

    # share with team, project and dashboard; themes; tiles with what they show; stored answers; last access
    with django_assert_num_queries(5):
        response = visitor.get(f"/shared/{share.access_token}.json")

    assert len(response.json()["dashboard"]["tiles"]) == tiles


def test_notes_the_visit_at_most_once_a_minute(exported, dashboard):
    with time_machine.travel(NOW, tick=False) as clock:
        exported()
        clock.shift(timedelta(seconds=30))
        exported()

    dashboard.refresh_from_db()
    assert dashboard.last_accessed_at == NOW


# What must never leave.

CANARIES = (
    "canary-person",
    "canary-tag",
    "canary-other",
    "canary-folder",
    "canary-key",
    "alice@hogflix.com",
    "bob@hogflix.com",
)


@pytest.fixture
def trapped(dashboard, insight, team, alice, bob):
    """A dashboard with a name of somebody or something in every place that a view might show."""
    for user in (alice, bob):
        user.first_name, user.last_name = "canary-person", "canary-person"
        user.distinct_id = f"canary-person-{user.pk}"
        user.save()
    cards = [tile.text or tile.button_tile for tile in dashboard.tiles.exclude(insight__isnull=False)]
    for row in (insight, *cards):
        row.created_by, row.last_modified_by = alice, bob
        row.save()
    dashboard.created_by, dashboard.folder = bob, "canary-folder"
    dashboard.save()
    type(insight).objects.filter(pk=insight.pk).update(folder="canary-folder")
    tag = TagFactory(team=team, name="canary-tag")
    dashboard.tags.add(tag)
    insight.tags.add(tag)
    InsightTileFactory(dashboard=DashboardFactory(team=team, name="canary-other"), insight=insight)
    DataColorThemeFactory(team=team, created_by=alice)
    DataColorThemeFactory(name="canary-other")
    team.name, team.api_token = "canary-other", "canary-key"
    team.save()
    return dashboard


@pytest.fixture
def roads(trapped, insight, team):
    """Every public answer about it."""
    board, alone = ShareFactory(dashboard=trapped).access_token, InsightShareFactory(insight=insight).access_token
    pages = [
        f"/{page}/{token}{tail}"
        for page in ("shared", "embedded")
        for token in (board, alone)
        for tail in ("", ".json")
    ]
    api = [
        f"/api/projects/{team.pk}/{path}?sharing_access_token={token}{more}"
        for token in (board, alone)
        for path in ("insights/", f"insights/{insight.pk}/", "data_color_themes/")
        for more in ("", "&basic=true", "&refresh=force_blocking")
    ]
    return [*pages, *api]


@pytest.mark.parametrize("look", [None, {"detailed": True, "showInspector": True}, {"hideExtraDetails": True}])
def test_no_person_tag_key_or_other_dashboard_leaves(visitor, roads, alice, bob, team, look):
    SharingConfiguration.objects.update(settings=look)
    secrets = {*CANARIES, str(alice.uuid), str(bob.uuid), alice.distinct_id, str(team.uuid)}

    for road in roads:
        response = visitor.get(road)
        assert response.status_code == 200, road
        body = response.content.decode()
        assert {secret for secret in secrets if secret in body} == set(), road
        assert '"created_by"' not in body, road
        assert ('"created_at"' in body) is False or look != {"hideExtraDetails": True}, road


def test_with_a_hidden_query_only_the_answer_leaves(visitor, roads, trapped, insight, team):
    event = {"kind": "EventsNode", "event": "secret event", "properties": [{"key": "secret_key", "value": "secret"}]}
    query = {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [event]}}
    type(insight).objects.filter(pk=insight.pk).update(query=query, derived_name="secret event per day")
    type(trapped).objects.filter(pk=trapped.pk).update(variables={"x": {"value": "secret"}})
    CachedResultFactory(team=team, query=query, response=answer_of(777))
    SharingConfiguration.objects.update(hide_query=True)

    for road in roads:
        response = visitor.get(road)
        assert response.status_code == 200, road
        assert "secret" not in response.content.decode(), road
    assert "777" in visitor.get(roads[1]).content.decode()


def test_the_words_of_an_error_do_not_leave(visitor, share, insight):
    query = {"kind": "HogQLQuery", "query": "select secret_column from nowhere"}
    type(insight).objects.filter(pk=insight.pk).update(query=query)
    type(share).objects.update(hide_query=True)

    response = visitor.get(f"/shared/{share.access_token}.json")

    tile = response.json()["dashboard"]["tiles"][2]
    assert tile["error"] == {"type": "server_error", "message": "This insight could not be computed."}
    assert "secret_column" not in response.content.decode()


def test_keeps_the_names_that_people_gave():
    result = [
        {"action": {"id": "secret", "custom_name": "Signups"}, "label": "secret", "data": [1], "persons_urls": []}
    ]

    assert without_question(result) == [{"label": "Signups", "data": [1]}]


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://x.example/a", True),
        ("HTTP://x.example", True),
        ("javascript:alert(1)", False),
        ("/admin/", False),
        ("data:text/html,x", False),
    ],
)
def test_a_button_leads_only_to_pages(url, safe):
    assert safe_url(url) == (url if safe else "")


# How fresh it is, and who makes the server work.


@pytest.fixture
def computed(monkeypatch):
    """The queries that were computed; each answers 1."""
    asked: list = []

    def run(query, **kwargs):
        asked.append(query)
        return answer_of(1)

    monkeypatch.setattr(answers.queries, "run", run)
    return asked


def test_computes_what_nobody_has_asked_before(exported, computed):
    CachedResult.objects.all().delete()

    exported()
    exported()

    assert len(computed) == 1


@pytest.mark.parametrize("refresh", ["true", "force_blocking", "force_async", "blocking", "async", "lazy_async", "x"])
def test_no_visitor_makes_it_compute_what_is_fresh(exported, computed, refresh):
    for _ in range(3):
        exported("/shared/{}.json?refresh=" + refresh)

    assert computed == []


@pytest.mark.parametrize(("hours", "times"), [(1, 0), (11, 0), (13, 1)])
def test_computes_what_is_stale(exported, computed, hours, times):
    CachedResult.objects.update(last_refresh=datetime.now(UTC) - timedelta(hours=hours))

    exported()
    exported()

    assert len(computed) == times


def test_a_failure_is_not_tried_again_by_each_visitor(exported, computed, monkeypatch):
    def fail(query, **kwargs):
        computed.append(query)
        raise QueryTimeout()

    CachedResult.objects.all().delete()
    monkeypatch.setattr(answers.queries, "run", fail)
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(5):
            assert "error" in exported()["dashboard"]["tiles"][2]
        assert len(computed) == 1
        clock.shift(timedelta(minutes=6))
        exported()

    assert len(computed) == 2
    cache.clear()


def test_an_old_answer_is_better_than_an_error(exported, monkeypatch):
    monkeypatch.setattr(answers.queries, "run", lambda query, **kwargs: 1 / 0)
    CachedResult.objects.update(last_refresh=datetime.now(UTC) - timedelta(days=9))

    tile = exported()["dashboard"]["tiles"][2]

    assert (tile["insight"]["result"][0]["count"], "error" in tile) == (1239, False)
    cache.clear()


def test_filters_in_the_link_are_nobodys(exported, computed):
    expected = exported()
    filters = json.dumps({"date_from": "-1d", "properties": []})

    shown = exported(f"/shared/{{}}.json?filters={filters}&filters_override={filters}&date_from=-1d")

    assert shown == expected
    assert computed == []


# The page.


def test_the_page_reads_without_javascript(visitor, share):
    response = visitor.get(f"/shared/{share.access_token}")

    html = response.content.decode()
    assert "<h1>Board of signups</h1>" in html
    assert "Read me &lt;b&gt;first&lt;/b&gt;" in html
    assert re.search(r"<th scope=\"col\">Signups</th>", html)
    assert "<td>2026-11-01</td><td>1,234</td>" in html
    assert '<a href="https://example.com" rel="noopener noreferrer">' in html


def test_the_page_holds_the_exported_data(visitor, share):
    html = visitor.get(f"/shared/{share.access_token}").content.decode()

    [data] = re.findall(r'<script id="posthog-exported-data" type="application/json">(.*?)</script>', html, re.S)
    assert json.loads(data)["dashboard"]["name"] == "Board of signups"


def test_names_cannot_break_out_of_the_page(visitor, share, dashboard):
    type(dashboard).objects.update(
        name="</script><script>alert(1)</script>", description="<img src=x onerror=alert(1)>"
    )
    ButtonTileTileFactory(dashboard=dashboard, button_tile__url="javascript:alert(1)")

    html = visitor.get(f"/shared/{share.access_token}").content.decode()

    assert "<script>alert" not in html
    assert "<img" not in html
    assert "javascript:" not in html


@pytest.mark.parametrize(
    "path", ["/shared/{}", "/embedded/{}", "/shared/{}.json", "/shared/no-such-link", "/shared/{}?x"]
)
@pytest.mark.parametrize("protected", [True, False])
def test_its_headers(visitor, share, path, protected):
    type(share).objects.update(password_required=protected)

    response = visitor.get(path.format(share.access_token))

    policy = response["Content-Security-Policy"]
    is_embedded = path.startswith("/embedded")
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert response["Cache-Control"] == "no-store"
    assert ("frame-ancestors *" in policy, "frame-ancestors 'none'" in policy) == (is_embedded, not is_embedded)
    assert response.get("X-Frame-Options") == (None if is_embedded else "DENY")
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_nothing_on_the_pages_needs_more_than_the_policy_allows(visitor, share, locked_page):
    pages = [
        visitor.get(path).content.decode() for path in (f"/shared/{share.access_token}", "/shared/none", locked_page)
    ]

    for html in pages:
        assert not re.search(r"\sstyle=|\son\w+=|<style|http-equiv", html)
        assert all(url.startswith("/static/") for url in re.findall(r'<link [^>]*href="([^"]+)"', html))
        assert all(url.startswith("/static/") for url in re.findall(r'src="([^"]+)"', html))
        assert not re.search(r"<script(?![^>]* src=)(?![^>]* type=\"application/json\")", html)
        assert "<h1" in html
        assert "<main>" in html


@pytest.fixture
def locked_page(insight):
    share = InsightShareFactory(insight=insight, password_required=True)
    return f"/shared/{share.access_token}"


def test_head_is_get_without_the_body(visitor, share):
    response = visitor.head(f"/shared/{share.access_token}")

    assert (response.status_code, response.content) == (200, b"")
