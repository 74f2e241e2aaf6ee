import pytest

from dashboards.blueprints import BY_KEY, UNLISTED_BY_TAG
from dashboards.models import Dashboard, DashboardTile, Text
from insights.models import Insight
from insights.queries import validate_query
from tests.dashboards.templates import TRENDS, template
from tests.factories.dashboards import DashboardTemplateFactory

BLUEPRINTS = [*BY_KEY.values(), *UNLISTED_BY_TAG.values()]


@pytest.fixture
def create(api, url):
    client = api("dashboard:write")
    return lambda **body: client.post(url("dashboards/"), body)


def test_makes_the_dashboard_of_the_product(create, alice):
    response = create(use_template="DEFAULT_APP")

    assert response.status_code == 201
    made = response.json()
    assert (made["name"], made["creation_mode"]) == ("Product analytics", "template")
    assert [tile["insight"]["name"] for tile in made["tiles"]] == [
        "Daily active users (DAUs)",
        "Weekly active users (WAUs)",
        "Retention",
        "Growth accounting",
        "Referring domain (last 14 days)",
        "Pageview funnel, by browser",
    ]
    assert [tile["layouts"]["sm"] for tile in made["tiles"]][:3] == [
        {"x": 0, "y": 0, "w": 6, "h": 5},
        {"x": 6, "y": 0, "w": 6, "h": 5},
        {"x": 0, "y": 5, "w": 6, "h": 5},
    ]
    for insight in Insight.objects.all():
        assert insight.is_sample is insight.saved is True
        assert insight.created_by == insight.last_modified_by == alice


def test_makes_the_dashboard_of_the_website(create):
    made = create(use_template="WEBSITE_TRAFFIC", tags=["Mine"]).json()

    assert len(made["tiles"]) == 9
    assert made["filters"] == {"date_from": "-30d"}
    assert made["tags"] == ["marketing", "mine"]


@pytest.mark.parametrize(
    "blueprint", [*BY_KEY.values(), *UNLISTED_BY_TAG.values()], ids=lambda one: one["template_name"]
)
def test_all_that_we_offer_is_valid_and_can_be_told_apart(blueprint):
    for tile in blueprint["tiles"]:
        validate_query(tile["query"])
    assert len({tile["name"] for tile in blueprint["tiles"]}) == len(blueprint["tiles"])


def test_all_that_we_offer_can_be_computed(create, api, url):
    pk = create(use_template="WEBSITE_TRAFFIC").json()["id"]

    answers = api().get(url(f"dashboards/{pk}/run_insights/?refresh=blocking&output_format=json")).json()["results"]

    assert [answer.get("error") for answer in answers] == [None] * 9


def test_a_stored_template_is_named_by_its_name(create, team):
    DashboardTemplateFactory(team=team, **template())

    made = create(use_template="Sign-ups").json()

    insight, text, button = sorted(made["tiles"], key=lambda tile: tile["id"])
    assert (made["name"], made["description"], made["filters"]) == (
        "Sign-ups", "Who signs up.", {"date_from": "-14d"})  # fmt: skip
    assert made["tags"] == ["growth"]
    assert (insight["insight"]["name"], insight["insight"]["description"], insight["color"]) == (
        "Sign-ups", "By day", "blue")  # fmt: skip
    assert (text["text"]["body"], text["transparent_background"]) == ("Mind the gap", True)
    assert Text.objects.get().created_by is None
    assert (button["button_tile"]["url"], button["button_tile"]["text"]) == ("/insights", "More")
    assert text["layouts"]["sm"]["y"] == button["layouts"]["sm"]["y"] == 5


def test_the_name_is_the_callers_the_rest_the_templates(create, team):
    DashboardTemplateFactory(team=team, **template())

    made = create(
        use_template="Sign-ups", name="Mine", description="Mine", filters={"date_from": "-1d"}, tags=["Own", "growth"]
    ).json()

    assert (made["name"], made["description"], made["filters"]) == ("Mine", "Who signs up.", {"date_from": "-14d"})
    assert made["tags"] == ["growth", "own"]


def test_a_global_template_of_anybody_can_be_used_and_the_own_one_comes_first(create, team, charlie):
    for owner in (charlie.current_team, None):
        DashboardTemplateFactory(team=owner, template_name="G", scope="global", dashboard_description="theirs")
    assert create(use_template="G").json()["description"] == "theirs"

    DashboardTemplateFactory(team=team, template_name="G", dashboard_description="ours")
    assert create(use_template="G").json()["description"] == "ours"


def test_what_is_not_there_or_not_ours_is_refused_and_nothing_is_made(create, error, team, charlie):
    DashboardTemplateFactory(team=charlie.current_team, template_name="Private")
    DashboardTemplateFactory(team=team, template_name="Removed", deleted=True)

    for name in ("Nonsense", "Private", "Removed"):
        response = create(use_template=name, name="Left behind?")
        assert error(response) == (400, "invalid_input", "use_template")
        assert response.json()["detail"] == f"Invalid template provided: {name}"
    assert not Dashboard.objects.exists()


def test_a_variable_becomes_its_default(create, team):
    entity = {"id": "user signed up", "name": "user signed up", "math": "dau", "type": "events"}
    source = {"kind": "TrendsQuery", "series": ["{SIGNUP}"]}
    stored = template(
        variables=[
            {"id": "SIGNUP", "name": "x", "type": "event", "default": entity, "description": "", "required": True}
        ],
        tiles=[{"type": "INSIGHT", "query": {"kind": "InsightVizNode", "source": source}}],
    )
    DashboardTemplateFactory(team=team, **stored)

    create(use_template="Sign-ups")

    assert Insight.objects.get().query["source"]["series"] == [
        {"kind": "EventsNode", "event": "user signed up", "name": "user signed up", "math": "dau"}
    ]


def test_types_from_elsewhere_are_passed_over(create, team):
    DashboardTemplateFactory(team=team, **template(tiles=[{"type": "WIDGET", "x": 1}, {"type": "TEXT", "body": "x"}]))

    assert len(create(use_template="Sign-ups").json()["tiles"]) == 1


def test_own_tiles_come_on_top(create):
    made = create(use_template="DEFAULT_APP", tiles=[{"text": {"body": "Mine"}}]).json()

    assert len(made["tiles"]) == 7


def test_something_wrong_leaves_nothing_behind(create, error, monkeypatch):
    from dashboards.services import lifecycle

    def crash(*args, **kwargs):
        raise lifecycle.Refusal("No.")

    monkeypatch.setattr(lifecycle, "put_tiles", crash)

    assert error(create(use_template="DEFAULT_APP")) == (400, "invalid_input", None)
    assert not Dashboard.objects.exists()
    assert not DashboardTile.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_costs_the_same_for_one_tile_and_for_thirty(create, team, count, django_assert_num_queries):
    create()  # notes the first use of the key
    tiles = [{"type": "INSIGHT", "query": TRENDS}, {"type": "TEXT", "body": "x"}] * count
    DashboardTemplateFactory(team=team, **template(tiles=tiles))

    # key and user, project and membership; begin, template, dashboard, tags (5), insights, texts, tiles, log, commit;
    # and the six of reading it again
    with django_assert_num_queries(21):
        create(use_template="Sign-ups")


def test_a_built_in_template_has_a_name_too(api, url):
    response = api().post(url("dashboards/"), {"use_template": "Product analytics"})

    assert response.status_code == 201
    assert response.json()["creation_mode"] == "template"
    assert response.json()["tiles"]
