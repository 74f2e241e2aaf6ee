"""The `tiles` of a PATCH."""

import pytest

from dashboards.models import ButtonTile, Dashboard, DashboardTile, Text
from insights.models import Insight
from tests.dashboards.test_retrieve import TRENDS
from tests.factories.accounts import UserFactory
from tests.factories.dashboards import (
    ButtonTileTileFactory,
    DashboardFactory,
    InsightTileFactory,
    TextFactory,
    TextTileFactory,
)

SIGNATURE = {"last_modified_at": None, "last_modified_by": None}


@pytest.fixture
def put(api, path):
    """`put({...}, {...})` is the answer to a PATCH with these elements."""
    client = api("dashboard:write")
    return lambda *elements: client.patch(path(), {"tiles": list(elements)})


@pytest.fixture
def text(dashboard, bob):
    return TextTileFactory(dashboard=dashboard, text__body="Before", text__created_by=bob)


@pytest.fixture
def insight(dashboard):
    return InsightTileFactory(dashboard=dashboard)


@pytest.fixture
def button(dashboard):
    return ButtonTileTileFactory(dashboard=dashboard, button_tile__text="Before")


def reload(row):
    return type(row)._base_manager.get(pk=row.pk)


def test_changes_the_look_of_a_tile(put, insight, text):
    look = {
        "layouts": {"sm": {"x": "1", "minW": 3}, "lg": [1]},
        "color": " teal ",
        "filters_overrides": {"date_from": "-7d"},
        "show_description": True,
        "transparent_background": False,
    }

    response = put({"id": insight.pk, **look}, {"id": text.pk, "color": "x" * 400})

    assert response.status_code == 200
    tiles = {tile["id"]: tile for tile in response.json()["tiles"]}
    assert {key: tiles[insight.pk][key] for key in look} == look
    assert tiles[text.pk]["color"] == "x" * 400
    assert tiles[text.pk]["text"]["body"] == "Before"


def test_null_and_empty_clear(put, insight):
    put(
        {
            "id": insight.pk,
            "color": "red",
            "show_description": True,
            "layouts": {"sm": {}},
            "filters_overrides": {"a": 1},
        }
    )

    (tile,) = put(
        {"id": insight.pk, "color": None, "show_description": None, "layouts": {}, "filters_overrides": None}
    ).json()["tiles"]

    assert (tile["color"], tile["show_description"], tile["layouts"], tile["filters_overrides"]) == (
        None,
        None,
        {},
        None,
    )


def test_removes_a_tile_and_brings_it_back(put, insight, text):
    removed = put({"id": insight.pk, "deleted": True}, {"id": text.pk, "deleted": "true"})
    again = put({"id": insight.pk, "deleted": True})
    back = put({"id": insight.pk, "deleted": False}, {"id": text.pk, "deleted": None})

    assert removed.json()["tiles"] == again.json()["tiles"] == []
    assert len(back.json()["tiles"]) == 2
    assert Insight.objects.filter(pk=insight.insight_id).exists()


def test_adds_a_text(put, alice):
    (tile,) = put({"text": {"body": "  **Hello**\n"}}).json()["tiles"]

    assert tile["text"]["body"] == "  **Hello**\n"
    assert tile["text"]["created_by"]["id"] == alice.pk
    assert tile["text"]["last_modified_by"] is None
    assert tile["layouts"]["sm"] == {"x": 0, "y": 0, "w": 2, "h": 2}


@pytest.mark.parametrize("named", ["tile", "text", "both"])
def test_changes_a_text_and_keeps_its_author(put, text, alice, bob, named):
    element = {"text": {"body": "After"} | ({"id": text.text_id} if named != "tile" else {})}

    (tile,) = put(element | ({"id": text.pk} if named != "text" else {})).json()["tiles"]

    assert tile["id"] == text.pk
    assert (tile["text"]["id"], tile["text"]["body"]) == (text.text_id, "After")
    assert tile["text"]["created_by"]["id"] == bob.pk
    assert tile["text"]["last_modified_by"]["id"] == alice.pk


def test_a_text_that_stays_the_same_is_not_modified(put, text):
    put({"id": text.pk, "text": {"id": text.text_id, "body": "Before"}, "color": "red"})

    assert reload(text.text).last_modified_by is None
    assert reload(text.text).last_modified_at == text.text.last_modified_at


def test_who_posts_back_an_unchanged_text_with_its_author_signs_it(put, api, path, text, alice, bob):
    (tile,) = api().get(path()).json()["tiles"]

    (shown,) = put(tile).json()["tiles"]

    assert (shown["text"]["body"], shown["text"]["created_by"]["id"]) == ("Before", bob.pk)
    assert shown["text"]["last_modified_by"]["id"] == alice.pk
    assert reload(text.text).last_modified_at > text.text.last_modified_at


def test_posting_back_needs_no_right_to_the_other_dashboards_but_gives_them_a_new_version(
    put, api, path, text, dashboard, team, bob
):
    dashboard.created_by = bob
    dashboard.save()
    other = DashboardFactory(team=team, restriction_level=37)
    TextTileFactory(dashboard=other, text=text.text)
    client = api(user=bob)
    (tile,) = client.get(path()).json()["tiles"]
    changed = {**tile, "text": {**tile["text"], "body": "After"}}

    assert client.patch(path(), {"tiles": [tile]}).status_code == 200
    assert reload(other).version == 2
    assert client.patch(path(), {"tiles": [changed]}).status_code == 403
    assert client.patch(path(), {"tiles": [tile, changed]}).status_code == 403


@pytest.mark.parametrize("body", ["", None])
def test_a_text_may_be_empty(put, text, body):
    (tile,) = put({"id": text.pk, "text": {"body": body}}).json()["tiles"]

    assert tile["text"]["body"] == body


def test_a_text_on_two_dashboards_changes_both(put, text, dashboard, team):
    other, third = DashboardFactory.create_batch(2, team=team)
    TextTileFactory(dashboard=other, text=text.text)

    put({"id": text.pk, "text": {"body": "After"}})

    assert [reload(one).version for one in (dashboard, other, third)] == [2, 2, 1]


def test_adds_and_changes_a_button(put, alice):
    (added,) = put({"button_tile": {"url": "/insights/new?x=1#top", "text": "Go"}}).json()["tiles"]
    button = {"id": added["button_tile"]["id"], "url": "http://localhost:8000/x", "placement": "right"}
    (changed,) = put({"id": added["id"], "button_tile": button}).json()["tiles"]

    assert (added["button_tile"]["placement"], added["button_tile"]["style"]) == ("left", "primary")
    assert added["id"] == changed["id"]
    assert {key: changed["button_tile"][key] for key in button} == button
    assert changed["button_tile"]["text"] == "Go"
    assert changed["button_tile"]["last_modified_by"]["id"] == alice.pk


@pytest.mark.parametrize("way", [lambda pk: {"insight": {"id": pk}}, lambda pk: {"insight_id": pk}])
def test_adds_an_insight(put, team, way):
    known = Insight.objects.create(team=team, name="Known")

    (tile,) = put({**way(known.pk), "color": "red"}).json()["tiles"]

    assert (tile["insight"]["id"], tile["color"]) == (known.pk, "red")
    assert tile["layouts"]["sm"] == {"x": 0, "y": 0, "w": 6, "h": 5}


def test_an_insight_that_was_removed_comes_back_with_its_id_and_layout(put, insight):
    put({"id": insight.pk, "deleted": True, "layouts": {"sm": {"x": 3}}})

    (tile,) = put({"insight": {"id": insight.insight_id}}).json()["tiles"]

    assert (tile["id"], tile["layouts"]) == (insight.pk, {"sm": {"x": 3}})


def test_an_insight_that_is_there_is_not_added_twice(put, insight):
    (tile,) = put({"insight_id": insight.insight_id, "color": "red"}, {"insight_id": insight.insight_id}).json()[
        "tiles"
    ]

    assert (tile["id"], tile["color"]) == (insight.pk, "red")


def test_creates_an_insight(put, alice, team):
    (tile,) = put({"insight": {"name": "New", "query": TRENDS, "description": "d"}}).json()["tiles"]

    assert (tile["insight"]["name"], tile["insight"]["query"], tile["insight"]["saved"]) == ("New", TRENDS, True)
    assert Insight.objects.get().created_by == alice


def test_new_tiles_go_below_where_the_others_are_put_by_the_same_request(put, text):
    layouts = {"sm": {"x": 0, "y": 10, "w": 12, "h": 3}}

    tiles = put({"text": {"body": "new"}}, {"id": text.pk, "layouts": layouts}).json()["tiles"]

    assert [tile["layouts"]["sm"]["y"] for tile in tiles] == [10, 13]


def _unsigned(tile):
    """Without who posted it back, and when."""
    cards = {name: tile[name] and {**tile[name], **SIGNATURE} for name in ("text", "button_tile")}
    return {**tile, **cards}


def test_what_a_client_reads_it_may_send_back(put, api, path, insight, text, button):
    tiles = api().get(path()).json()["tiles"]

    response = put(*tiles)

    assert [_unsigned(tile) for tile in response.json()["tiles"]] == [_unsigned(tile) for tile in tiles]
    assert Text.objects.count() == ButtonTile.objects.count() == Insight.objects.count() == 1


@pytest.mark.parametrize(
    ("element", "code", "attr"),
    [
        (1, None, "tiles__0__non_field_errors"),
        ("x", None, "tiles__0__non_field_errors"),
        (None, "null", "tiles__0"),
        ([], None, "tiles__0__non_field_errors"),
        ({}, None, "tiles__0"),
        ({"color": "red"}, None, "tiles__0"),
        ({"text": {}, "insight": {}, "button_tile": None}, None, "tiles__0"),
        ({"widget": {"x": 1}}, None, "tiles__0__widget"),
        ({"id": 999999, "color": "red"}, None, "tiles__0__id"),
        ({"id": 999999, "text": {"body": "x"}}, None, "tiles__0__id"),
        ({"id": int("9" * 18)}, None, "tiles__0__id"),
        ({"id": "9" * 30}, "max_value", "tiles__0__id"),
        ({"id": "x"}, None, "tiles__0__id"),
        ({"id": []}, None, "tiles__0__id"),
        ({"id": True}, None, "tiles__0__id"),
        ({"insight_id": 999999}, "does_not_exist", "tiles__0__insight_id"),
        ({"insight": {"id": 999999}}, "does_not_exist", "tiles__0__insight_id"),
        ({"insight": {"id": "x"}}, None, "tiles__0__insight"),
        ({"insight": {"id": "9" * 30}}, "max_value", "tiles__0__insight"),
        ({"insight": "five"}, "not_a_dict", "tiles__0__insight"),
        ({"insight": 999999999}, "does_not_exist", "tiles__0__insight_id"),
        ({"insight": {"name": "x"}}, "required", "tiles__0__insight__query"),
        ({"insight": {"query": {"kind": "Nonsense"}}}, "parse_error", None),
        ({"insight": {"query": [1]}}, "parse_error", None),
        ({"insight": {"query": TRENDS, "name": "x" * 401}}, "max_length", "tiles__0__insight__name"),
        ({"text": {"body": "x" * 4001}}, "max_length", "text__body"),
        ({"text": {"body": [1]}}, None, "text__body"),
        ({"text": "x"}, None, "text"),
        ({"text": {"id": 999999, "body": "x"}}, None, "text"),
        ({"text": {"id": "9" * 30}}, "max_value", "text__id"),
        ({"text": {"id": {}}}, None, "text__id"),
        ({"text": {"body": "x", "created_by": {"id": 999999}}}, None, "text"),
        ({"text": {"body": "x", "created_by": {"id": "x"}}}, None, "text"),
        ({"text": {"body": "x", "created_by": 5}}, "not_a_dict", "text__created_by"),
        ({"text": {"body": "a\x00"}}, "null_characters_not_allowed", None),
        ({"text": {"body": "x"}, "insight_id": 1}, None, "tiles__0__non_field_errors"),
        ({"button_tile": {"text": "x"}}, "required", "button_tile__url"),
        ({"button_tile": {"url": "/x"}}, "required", "button_tile__text"),
        ({"button_tile": {"url": "/x", "text": " "}}, "blank", "button_tile__text"),
        ({"button_tile": {"url": "/x", "text": "x" * 201}}, "max_length", "button_tile__text"),
        ({"button_tile": {"url": "javascript:alert(1)", "text": "x"}}, None, "button_tile__url"),
        ({"button_tile": {"url": "//evil.com", "text": "x"}}, None, "button_tile__url"),
        ({"button_tile": {"url": "/a b", "text": "x"}}, None, "button_tile__url"),
        ({"button_tile": {"url": "ftp://x.com", "text": "x"}}, None, "button_tile__url"),
        ({"button_tile": {"url": "/" + "x" * 2000, "text": "x"}}, "max_length", "button_tile__url"),
        ({"button_tile": {"url": "/x", "text": "x", "style": "loud"}}, "invalid_choice", "button_tile__style"),
        ({"button_tile": {"id": "x"}}, None, "button_tile__id"),
        ({"button_tile": {"id": "01a20157-9182-7535-bc21-b00bd9040846", "text": "x"}}, None, "button_tile"),
        ({"text": {"body": "x"}, "layouts": [1]}, "not_a_dict", "tiles__0__layouts"),
        ({"text": {"body": "x"}, "layouts": None}, "null", "tiles__0__layouts"),
        ({"text": {"body": "x"}, "layouts": "x"}, "not_a_dict", "tiles__0__layouts"),
        ({"text": {"body": "x"}, "color": "x" * 401}, "max_length", "tiles__0__color"),
        ({"text": {"body": "x"}, "color": {}}, None, "tiles__0__color"),
        ({"text": {"body": "x"}, "filters_overrides": [1]}, "not_a_dict", "tiles__0__filters_overrides"),
        ({"text": {"body": "x"}, "filters_overrides": {"properties": 1}}, None, "tiles__0__filters_overrides"),
        ({"text": {"body": "x"}, "show_description": "often"}, None, "tiles__0__show_description"),
        ({"text": {"body": "x"}, "deleted": []}, None, "tiles__0__deleted"),
    ],
)  # fmt: skip
def test_refuses_and_writes_nothing(put, error, dashboard, element, code, attr):
    response = put(element, {"text": {"body": "after"}})

    status, found_code, found_attr = error(response)
    assert (status, found_attr) == (400, attr)
    assert found_code == (code or "invalid_input")
    assert not DashboardTile.objects_including_soft_deleted.exists()
    assert not Text.objects.exists()
    assert not ButtonTile.objects.exists()
    assert not Insight.objects.exists()
    assert reload(dashboard).version == 1


def test_the_words_of_the_refusals(put, text, team):
    elsewhere = TextTileFactory(dashboard=DashboardFactory(team=team))

    def detail(element):
        return put(element).json()["detail"]

    assert detail({"text": {"body": "x" * 4001}}) == "Text body cannot exceed 4000 characters"
    assert detail({"id": elsewhere.pk, "text": {"body": "x"}}) == "Tile not found."
    assert detail({"text": {"id": elsewhere.text_id, "body": "x"}}) == "Text tile not found."
    assert (
        detail({"text": {"body": "x", "created_by": {"id": UserFactory().pk}}})
        == "User not found in this organization."
    )
    assert detail({"button_tile": {"id": "01a20157-9182-7535-bc21-b00bd9040846"}}) == "Button tile not found."
    assert reload(elsewhere.text).body == elsewhere.text.body


def test_a_tile_of_another_dashboard_is_not_touched(put, error, team):
    elsewhere = TextTileFactory(dashboard=DashboardFactory(team=team), color="red")

    assert error(put({"id": elsewhere.pk, "color": "blue", "deleted": True})) == (400, "invalid_input", "tiles__0__id")
    assert (reload(elsewhere).color, reload(elsewhere).deleted) == ("red", None)


def test_what_a_tile_shows_cannot_be_exchanged(put, error, insight, text, button, team):
    other = Insight.objects.create(team=team)
    loose = TextFactory(team=team)

    assert error(put({"id": insight.pk, "insight": {"id": other.pk}}))[2] == "tiles__0__insight"
    assert error(put({"id": insight.pk, "insight": {"query": TRENDS}}))[2] == "tiles__0__insight"
    assert error(put({"id": insight.pk, "text": {"body": "x"}}))[2] == "tiles__0__text"
    assert error(put({"id": text.pk, "text": {"id": loose.pk}}))[2] == "text"
    assert error(put({"id": text.pk, "button_tile": {"text": "x"}}))[2] == "tiles__0__button_tile"
    assert error(put({"id": button.pk, "insight_id": other.pk}))[2] == "tiles__0__insight"


def test_an_insight_of_another_project_or_a_removed_one_cannot_be_added(put, error, insight, charlie):
    foreign = Insight.objects.create(team=charlie.current_team)
    Insight.objects.filter(pk=insight.insight_id).update(deleted=True)

    for pk in (foreign.pk, insight.insight_id):
        assert error(put({"insight_id": pk})) == (400, "does_not_exist", "tiles__0__insight_id")


@pytest.mark.parametrize("count", [1, 30])
def test_costs_the_same_for_one_tile_and_for_thirty(put, dashboard, count, django_assert_num_queries):
    put()  # notes the first use of the key
    tiles = TextTileFactory.create_batch(count, dashboard=dashboard)
    elements = [{"id": tile.pk, "color": "red", "text": {"body": "After"}} for tile in tiles]

    # key and user, project and membership, dashboard; savepoint, lock with neighbours, tiles, texts, tiles, neighbours'
    # versions, version, release; dashboard, tiles, texts' tiles
    with django_assert_num_queries(14):
        response = put(*elements)

    assert len(response.json()["tiles"]) == count


def test_null_tiles_and_no_tiles_change_nothing(api, path, text):
    for tiles in (None, []):
        assert len(api().patch(path(), {"tiles": tiles}).json()["tiles"]) == 1
    assert Dashboard.objects.get().version == 3


@pytest.mark.parametrize(
    ("element", "attr"),
    [
        ({"text": {"body": "x"}, "widget": {"widget_type": "a"}}, "tiles__0__widget"),
        ({"text": {"body": "x"}, "foo": 1}, "tiles__0__foo"),
        ({"text": {"body": "x", "foo": 1}}, "text__foo"),
    ],
)
def test_what_cannot_be_stored_is_refused_not_dropped(api, url, dashboard, element, attr):
    response = api().patch(url(f"dashboards/{dashboard.pk}/"), {"tiles": [element]})

    assert (response.status_code, response.json()["attr"]) == (400, attr)
    assert response.json()["detail"] == "This field cannot be stored."
    assert not dashboard.tiles.exists()


def test_what_was_read_may_be_posted_back(api, url, dashboard):
    client, path = api(), url(f"dashboards/{dashboard.pk}/")
    tiles = [{"text": {"body": "x"}}, {"button_tile": {"url": "/a", "text": "b"}}]
    read = client.patch(path, {"tiles": tiles}).json()["tiles"]

    again = client.patch(path, {"tiles": read}).json()["tiles"]
    assert [_unsigned(tile) for tile in again] == [_unsigned(tile) for tile in read]
