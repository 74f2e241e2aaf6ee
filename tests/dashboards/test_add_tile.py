import pytest

from dashboards.models import Dashboard
from insights.models import Insight
from tests.dashboards.test_retrieve import TILE_KEYS, TRENDS
from tests.factories.dashboards import DashboardFactory, InsightTileFactory, TextTileFactory
from tests.factories.insights import InsightFactory


@pytest.fixture
def add(api, path):
    client = api("dashboard:write")
    return lambda **body: client.post(path("tiles/"), body)


def test_adds_an_insight_below_the_others(add, dashboard, team):
    TextTileFactory(dashboard=dashboard, layouts={"sm": {"x": 0, "y": 0, "w": 12, "h": 2}})
    insight = Insight.objects.create(team=team, name="Signups")

    response = add(insight_id=insight.pk, color="red")

    assert response.status_code == 201
    tile = response.json()
    assert set(tile) == TILE_KEYS
    assert tile["insight"]["name"] == "Signups"
    assert tile["insight"]["dashboards"] == [dashboard.pk]
    assert tile["layouts"]["sm"] == {"x": 0, "y": 2, "w": 6, "h": 5}
    assert (tile["color"], tile["order"]) == ("red", None)
    assert Dashboard.objects.get().version == 2


@pytest.mark.parametrize(
    "body",
    [
        {"text": {"body": "Hello"}},
        {"button_tile": {"url": "/x", "text": "Go"}},
        {"insight": {"name": "New", "query": TRENDS}},
    ],
)
def test_adds_a_new_thing_where_it_is_told(add, body):
    layouts = {"sm": {"x": 1, "y": 2, "w": 3, "h": 4}}

    response = add(**body, layouts=layouts)

    assert response.status_code == 201
    tile = response.json()
    (kind,) = body
    assert tile["layouts"] == layouts
    assert {key: tile[kind][key] for key in body[kind]} == body[kind]


def test_a_removed_tile_comes_back(add, dashboard):
    tile = InsightTileFactory(dashboard=dashboard, deleted=True, layouts={"sm": {"x": 5}})

    shown = add(insight={"id": tile.insight_id}).json()

    assert (shown["id"], shown["layouts"]) == (tile.pk, {"sm": {"x": 5}})


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "invalid_input", None),
        ({"color": "red"}, "invalid_input", None),
        ({"insight_id": 999999}, "does_not_exist", "insight_id"),
        ({"insight": []}, "not_a_dict", "insight"),
        ({"insight": {"name": "x"}}, "required", "insight__query"),
        ({"text": {"body": "x" * 4001}}, "max_length", "text__body"),
        ({"text": {"id": 999999}}, "invalid_input", "text"),
        ({"text": {"body": ""}}, "blank", "text__body"),
        ({"text": {"body": " \n"}}, "blank", "text__body"),
        ({"text": {"body": None}}, "null", "text__body"),
        ({"text": {"created_by": {}}}, "required", "text__body"),
        ({"button_tile": {"url": "/x"}}, "required", "button_tile__text"),
        ({"text": {"body": "x"}, "button_tile": {"url": "/x", "text": "x"}}, "invalid_input", None),
        ({"text": {"body": "x"}, "layouts": 5}, "not_a_dict", "layouts"),
    ],
)
def test_refuses_and_writes_nothing(add, error, dashboard, body, code, attr):
    assert error(add(**body)) == (400, code, attr)

    assert not dashboard.tiles.exists()
    assert Dashboard.objects.get().version == 1


def test_what_is_there_is_not_added_twice(add, error, dashboard):
    tile = InsightTileFactory(dashboard=dashboard)

    assert error(add(insight_id=tile.insight_id)) == (400, "invalid_input", None)


def test_obeys_if_match(api, path, dashboard, error):
    body = {"text": {"body": "x"}}

    assert error(api().post(path("tiles/"), body, headers={"If-Match": '"1-99"'}))[0] == 412
    assert api().post(path("tiles/"), body, headers={"If-Match": dashboard.etag}).status_code == 201


def test_a_reader_and_a_stranger_may_not(api, path, url, error, charlie):
    foreign = DashboardFactory(team=charlie.current_team)

    assert error(api("dashboard:read").post(path("tiles/"), {"text": {"body": "x"}}))[0] == 403
    assert error(api().post(url(f"dashboards/{foreign.pk}/tiles/"), {"text": {"body": "x"}}))[0] == 404


def test_takes_the_bare_id_of_an_insight(api, url, team, dashboard):
    insight = InsightFactory(team=team)

    response = api().post(url(f"dashboards/{dashboard.pk}/tiles/"), {"insight": insight.pk})

    assert (response.status_code, response.json()["insight"]["id"]) == (201, insight.pk)
