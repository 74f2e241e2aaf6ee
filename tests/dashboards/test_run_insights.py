import pytest
from django.utils import timezone

from dashboards.models import Dashboard
from dashboards.services import results
from insights.models import CachedResult, Insight
from tests.dashboards.test_retrieve import BROKEN, TRENDS
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextTileFactory


def question(number):
    return {
        "kind": "InsightVizNode",
        "source": {**TRENDS["source"], "series": [{"kind": "EventsNode", "event": f"e{number}"}]},
    }


@pytest.fixture
def run(api, path):
    client = api("query:read")
    return lambda **asked: client.get(path("run_insights/"), asked)


@pytest.fixture
def tiles(dashboard, team):
    """A text on top, two insights with questions, one without."""
    layouts = ({"sm": {"x": 0, "y": y}} for y in range(9))
    return [
        TextTileFactory(dashboard=dashboard, layouts=next(layouts)),
        *(
            InsightTileFactory(
                dashboard=dashboard,
                insight=Insight.objects.create(team=team, name=f"I{number}", query=question(number)),
                layouts=next(layouts),
            )
            for number in range(2)
        ),
        InsightTileFactory(dashboard=dashboard, layouts=next(layouts)),
    ]


def test_answers_with_text_tables_in_the_order_of_the_layout(run, tiles):
    response = run(refresh="blocking")

    assert response.status_code == 200
    first, second = response.json()["results"]
    assert set(first) == {"id", "insight", "order", "last_refresh", "is_cached"}
    assert set(first["insight"]) == {"id", "short_id", "name", "derived_name", "result"}
    assert (first["id"], first["order"], first["insight"]["name"]) == (tiles[1].pk, 1, "I0")
    assert (second["id"], second["order"], second["insight"]["name"]) == (tiles[2].pk, 2, "I1")
    assert first["insight"]["result"].startswith("Date|")
    assert first["last_refresh"] is not None
    assert first["is_cached"] is False


def test_shows_what_is_stored_and_computes_nothing_unasked(run, tiles):
    before = run().json()["results"]
    run(refresh="blocking")
    after = run(refresh="force_cache").json()["results"]

    assert [row["insight"]["result"] for row in before] == [None, None]
    assert [row["is_cached"] for row in after] == [True, True]
    assert after[0]["insight"]["result"] is not None


def test_json_is_the_raw_result(run, tiles):
    row, _ = run(refresh="blocking", output_format="json").json()["results"]

    assert {"data", "labels", "days", "count"} <= set(row["insight"]["result"][0])


def test_an_unknown_format_is_not_optimized(run, tiles):
    assert isinstance(run(refresh="blocking", output_format="x").json()["results"][0]["insight"]["result"], list)


def test_only_some_tiles_keep_their_place(run, tiles):
    (row,) = run(tile_ids=f" {tiles[2].pk},").json()["results"]

    assert (row["id"], row["order"]) == (tiles[2].pk, 2)
    assert run(tile_ids=str(tiles[0].pk)).json() == {"results": []}
    assert len(run(tile_ids="").json()["results"]) == 2


@pytest.mark.parametrize("text", ["x", "1,x", "-1", "9" * 30, "1.5", "[1]"])
def test_tile_ids_that_are_none_are_refused(run, tiles, error, text):
    assert error(run(tile_ids=text)) == (400, "invalid_input", "tile_ids")


def test_a_tile_of_another_dashboard_is_refused_by_name(run, tiles, team, error):
    foreign = InsightTileFactory(dashboard=DashboardFactory(team=team))

    response = run(tile_ids=f"{tiles[1].pk},{foreign.pk}")

    assert error(response) == (400, "invalid_input", "tile_ids")
    assert str(foreign.pk) in response.json()["detail"]


@pytest.mark.parametrize("number", ["-1", "1", "199", "x", "9" * 30, "1e3"])
def test_a_silly_budget_is_refused(run, tiles, error, number):
    assert error(run(max_result_chars=number))[::2] == (400, "max_result_chars")


def test_a_budget_does_not_matter_to_json(run, tiles):
    assert run(output_format="json", max_result_chars=5).status_code == 200


def store(tile, team, days):
    """An answer of so many days, without computing one."""
    series = {"label": "a", "data": [1.0] * days, "days": [f"2026-01-{day % 28 + 1:02}" for day in range(days)]}
    run = results.answer_all([tile.insight.query], team=team, refresh=results.RefreshMode.FORCE_CACHE)
    CachedResult.objects.create(
        key=run[0].cache_key, team=team, response={"results": [series]}, last_refresh=timezone.now()
    )


def test_a_long_table_is_cut_and_says_how_to_get_the_rest(run, tiles, team):
    store(tiles[1], team, days=400)

    cut, _ = run().json()["results"]
    whole, _ = run(max_result_chars=0).json()["results"]

    assert 1900 < len(cut["insight"]["result"]) < 2200
    assert f"tile_ids={tiles[1].pk}" in cut["insight"]["result"]
    assert len(whole["insight"]["result"]) > 4000


def test_when_the_answer_is_full_the_rest_is_not_run(run, tiles, team, monkeypatch):
    store(tiles[1], team, days=400)
    monkeypatch.setattr(results, "MOST_CHARS", 1000)
    monkeypatch.setattr(results, "AT_ONCE", 1)

    first, second = run(refresh="blocking").json()["results"]

    assert first["insight"]["result"].startswith("Date|a")
    assert "Not run" in second["insight"]["result"]
    assert f"tile_ids={tiles[2].pk}" in second["insight"]["result"]
    assert second["is_cached"] is False


def test_overrides_change_the_question(run, tiles):
    long = run(refresh="blocking", filters_override='{"date_from": "-30d"}').json()["results"][0]["insight"]["result"]
    short = run(refresh="blocking", filters_override='{"date_from": "-3d"}').json()["results"][0]["insight"]["result"]

    assert long.count("\n") == 31
    assert short.count("\n") == 4
    assert run().json()["results"][0]["insight"]["result"] is None


def test_a_bad_override_is_refused(run, tiles, error):
    assert error(run(filters_override="[1]")) == (400, "invalid_input", "filters_override")
    assert error(run(variables_override="{")) == (400, "invalid_input", "variables_override")


def test_one_bad_insight_does_not_stop_the_others(run, tiles):
    Insight.objects.filter(name="I0").update(query=BROKEN)

    bad, good = run(refresh="blocking").json()["results"]

    assert bad["insight"]["result"] is None
    assert set(bad["error"]) == {"type", "message"}
    assert good["insight"]["result"] is not None


def test_an_empty_dashboard_answers_nothing(run):
    assert run().json() == {"results": []}


def test_it_is_no_visit(run, tiles, dashboard):
    run(refresh="blocking")

    assert Dashboard.objects.get().last_accessed_at is None
    assert Dashboard.objects.get().version == 1


def test_the_scope_is_of_queries(api, path, error):
    response = api("dashboard:write").get(path("run_insights/"))

    assert error(response) == (403, "permission_denied", None)
    assert response.json()["detail"] == "API key missing required scope 'query:read'"


def test_anothers_dashboard_is_not_found(api, url, charlie, error):
    foreign = DashboardFactory(team=charlie.current_team)

    assert error(api().get(url(f"dashboards/{foreign.pk}/run_insights/"))) == (404, "not_found", None)


@pytest.mark.parametrize("count", [1, 30])
def test_costs_the_same_for_one_insight_and_for_thirty(run, dashboard, team, count, django_assert_num_queries):
    run()  # notes the first use of the key
    for number in range(count):
        insight = Insight.objects.create(team=team, query=question(number))
        InsightTileFactory(dashboard=dashboard, insight=insight)

    # key and user, project and membership, dashboard, tiles with insights, stored answers
    with django_assert_num_queries(5):
        assert len(run().json()["results"]) == count
