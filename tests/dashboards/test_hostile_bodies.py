"""Whatever comes in, it is stored whole or refused whole; and never a 500."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.models import Dashboard, DashboardTile
from tests.dashboards.test_retrieve import TRENDS
from tests.factories.dashboards import ButtonTileTileFactory, InsightTileFactory, TextTileFactory

KNOWN = [
    "name", "description", "pinned", "deleted", "last_accessed_at", "last_refresh", "filters", "variables",
    "breakdown_colors", "data_color_theme_id", "quick_filter_ids", "tags", "restriction_level", "use_template",
    "use_dashboard", "delete_insights", "duplicate_tiles", "_create_in_folder", "tiles",
]  # fmt: skip
OF_TILES = [
    "id", "insight", "insight_id", "text", "button_tile", "layouts", "color", "filters_overrides", "show_description",
    "transparent_background", "deleted", "order",
]  # fmt: skip
WORDS = ["sm", "x", "y", "w", "h", "body", "url", "text", "placement", "query", "name", "created_by", "id", "kind",
         "properties", "date_from", "values", "type", "source", "series", "breakdownValue", "colorToken"]  # fmt: skip

leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.floats(-1e15, 1e15), st.text(max_size=8),
    st.just("9" * 30), st.just("\x00"), st.just("x" * 4001), st.just(TRENDS),
    st.sampled_from(["-7d", "/x", "AND", "true", "37"]),
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.sampled_from(WORDS), children, max_size=4),
    max_leaves=8,
)
elements = st.one_of(st.dictionaries(st.sampled_from(OF_TILES), values, max_size=5), values)
bodies = st.dictionaries(st.sampled_from(KNOWN), values, max_size=4).flatmap(
    lambda body: st.lists(elements, max_size=3).map(lambda tiles: {**body, "tiles": tiles} if tiles else body)
)
fuzz = settings(max_examples=25)


def state():
    return list(
        Dashboard.objects_including_soft_deleted.values_list("pk", "version")
    ), DashboardTile._base_manager.count()


def assert_whole(response, before):
    assert response.status_code in (200, 201, 400, 404), response.content
    if response.status_code >= 400:
        assert set(response.json()) == {"type", "code", "detail", "attr"}
        assert state() == before


@fuzz
@given(body=bodies)
def test_creation(api, url, body):
    before = state()

    assert_whole(api().post(url("dashboards/"), body), before)


@fuzz
@given(body=bodies, own=st.lists(st.tuples(st.integers(0, 2), elements), max_size=3))
def test_update(api, path, dashboard, body, own):
    tiles = [InsightTileFactory, TextTileFactory, ButtonTileTileFactory]
    mine = [make(dashboard=dashboard).pk for make in tiles]
    named = [{**element, "id": mine[index]} for index, element in own if isinstance(element, dict)]
    before = state()

    response = api().patch(path(), {**body, "tiles": named} if named else body)

    assert_whole(response, before)
    Dashboard.objects_including_soft_deleted.update(deleted=False, restriction_level=21)
    assert api().get(path()).status_code == 200
    assert api().get(path("run_insights/")).status_code == 200


@fuzz
@given(body=elements)
def test_adding_a_tile(api, path, body):
    before = state()

    assert_whole(api().post(path("tiles/"), body), before)


TILE_ACTIONS = ["copy_tile", "move_tile", "reorder_tiles", "create_text_tile", "update_text_tile", "update_tile",
                "delete_tile"]  # fmt: skip
OF_TILE_ACTIONS = ["fromDashboardId", "tileId", "tile", "toDashboard", "to_dashboard", "tile_order", "layout", "body",
                   "layouts", "color", "filters_overrides", "show_description"]  # fmt: skip


@fuzz
@given(action=st.sampled_from(TILE_ACTIONS), body=st.dictionaries(st.sampled_from(OF_TILE_ACTIONS), values, max_size=5),
       own=st.integers(0, 2))  # fmt: skip
def test_actions_on_tiles(api, path, dashboard, action, body, own):
    tiles = [InsightTileFactory, TextTileFactory, ButtonTileTileFactory]
    tile = tiles[own](dashboard=dashboard)
    named = {"tile_id": tile.pk, "tileId": tile.pk, "tile": {"id": tile.pk}, "tile_order": [tile.pk], "body": "x"}
    before = state()

    response = api().post(path(f"{action}/"), {**named, **body})

    if response.status_code != 204:
        assert_whole(response, before)
    assert api().get(path()).status_code == 200


@fuzz
@given(
    asked=st.dictionaries(
        st.sampled_from(["filters_override", "variables_override", "refresh", "tile_ids", "max_result_chars", "search",
                         "output_format", "limit", "offset", "tags", "pinned", "folder", "creation_mode", "format"]),
        st.one_of(st.text(max_size=12), st.sampled_from(["{}", "[]", '{"properties": [{}]}', "9" * 30, "true"])),
        max_size=4,
    )
)  # fmt: skip
def test_reading(api, url, path, dashboard, asked):
    InsightTileFactory(dashboard=dashboard)
    for place in (url("dashboards/"), path(), path("run_insights/")):
        assert api().get(place, asked).status_code in (200, 400, 404)


@pytest.mark.parametrize(
    "form",
    [
        "name=x&tags=a&tags=b&filters=%7B%22date_from%22%3A%22-7d%22%7D",
        "filters=x",
        "filters=%7B%22a%22%3A%22%5Cu0000%22%7D",
        "name=%00",
        "description=%ED%A0%80",
        "tiles=x",
        "tiles[0]id=5&tiles[0]color=x",
        "tiles[0]text.body=Hello",
        "tiles[999999999]color=x",
        "pinned=maybe",
        "deleted=",
        "variables[a]=1",
        "data_color_theme_id=",
        "use_dashboard=&restriction_level=",
        "=&&&%",
    ],
)
def test_forms(api, path, form):
    before = state()

    response = api().patch(path(), form, content_type="application/x-www-form-urlencoded")

    assert_whole(response, before)
