import pytest

from dashboards.models import ButtonTile, Dashboard, DashboardTile, Text
from insights.models import Insight
from tagging.models import Tag
from tagging.services import set_tags
from tests.dashboards.test_retrieve import DETAIL_KEYS, TRENDS
from tests.factories.dashboards import (
    ButtonTileTileFactory,
    DashboardFactory,
    InsightTileFactory,
    TextTileFactory,
)
from tests.factories.insights import InsightVariableFactory
from themes.models import DataColorTheme

COLORS = [{"breakdownValue": "", "colorToken": "preset-1", "breakdownType": "event"}]


@pytest.fixture
def create(api, url):
    """`create(name=...)` is the answer to a POST with this body."""
    client = api("dashboard:write")
    return lambda **body: client.post(url("dashboards/"), body)


def nothing_is_written():
    models = (Dashboard, DashboardTile, Text, ButtonTile, Insight, Tag)
    return not any(model._base_manager.exists() for model in models)


def test_creates_a_dashboard(create, team, alice):
    response = create(name="Numbers", description=" all\nof them ", pinned=True, tags=[" Sales", "sales", "eu"])

    assert response.status_code == 201
    shown = response.json()
    assert set(shown) == DETAIL_KEYS
    assert (shown["name"], shown["description"], shown["pinned"]) == ("Numbers", " all\nof them ", True)
    assert shown["tags"] == ["eu", "sales"]
    assert shown["creation_mode"] == "default"
    assert shown["created_by"]["id"] == alice.pk
    assert response.headers["ETag"] == f'"{shown["id"]}-1"'
    assert Dashboard.objects.get().team == team


def test_nothing_is_required(create):
    response = create()

    assert response.status_code == 201
    assert response.json()["name"] is None


def test_everything_that_was_sent_comes_back(create, team):
    theme = DataColorTheme.objects.create(team=team, name="Ours", colors=["#fff"])
    variable = str(InsightVariableFactory(team=team, name="c").pk)
    sent = {
        "name": "x" * 400,
        "pinned": "true",
        "filters": {"date_from": "-7d", "properties": [], "unknown": [1]},
        "variables": {variable: {"code_name": "c", "variableId": variable, "value": None}},
        "breakdown_colors": COLORS,
        "data_color_theme_id": theme.pk,
        "quick_filter_ids": [],
        "restriction_level": 37,
        "last_accessed_at": "2026-01-01T00:00:00Z",
        "last_refresh": "2026-01-02T00:00:00Z",
        "_create_in_folder": "Sales/EU",
    }

    response = create(**sent)

    assert response.status_code == 201
    shown = response.json()
    assert {key: shown[key] for key in sent if key in shown} == {
        **{key: sent[key] for key in sent if key in shown}, "pinned": True,
    }  # fmt: skip
    assert "_create_in_folder" not in shown
    assert Dashboard.objects.get().folder == "Sales/EU"


def test_tiles_come_with_it(create, team, alice):
    known = Insight.objects.create(team=team, name="Known")
    tiles = [
        {"text": {"body": "Hello"}, "layouts": {"sm": {"x": 0, "y": 0, "w": 12, "h": 1}}, "color": "blue"},
        {"insight": {"id": known.pk, "name": "ignored"}, "show_description": True},
        {"insight": {"name": "New", "query": TRENDS, "tags": ["t"]}},
        {"button_tile": {"url": "https://example.com/a?b=c", "text": "Go", "style": "secondary"}},
    ]

    response = create(name="Full", tiles=tiles)

    assert response.status_code == 201, response.content
    text, first, second, button = response.json()["tiles"]
    assert (text["text"]["body"], text["color"]) == ("Hello", "blue")
    assert text["text"]["created_by"]["id"] == alice.pk
    assert text["text"]["last_modified_by"] is None
    assert (first["insight"]["name"], first["show_description"]) == ("Known", True)
    assert (second["insight"]["name"], second["insight"]["query"], second["insight"]["tags"]) == ("New", TRENDS, ["t"])
    assert button["button_tile"]["style"] == "secondary"
    places = [tile["layouts"]["sm"] for tile in (text, first, second, button)]
    assert [(place["x"], place["y"]) for place in places] == [(0, 0), (0, 1), (6, 1), (0, 6)]


@pytest.mark.parametrize("count", [1, 30])
def test_costs_the_same_for_one_tile_and_for_thirty(create, team, count, django_assert_num_queries):
    create(tiles=[{"text": {"body": "x"}}])  # notes the first use of the key
    insights = [Insight.objects.create(team=team) for _ in range(count)]

    tiles = [{"text": {"body": "x"}} for _ in range(count)] + [{"insight_id": insight.pk} for insight in insights]
    # key and user, project and membership; savepoint, dashboard, its tiles, insights, texts, tiles, activity, release;
    # dashboard, tiles, insights, their tiles, the texts' tiles
    with django_assert_num_queries(15):
        response = create(tiles=tiles)

    assert len(response.json()["tiles"]) == 2 * count


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({"name": "x" * 401}, "max_length", "name"),
        ({"name": []}, "invalid_input", "name"),
        ({"description": None}, "null", "description"),
        ({"pinned": None}, "null", "pinned"),
        ({"pinned": []}, "invalid_input", "pinned"),
        ({"filters": [1]}, "invalid_input", None),
        ({"filters": "x"}, "invalid_input", None),
        ({"filters": {"properties": 5}}, "invalid_input", None),
        ({"filters": {"properties": {"type": "OR", "values": [{}]}}}, "invalid_input", None),
        ({"variables": [1]}, "invalid_input", None),
        ({"breakdown_colors": {}}, "not_a_list", "breakdown_colors"),
        ({"breakdown_colors": ["x"]}, "invalid_input", "breakdown_colors__0__non_field_errors"),
        ({"breakdown_colors": [{"value": "x"}]}, "required", "breakdown_colors__0__breakdownValue"),
        ({"data_color_theme_id": 999999}, "does_not_exist", "data_color_theme_id"),
        ({"data_color_theme_id": "9" * 30}, "does_not_exist", "data_color_theme_id"),
        ({"data_color_theme_id": True}, "incorrect_type", "data_color_theme_id"),
        ({"data_color_theme_id": {}}, "incorrect_type", "data_color_theme_id"),
        ({"quick_filter_ids": "x"}, "not_a_list", "quick_filter_ids"),
        ({"quick_filter_ids": ["x"]}, "invalid_input", "quick_filter_ids"),
        ({"quick_filter_ids": ["01a20157-9182-7535-bc21-b00bd9040846"]}, "invalid_input", "quick_filter_ids"),
        ({"tags": "x"}, "not_a_list", "tags"),
        ({"tags": None}, "null", "tags"),
        ({"tags": ["x" * 256]}, "max_length", "tags__0"),
        ({"tags": [{}]}, "invalid_input", "tags__0"),
        ({"restriction_level": 5}, "invalid_choice", "restriction_level"),
        ({"restriction_level": []}, "invalid_choice", "restriction_level"),
        ({"last_refresh": "yesterday"}, "invalid_input", "last_refresh"),
        ({"last_refresh": "0001-01-01T00:00:00+14:00"}, None, "last_refresh"),
        ({"use_dashboard": ""}, "invalid_input", "use_dashboard"),
        ({"use_dashboard": 999999}, "invalid_input", "use_dashboard"),
        ({"use_dashboard": "9" * 30}, "max_value", "use_dashboard"),
        ({"use_template": "X"}, "invalid_input", "use_template"),
        ({"use_template": "X", "use_dashboard": ""}, "invalid_input", "use_dashboard"),
        ({"use_template": "X", "use_dashboard": 1}, "invalid_input", None),
        ({"name": "a\x00b"}, "null_characters_not_allowed", None),
        ({"filters": {"a\x00": 1}}, "null_characters_not_allowed", None),
        ({"tiles": "x"}, "not_a_list", "tiles"),
        ({"tiles": {}}, "not_a_list", "tiles"),
        ({"tiles": [{"text": {"body": "ok"}}] * 1001}, "max_length", "tiles"),
    ],
)
def test_refuses_and_writes_nothing(create, error, body, code, attr):
    response = create(**({"name": "half", "tags": ["t"]} | body))

    status, found_code, found_attr = error(response)
    assert (status, found_attr) == (400, attr)
    assert code in (None, found_code)
    assert nothing_is_written()


@pytest.mark.parametrize("body", [[], "x", 5, [{"name": "x"}]])
def test_a_body_that_is_no_object_is_refused(api, url, error, body):
    assert error(api().post(url("dashboards/"), body, format="json"))[0] == 400


def test_the_words_of_the_refusals(create):
    def detail(**body):
        return create(**body).json()["detail"]

    assert detail(filters=[1]) == "Filters must be a dictionary"
    assert detail(quick_filter_ids=["x"]) == "Invalid UUID: x"
    assert detail(quick_filter_ids=["01a20157-9182-7535-bc21-b00bd9040846"]).startswith("Quick filters not found: 01a2")
    assert detail(use_dashboard=999999) == "Invalid value provided"
    assert detail(use_template="X") == "Invalid template provided: X"
    assert detail(use_template="X", use_dashboard=1) == "`use_dashboard` and `use_template` cannot be used together"


def test_what_is_only_read_and_what_is_unknown_is_ignored(create, bob):
    shown = create(name="x", id=5, created_by=bob.pk, creation_mode="template", is_shared=True, nonsense=1).json()

    assert shown["creation_mode"] == "default"
    assert shown["created_by"]["email"] == "alice@hogflix.com"
    assert shown["is_shared"] is False


def test_empty_filters_are_none(create):
    for empty in ({}, None, []):
        assert create(filters=empty).json()["persisted_filters"] is None


def test_a_group_of_properties_is_kept_as_a_list(create):
    is_chrome, is_mac = {"key": "$browser", "value": "Chrome"}, {"key": "$os", "value": "Mac"}
    group = {"type": "AND", "values": [{"type": "AND", "values": [is_chrome]}, is_mac]}

    assert create(filters={"properties": group}).json()["filters"] == {"properties": [is_chrome, is_mac]}


def test_a_global_theme_may_be_chosen_and_a_foreign_one_not(create, error, charlie):
    everybodys = DataColorTheme.objects.create(team=None, name="All", colors=[])
    foreign = DataColorTheme.objects.create(team=charlie.current_team, name="Theirs", colors=[])

    assert create(data_color_theme_id=everybodys.pk).json()["data_color_theme_id"] == everybodys.pk
    assert error(create(data_color_theme_id=foreign.pk)) == (400, "does_not_exist", "data_color_theme_id")


def test_a_bad_tile_leaves_nothing_behind(create, error, team):
    response = create(
        name="half", tags=["t"], tiles=[{"text": {"body": "good"}}, {"insight": {"query": TRENDS}}, {"insight_id": 5}]
    )

    assert error(response) == (400, "does_not_exist", "tiles__2__insight_id")
    assert nothing_is_written()


class TestDuplicate:
    @pytest.fixture
    def source(self, team, bob):
        source = DashboardFactory(
            team=team, name="Source", description="d", pinned=True, created_by=bob, filters={"interval": "week"},
            variables={"v": {}}, breakdown_colors=COLORS, restriction_level=37,
        )  # fmt: skip
        set_tags(source, ["old"], team=team)
        layouts = {"sm": {"x": 1, "y": 2, "w": 3, "h": 4}}
        tile = InsightTileFactory(dashboard=source, layouts=layouts, color="red", show_description=True)
        set_tags(tile.insight, ["worn"], team=team)
        TextTileFactory(dashboard=source, text__body="Words")
        ButtonTileTileFactory(dashboard=source, transparent_background=True)
        TextTileFactory(dashboard=source, deleted=True)
        return source

    def test_shows_the_same_things_in_new_tiles(self, create, source):
        shown = create(use_dashboard=source.pk, filters={}).json()

        assert (shown["name"], shown["description"], shown["pinned"], shown["tags"]) == (None, "", False, [])
        assert (shown["creation_mode"], shown["restriction_level"]) == ("duplicate", 21)
        assert shown["filters"] == {"interval": "week"}
        assert (shown["persisted_variables"], shown["breakdown_colors"]) == ({"v": {}}, COLORS)
        first, *others = shown["tiles"]
        original = source.tiles.get(insight__isnull=False)
        assert first["id"] != original.pk
        assert first["insight"]["id"] == original.insight_id
        assert (first["layouts"], first["color"], first["show_description"]) == (original.layouts, "red", True)
        assert len(others) == 2

    def test_copies_the_things_if_asked_to(self, create, source, alice):
        original = source.tiles.get(insight__isnull=False)

        shown = create(name="Mine", use_dashboard=source.pk, duplicate_tiles=True, filters={"interval": "day"}).json()

        assert (shown["name"], shown["filters"]) == ("Mine", {"interval": "day"})
        first, second, third = shown["tiles"]
        insight, text = first["insight"], second["text"]
        assert insight["id"] != original.insight_id
        assert insight["short_id"] != original.insight.short_id
        assert (insight["name"], insight["tags"], insight["created_by"]["id"]) == (
            "An insight (Copy)",
            ["worn"],
            alice.pk,
        )
        assert (text["body"], Text.objects.filter(body="Words").count()) == ("Words", 2)
        assert ButtonTile.objects.count() == 2
        assert third["transparent_background"] is True

    def test_an_insight_without_a_name_stays_without(self, create, source):
        Insight.objects.update(name=None)

        shown = create(use_dashboard=source.pk, duplicate_tiles=True).json()

        assert shown["tiles"][0]["insight"]["name"] is None

    def test_the_source_must_be_live_and_of_this_project(self, create, error, team, charlie):
        removed = DashboardFactory(team=team, deleted=True)
        foreign = DashboardFactory(team=charlie.current_team)

        for source in (removed, foreign):
            assert error(create(use_dashboard=source.pk)) == (400, "invalid_input", "use_dashboard")

    def test_a_blank_template_is_none(self, create, source):
        assert create(use_template="", use_dashboard=source.pk).status_code == 201


def test_a_key_that_may_only_read_may_not_create(api, url, error):
    assert error(api("dashboard:read").post(url("dashboards/"), {})) == (403, "permission_denied", None)
