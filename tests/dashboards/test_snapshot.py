import io
import json
import urllib.request
from datetime import timedelta

import pytest

from dashboards.models import DashboardCollaborator, DashboardSnapshot
from insights.models import Insight
from tests.dashboards.test_retrieve import TRENDS
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextTileFactory
from tests.factories.insights import CachedResultFactory

NOTHING = "No significant changes detected in the dashboard data."
EXPIRED = "Analysis context expired or not found. Please refresh the dashboard again."


@pytest.fixture
def tile(dashboard, team):
    TextTileFactory(dashboard=dashboard)
    return InsightTileFactory(
        dashboard=dashboard, insight=Insight.objects.create(team=team, name="Signups", query=TRENDS)
    )


@pytest.fixture
def stored(tile, team):
    """`stored(5)`: the insight's stored answer sums up to this."""

    def store(count):
        row = CachedResultFactory.build(team=team, query=TRENDS)
        type(row).objects.store(
            row.key,
            {"results": [{"label": "Pageview", "data": [count], "count": count}]},
            team=team,
            last_refresh=row.last_refresh,
        )

    return store


@pytest.fixture
def snapshot(api, path):
    client = api("dashboard:read")
    return lambda **body: client.post(path("snapshot/"), body)


@pytest.fixture
def analyze(api, path):
    client = api("dashboard:read")
    return lambda **body: client.post(path("analyze_refresh_result/"), body)


def test_tells_what_changed_since_the_snapshot(snapshot, analyze, stored, dashboard, alice):
    stored(50)
    taken = snapshot()
    stored(60)
    told = analyze(cache_key=taken.json()["cache_key"])

    assert taken.status_code == told.status_code == 200
    assert list(taken.json()) == ["cache_key"]
    assert taken.json()["cache_key"].startswith(f"dashboard_refresh_before_{dashboard.pk}_{alice.pk}_")
    assert told.json() == {"result": "- Signups: Pageview rose from 50 to 60 (+20.0%)."}


def test_without_a_change_it_says_so(snapshot, analyze, stored):
    empty = snapshot().json()["cache_key"]
    stored(50)
    full = snapshot().json()["cache_key"]

    assert analyze(cache_key=empty).json() == {"result": NOTHING}
    assert analyze(cache_key=full).json() == {"result": NOTHING}


def test_what_the_client_saw_can_be_the_state_before(snapshot, analyze, stored, tile):
    stored(60)
    seen = {str(tile.pk): {"insight_name": "Old name", "data": [{"label": "Pageview", "data": [80], "count": 80}]}}

    taken = snapshot(client_results=seen)

    assert analyze(cache_key=taken.json()["cache_key"]).json() == {
        "result": "- Signups: Pageview fell from 80 to 60 (-25.0%)."
    }


def test_null_is_no_client_result_and_an_empty_object_is_an_empty_state(snapshot, analyze, stored):
    stored(5)
    by_server, by_client = snapshot(client_results=None).json(), snapshot(client_results={}).json()
    stored(6)

    assert "rose" in analyze(**by_server).json()["result"]
    assert analyze(**by_client).json() == {"result": NOTHING}


@pytest.mark.parametrize("data", [[], {}, ""])
def test_empty_client_data_is_refused(snapshot, error, tile, data):
    response = snapshot(client_results={str(tile.pk): {"insight_name": "x", "data": data}})

    assert error(response) == (400, "invalid_input", f"client_results__{tile.pk}__data")
    assert response.json()["detail"] == "Data cannot be empty."


@pytest.mark.parametrize(
    "results",
    [[], "x", {"1": None}, {"1": {}}, {"1": {"insight_name": "x"}}, {"1": {"insight_name": "x", "data": None}}],
)
def test_client_results_of_another_form_are_refused(snapshot, error, results):
    assert error(snapshot(client_results=results))[0] == 400
    assert not DashboardSnapshot.objects.exists()


@pytest.mark.parametrize("body", [{}, {"cache_key": None}, {"cache_key": ""}])
def test_the_key_is_required(analyze, error, body):
    response = analyze(**body)

    assert error(response) == (400, "required", "cache_key")
    assert response.json()["error"] == response.json()["detail"] == "cache_key is required"


@pytest.mark.parametrize("key", ["a\x00b", ["x"], {"a": 1}, True])
def test_every_complaint_comes_under_error_too(analyze, error, key):
    response = analyze(cache_key=key)

    assert error(response)[0] == 400
    assert response.json()["error"] == response.json()["detail"]


def assert_unknown(response):
    assert response.status_code == 400
    assert response.json()["error"] == response.json()["detail"] == EXPIRED


def test_an_unknown_or_old_key_is_refused(snapshot, analyze, tile):
    assert_unknown(analyze(cache_key="dashboard_refresh_before_1_1_1"))
    assert_unknown(analyze(cache_key="x" * 5000))

    key = snapshot().json()["cache_key"]
    row = DashboardSnapshot.objects.get()
    row.created_at -= timedelta(minutes=31)
    row.save()
    assert_unknown(analyze(cache_key=key))

    snapshot()
    assert DashboardSnapshot.objects.count() == 1  # the old one was thrown away


def test_a_key_is_good_for_its_dashboard_and_its_user_alone(api, snapshot, analyze, url, path, bob, team):
    key = snapshot().json()["cache_key"]
    other = DashboardFactory(team=team)

    assert analyze(cache_key=key).status_code == 200
    assert_unknown(api(user=bob).post(path("analyze_refresh_result/"), {"cache_key": key}))
    assert_unknown(api().post(url(f"dashboards/{other.pk}/analyze_refresh_result/"), {"cache_key": key}))


@pytest.mark.parametrize("action", ["snapshot/", "analyze_refresh_result/"])
def test_needs_reading_and_the_own_project(api, path, url, error, charlie, action):
    foreign = DashboardFactory(team=charlie.current_team)

    assert error(api("insight:read").post(path(action), {})) == (403, "permission_denied", None)
    assert error(api().post(url(f"dashboards/{foreign.pk}/{action}"), {})) == (404, "not_found", None)


def test_who_may_only_look_at_a_dashboard_may_compare(api, path, dashboard, bob):
    dashboard.restriction_level = 37
    dashboard.save()
    assert not DashboardCollaborator.objects.exists()

    assert api(user=bob).post(path("snapshot/"), {}).status_code == 200


class Endpoint:
    """Stands for an OpenAI-compatible server."""

    def __init__(self, monkeypatch, settings, answer):
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY, settings.OPENAI_MODEL = "https://llm.test/v1", "sk", "small"
        self.asked, self.answer = [], answer
        monkeypatch.setattr(urllib.request, "urlopen", self.open)

    def open(self, request, timeout):
        self.asked.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return io.BytesIO(self.answer)


def completion(text):
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def test_an_endpoint_of_the_settings_may_reword_it(snapshot, analyze, stored, monkeypatch, settings):
    endpoint = Endpoint(monkeypatch, settings, completion(" Signups grew. "))
    stored(50)
    key = snapshot().json()["cache_key"]
    stored(60)

    assert analyze(cache_key=key).json() == {"result": "Signups grew."}

    (asked,) = endpoint.asked
    assert asked.full_url == "https://llm.test/v1/chat/completions"
    assert asked.headers["Authorization"] == "Bearer sk"
    sent = json.loads(asked.data)
    assert sent["model"] == "small"
    assert "from 50 to 60" in sent["messages"][-1]["content"]


@pytest.mark.parametrize("answer", [TimeoutError(), OSError(), b"no json", b"{}", completion(""), completion(None)])
def test_its_failure_leaves_the_text(snapshot, analyze, stored, monkeypatch, settings, answer):
    Endpoint(monkeypatch, settings, answer)
    stored(50)
    key = snapshot().json()["cache_key"]
    stored(60)

    assert "rose from 50 to 60" in analyze(cache_key=key).json()["result"]


def test_it_is_not_asked_when_nothing_changed(snapshot, analyze, stored, monkeypatch, settings):
    endpoint = Endpoint(monkeypatch, settings, OSError())
    stored(50)

    assert analyze(**snapshot().json()).json() == {"result": NOTHING}
    assert endpoint.asked == []


@pytest.mark.parametrize("count", [1, 20])
def test_costs_the_same_for_one_insight_and_for_twenty(
    api, snapshot, analyze, dashboard, team, tile, count, django_assert_num_queries
):
    for _ in range(count - 1):
        InsightTileFactory(dashboard=dashboard, insight=Insight.objects.create(team=team, query=TRENDS))
    key = snapshot().json()["cache_key"]
    analyze(cache_key=key)

    # key and user, project and membership, dashboard, tiles with insights, stored answers, old snapshots, the new one
    with django_assert_num_queries(7):
        snapshot()
    # … and instead of the last two the snapshot
    with django_assert_num_queries(6):
        analyze(cache_key=key)
