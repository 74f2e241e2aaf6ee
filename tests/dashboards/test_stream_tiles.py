import json
import time

import pytest

from dashboards import streaming
from dashboards.models import Dashboard
from dashboards.services import results
from insights.models import Insight, ViewLog
from tests.dashboards.test_retrieve import BROKEN, TRENDS
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextTileFactory

# Tiles are answered in a thread, which sees only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


def question(number):
    series = [{"kind": "EventsNode", "event": f"e{number}"}]
    return {"kind": "InsightVizNode", "source": {**TRENDS["source"], "series": series}}


@pytest.fixture
def stream(api, path):
    """`stream()` are the events of the stream."""
    client = api("dashboard:read")

    def read(**asked):
        response = client.get(path("stream_tiles/"), asked)
        assert response.status_code == 200, response.content
        body = response.getvalue().decode()
        assert body.endswith("\n\n")
        return [json.loads(line.removeprefix("data: ")) for line in body.removesuffix("\n\n").split("\n\n")]

    return read


@pytest.fixture
def tiles(dashboard, team):
    """Four insights from top to bottom, which the narrow grid shows the other way round."""
    return [
        InsightTileFactory(
            dashboard=dashboard,
            insight=Insight.objects.create(team=team, name=f"I{number}", query=question(number)),
            layouts={"sm": {"x": 0, "y": number}, "xs": {"x": 0, "y": -number}},
        )
        for number in range(4)
    ]


def test_sends_the_dashboard_with_two_tiles_then_the_others_then_the_end(api, path, stream, tiles):
    shown = api().get(path()).json()

    metadata, *others, end = stream()

    assert metadata["type"] == "metadata"
    assert metadata["dashboard"].keys() == shown.keys()
    volatile = {"last_accessed_at", "last_viewed_at", "tiles"}
    assert {k: v for k, v in metadata["dashboard"].items() if k not in volatile} == {
        k: v for k, v in shown.items() if k not in volatile
    }
    assert metadata["dashboard"]["tiles"] == shown["tiles"][:2]
    assert others == [
        {"type": "tile", "order": order, "tile": tile} for order, tile in enumerate(shown["tiles"]) if order > 1
    ]
    assert end == {"type": "complete"}


def test_its_headers_keep_proxies_from_collecting_it(api, path, tiles):
    response = api().get(path("stream_tiles/"), headers={"accept": "text/event-stream"})

    assert response["Content-Type"] == "text/event-stream"
    assert response["Cache-Control"] == "no-cache"
    assert response["X-Accel-Buffering"] == "no"
    assert "Content-Length" not in response
    assert response.getvalue().startswith(b'data: {"type":"metadata","dashboard":{"id":')


def test_an_empty_dashboard_is_complete_at_once(stream):
    metadata, end = stream()

    assert metadata["dashboard"]["tiles"] == []
    assert end == {"type": "complete"}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["I0", "I1", "I2", "I3"]),
        ({"layoutSize": "xs"}, ["I3", "I2", "I1", "I0"]),
        ({"layout_size": "xs"}, ["I3", "I2", "I1", "I0"]),
        ({"layoutSize": "sm", "layout_size": "xs"}, ["I0", "I1", "I2", "I3"]),
        ({"layoutSize": "huge"}, ["I0", "I1", "I2", "I3"]),
        ({"layoutSize": ""}, ["I0", "I1", "I2", "I3"]),
    ],
)
def test_the_order_is_that_of_the_asked_grid(stream, tiles, asked, names):
    metadata, *others, _ = stream(**asked)

    shown = [*metadata["dashboard"]["tiles"], *(event["tile"] for event in others)]
    assert [tile["insight"]["name"] for tile in shown] == names
    assert [tile["order"] for tile in shown] == [0, 1, 2, 3]


def test_computes_only_if_asked(stream, tiles):
    _, unasked, *_ = stream()
    _, computed, *_ = stream(refresh="blocking")
    _, stored, *_ = stream()

    assert unasked["tile"]["insight"]["result"] is None
    assert computed["tile"]["insight"]["result"] == stored["tile"]["insight"]["result"] != []
    assert (computed["tile"]["is_cached"], stored["tile"]["is_cached"]) == (False, True)


def test_overrides_hold_for_this_answer_alone(stream, tiles, dashboard):
    metadata, event, *_ = stream(
        refresh="blocking", filters_override='{"date_from": "-3d"}', variables_override='{"x": {"code_name": "x"}}'
    )

    assert metadata["dashboard"]["filters"] == {"date_from": "-3d"}
    assert metadata["dashboard"]["persisted_filters"] is None
    assert len(event["tile"]["insight"]["result"][0]["data"]) == 4
    assert Dashboard.objects.get().filters == {}


def test_one_bad_tile_does_not_stop_the_others(stream, tiles):
    Insight.objects.filter(name__in=["I0", "I2"]).update(query=BROKEN)

    metadata, bad, good, end = stream(refresh="blocking")

    first, second = metadata["dashboard"]["tiles"]
    assert (first["id"], set(first["error"])) == (tiles[0].pk, {"type", "message"})
    assert "error" not in second
    assert (bad["type"], bad["tile_id"]) == ("error", tiles[2].pk)
    assert isinstance(bad["error"], str)
    assert set(bad) == {"type", "tile_id", "error"}
    assert good["tile"]["insight"]["result"] is not None
    assert end == {"type": "complete"}


def test_a_tile_that_crashes_tells_nothing_of_why(stream, tiles, monkeypatch):
    def crash(*args, **kwargs):
        raise RuntimeError("a secret")

    monkeypatch.setattr(results, "answer_all", crash)

    metadata, *others, end = stream(refresh="blocking")

    assert [tile["error"]["type"] for tile in metadata["dashboard"]["tiles"]] == ["server_error"] * 2
    assert [event["tile_id"] for event in others] == [tiles[2].pk, tiles[3].pk]
    assert "secret" not in str([metadata, *others])
    assert end == {"type": "complete"}


def test_a_tile_that_cannot_be_drawn_is_an_error_too(stream, tiles, monkeypatch):
    from dashboards.views import streams

    def draw(tile, context):
        if tile.pk in {tiles[1].pk, tiles[3].pk}:
            raise RuntimeError
        return {"id": tile.pk}

    monkeypatch.setattr(streams, "_render", draw)

    metadata, good, bad, end = stream()

    assert metadata["dashboard"]["tiles"] == [
        {"id": tiles[0].pk},
        {"id": tiles[1].pk, "error": {"type": "server_error", "message": streaming.BROKEN}},
    ]
    assert good["tile"] == {"id": tiles[2].pk}
    assert bad == {"type": "error", "tile_id": tiles[3].pk, "error": streaming.BROKEN}


def test_it_is_a_visit_and_changes_no_version(stream, dashboard, alice):
    stream()

    seen = Dashboard.objects.get()
    assert seen.last_accessed_at is not None
    assert seen.version == 1
    assert ViewLog.objects.of_user(alice).get().ref == dashboard.pk


def test_refusals_are_json_and_come_before_the_stream(api, path, url, error, charlie, bob, dashboard):
    foreign = DashboardFactory(team=charlie.current_team)
    as_stream = {"accept": "text/event-stream"}

    def ask(client, where):
        return error(client.get(where, headers=as_stream))

    assert ask(api("insight:read"), path("stream_tiles/")) == (403, "permission_denied", None)
    assert ask(api(user=charlie), path("stream_tiles/")) == (403, "permission_denied", None)
    assert ask(api(), url(f"dashboards/{foreign.pk}/stream_tiles/")) == (404, "not_found", None)
    assert ask(api(), path("stream_tiles/?filters_override=[1]")) == (400, "invalid_input", "filters_override")
    assert ask(api(), path("stream_tiles/?variables_override={")) == (400, "invalid_input", "variables_override")
    Dashboard.objects.update(deleted=True)
    assert ask(api(), path("stream_tiles/")) == (404, "not_found", None)


def test_a_client_that_leaves_early_stops_the_rest(api, path, tiles, monkeypatch):
    asked = []
    answer = results.answer_all
    monkeypatch.setattr(
        results, "answer_all", lambda queries, **how: asked.append(len(queries)) or answer(queries, **how)
    )

    response = api().get(path("stream_tiles/"), {"refresh": "blocking"})
    next(iter(response))
    response.close()

    assert asked == [2]


@pytest.mark.parametrize("count", [3, 30])
def test_costs_the_same_for_three_insights_and_for_thirty(api, path, dashboard, team, count, django_assert_num_queries):
    client = api("dashboard:read")
    client.get(path())  # notes the first use of the key
    for number in range(count):
        insight = Insight.objects.create(team=team, query=question(number))
        InsightTileFactory(dashboard=dashboard, insight=insight)
        TextTileFactory(dashboard=dashboard)

    # key and user, project and membership, dashboard, tiles, insights, their tiles, tiles of texts;
    # the visit: begin, row, log, commit. The thread looks up all answers in one statement.
    with django_assert_num_queries(11):
        response = client.get(path("stream_tiles/"))

    assert response.getvalue().count(b"\n\n") == 2 * count


def test_while_a_frame_is_made_the_client_hears_a_comment():
    def frames():
        yield b"first"
        time.sleep(0.25)
        yield b"second"

    heard = list(streaming.with_heartbeats(frames(), every=0.1))

    assert heard == [b"first", streaming.HEARTBEAT, streaming.HEARTBEAT, b"second"]


def test_closed_early_it_ends_the_frames():
    ended = []

    def frames():
        try:
            while True:
                yield b"x"
        finally:
            ended.append(True)

    stream = streaming.with_heartbeats(frames())
    next(stream)
    stream.close()

    for _ in range(100):
        if ended:
            break
        time.sleep(0.01)
    assert ended == [True]
