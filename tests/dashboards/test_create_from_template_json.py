import pytest

from dashboards.models import Dashboard
from insights.models import Insight
from tests.dashboards.templates import TRENDS, template
from tests.factories.dashboards import DashboardTemplateFactory


@pytest.fixture
def post(api, url):
    client = api("dashboard:write")
    return lambda body, **how: client.post(url("dashboards/create_from_template_json/"), body, **how)


def test_makes_a_dashboard_and_answers_200(post, api, url):
    response = post({"template": template(), "creation_context": "onboarding"})

    assert response.status_code == 200
    made = response.json()
    assert (made["name"], made["creation_mode"], made["filters"]) == ("Sign-ups", "default", {"date_from": "-14d"})
    assert len(made["tiles"]) == 3
    assert api().get(url(f"dashboards/{made['id']}/")).json()["tiles"][0]["insight"]["name"] == "Sign-ups"


def test_keys_that_a_template_has_elsewhere_are_ignored(post):
    known = {"id": "x", "team_id": 7, "image_url": None, "is_featured": True}
    unknown = {"created_by": {"id": 1}, "scope": "global", "deleted": None}

    assert post({"template": template(**known, **unknown)}).status_code == 200


def test_fields_beside_the_template_win(post):
    made = post(
        {
            "template": template(),
            "name": "Mine",
            "description": "",
            "tags": [],
            "pinned": True,
            "_create_in_folder": "A/B",
        }
    ).json()

    assert (made["name"], made["description"], made["tags"], made["pinned"]) == ("Mine", "", [], True)
    assert Dashboard.objects.get().folder == "A/B"


def test_a_template_may_be_named_instead(post, team):
    DashboardTemplateFactory(team=team, **template())

    assert len(post({"use_template": "Sign-ups", "name": "Mine"}).json()["tiles"]) == 3
    assert post({"use_template": "DEFAULT_APP"}).json()["name"] == "Product analytics"


@pytest.mark.parametrize("body", [{}, {"template": None}, {"use_template": ""}, {"name": "x"}])
def test_without_any_template_it_is_refused(post, error, body):
    assert error(post(body)) == (400, "required", "template")


def test_an_unknown_name_is_refused(post, error):
    assert error(post({"use_template": "Nonsense"})) == (400, "invalid_input", "use_template")


def without(key):
    return {name: value for name, value in template().items() if name != key}


@pytest.mark.parametrize(
    ("candidate", "words"),
    [
        (
            {},
            ["'template_name' is a required property", "Failed validating 'required' in schema", "On instance:", "{}"],
        ),
        (without("dashboard_filters"), ["'dashboard_filters' is a required property"]),
        (template(tiles=[]), ["Failed validating 'minItems' in schema['properties']['tiles']", "On instance['tiles']"]),
        (template(tiles=["x"]), ["'x' is not of type 'object'"]),
        (template(template_name=5), ["5 is not of type 'string'"]),
        (template(template_name="x" * 401), ["is too long"]),
        (template(tags=[1]), ["1 is not of type 'string'"]),
        (template(variables=[{"id": "X"}]), ["Failed validating"]),
        ([], ["[] is not of type 'object'"]),
        ("x", ["'x' is not of type 'object'"]),
    ],
)
def test_what_is_no_template_is_refused_in_the_words_of_the_schema(post, error, candidate, words):
    response = post({"template": candidate})

    assert error(response) == (400, "invalid_input", None)
    for word in words:
        assert word in response.json()["detail"]
    assert not Dashboard.objects.exists()


def test_a_large_mistake_gets_a_short_answer(post):
    response = post({"template": template(template_name=["x" * 100_000])})

    assert response.status_code == 400
    assert len(response.json()["detail"]) < 6000


@pytest.mark.parametrize(
    ("tile", "code", "attr"),
    [
        ({}, "required", "type"),
        ({"type": 5}, "required", "type"),
        ({"type": "TEXT"}, "required", "body"),
        ({"type": "TEXT", "body": "x" * 4001}, "max_length", "body"),
        ({"type": "TEXT", "body": "x", "layouts": 5}, "not_a_dict", "layouts"),
        ({"type": "TEXT", "body": "x", "color": "x" * 401}, "max_length", "color"),
        ({"type": "INSIGHT", "query": "{UNKNOWN}"}, "not_a_dict", "query"),
        ({"type": "INSIGHT", "name": "x" * 401}, "max_length", "name"),
        ({"type": "BUTTON", "url": "javascript:x", "text": "x"}, "invalid_input", "url"),
        ({"type": "BUTTON", "url": "/x"}, "required", "text"),
    ],
)
def test_a_tile_that_cannot_be_stored_is_refused_by_its_place(post, error, tile, code, attr):
    response = post({"template": template(tiles=[{"type": "TEXT", "body": "fine"}, tile])})

    assert error(response) == (400, code, f"template__tiles__1__{attr}")
    assert not Dashboard.objects.exists()


def test_a_query_that_is_not_known_here_becomes_a_tile_all_the_same(post):
    tiles = [{"type": "INSIGHT", "query": {"kind": "a datatable"}, "filters": {"date_from": None}, "layouts": {}}]

    (tile,) = post({"template": template(tiles=tiles)}).json()["tiles"]

    assert tile["insight"]["query"] == {"kind": "a datatable"}


VARIABLES = [
    {"id": "A", "name": "A", "type": "event", "default": {"kind": "EventsNode", "event": "a"}, "description": "",
     "required": True},
    {"id": "B", "name": "B", "type": "event", "default": {"kind": "EventsNode", "event": "b"}, "description": "",
     "required": False},
]  # fmt: skip
WITH_VARIABLES = template(
    variables=VARIABLES,
    tiles=[
        {"type": "INSIGHT", "query": {"kind": "InsightVizNode", "source": {"kind": "FunnelsQuery",
                                                                           "series": ["{A}", "{B}"]}}},
        {"type": "TEXT", "body": "{A}"},
    ],
)  # fmt: skip


def test_variables_become_their_defaults_or_what_was_chosen(post):
    chosen = {"kind": "EventsNode", "event": "chosen"}

    post({"template": WITH_VARIABLES})
    post({"template": WITH_VARIABLES, "variables_values": {"B": chosen}})

    first, second = Insight.objects.order_by("pk")
    assert [one["event"] for one in first.query["source"]["series"]] == ["a", "b"]
    assert [one["event"] for one in second.query["source"]["series"]] == ["a", "chosen"]


def test_a_value_of_no_variable_is_refused(post, error):
    response = post({"template": WITH_VARIABLES, "variables_values": {"C": {}}})

    assert error(response) == (400, "invalid_input", "variables_values__C")


def test_what_was_substituted_already_stays(post):
    made = post({"template": template(variables=VARIABLES, dashboard_filters={})}).json()

    assert made["tiles"][0]["insight"]["query"] == TRENDS


def test_old_filters_become_a_query(post):
    filters = {
        "insight": "FUNNELS",
        "date_from": "-30d",
        "events": [{"id": "b", "type": "events", "order": 1}, {"id": "a", "math": "dau", "type": "events", "order": 0}],
        "actions": [],
        "breakdown": "$browser",
        "breakdown_type": "event",
        "funnel_viz_type": "steps",
        "filter_test_accounts": True,
    }

    post({"template": template(tiles=[{"type": "INSIGHT", "filters": filters}])})

    insight = Insight.objects.get()
    assert insight.filters == {}
    assert insight.query == {
        "kind": "InsightVizNode",
        "source": {
            "kind": "FunnelsQuery",
            "dateRange": {"date_from": "-30d"},
            "filterTestAccounts": True,
            "funnelsFilter": {"funnelVizType": "steps"},
            "series": [
                {"kind": "EventsNode", "event": "a", "math": "dau"},
                {"kind": "EventsNode", "event": "b"},
            ],
            "breakdownFilter": {"breakdown": "$browser", "breakdown_type": "event"},
        },
    }


def test_filters_that_ask_nothing_known_stay_filters(post):
    filters = {"insight": "SESSIONS", "x": 1}

    post({"template": template(tiles=[{"type": "INSIGHT", "filters": filters}])})

    insight = Insight.objects.get()
    assert (insight.query, insight.filters) == (None, filters)


def test_only_json_is_taken(post, error):
    assert error(post("template=x", content_type="application/x-www-form-urlencoded"))[0] == 415
    assert error(post({"template": "x"}, format="multipart"))[0] == 415


def test_needs_the_scope(api, url, error):
    response = api("dashboard:read").post(url("dashboards/create_from_template_json/"), {"template": template()})

    assert error(response) == (403, "permission_denied", None)
