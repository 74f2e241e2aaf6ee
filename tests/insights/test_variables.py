"""/insight_variables/, and what their values do to a query."""

import pytest

from insights.models import Insight, InsightVariable
from insights.variables import brought_up_to_date, declared_in, with_values
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.insights import InsightVariableFactory


@pytest.fixture
def post(api, url):
    client = api("insight_variable:write")
    return lambda **body: client.post(url("insight_variables/"), body)


@pytest.fixture
def error():
    def read(response):
        body = response.json()
        return response.status_code, body["code"], body["attr"]

    return read


def sql(*codes, **values):
    """SQL that answers the values of its variables."""
    variables = {f"old-{code}": {"variableId": f"old-{code}", "code_name": code} for code in codes}
    for code, value in values.items():
        variables[f"old-{code}"]["value"] = value
    columns = ", ".join(f"{{variables.{code}}}" for code in codes)
    return {"kind": "HogQLQuery", "query": f"SELECT {columns}", "variables": variables}


class TestResource:
    def test_makes_a_variable_with_a_code_name(self, post, alice):
        response = post(name="Plan Name (EU)_1", type="List", default_value="pro", values=["pro", "free"])

        assert response.status_code == 201
        made = response.json()
        assert made["code_name"] == "plan_name_eu_1"
        assert (made["type"], made["default_value"], made["values"]) == ("List", "pro", ["pro", "free"])
        assert (made["created_by"], made["is_multi"], made["values_query"]) == (alice.pk, False, None)

    @pytest.mark.parametrize(
        ("body", "code", "attr"),
        [
            ({"type": "String"}, "required", "name"),
            ({"name": "x"}, "required", "type"),
            ({"name": "x", "type": "Text"}, "invalid_choice", "type"),
            ({"name": "!?", "type": "String"}, "invalid_input", "name"),
            ({"name": "x" * 401, "type": "String"}, "max_length", "name"),
        ],
    )
    def test_refuses(self, post, error, body, code, attr):
        assert error(post(**body)) == (400, code, attr)

    def test_a_code_name_is_taken_once_per_project(self, post, error, charlie):
        InsightVariableFactory(team=charlie.current_team, name="Plan")

        assert post(name="Plan", type="String").status_code == 201
        again = post(name="PLAN!", type="Number")

        assert error(again) == (400, "invalid_input", None)
        assert again.json()["detail"] == "Variable with this code name already exists"

    def test_lists_the_projects_own(self, api, url, team, charlie):
        InsightVariableFactory(team=charlie.current_team)
        InsightVariableFactory.create_batch(3, team=team)

        page = api("insight_variable:read").get(url("insight_variables/")).json()

        assert page["count"] == len(page["results"]) == 3
        assert page["next"] is None

    def test_a_new_name_keeps_the_code_name(self, api, url, team):
        row = InsightVariableFactory(team=team, name="Plan")

        changed = api().patch(url(f"insight_variables/{row.pk}/"), {"name": "Tier", "default_value": 5}).json()

        assert (changed["name"], changed["code_name"], changed["default_value"]) == ("Tier", "plan", 5)

    def test_is_deleted_for_good(self, api, url, team):
        row = InsightVariableFactory(team=team)

        assert api().delete(url(f"insight_variables/{row.pk}/")).status_code == 204
        assert not InsightVariable.objects.exists()

    @pytest.mark.parametrize("count", [1, 30])
    def test_costs_the_same_for_one_and_for_thirty(self, api, url, team, alice, count, django_assert_num_queries):
        InsightVariableFactory.create_batch(count, team=team, created_by=alice)
        client = api()
        client.get(url("insight_variables/"))

        # key and user, project and membership, count, variables
        with django_assert_num_queries(4):
            client.get(url("insight_variables/"))


class Row:
    def __init__(self, pk, default_value=None):
        self.pk, self.default_value = pk, default_value


class TestValues:
    KNOWN = {"plan": Row("new", "free"), "seats": Row("s")}

    def test_stale_ids_follow_the_code_name_and_unknown_ones_drop(self):
        values = {
            "old": {"code_name": "plan", "variableId": "old", "value": "a"},
            "gone": {"code_name": "gone", "value": 1},
            "bad": 5,
        }

        assert brought_up_to_date(values, self.KNOWN) == {
            "new": {"code_name": "plan", "variableId": "new", "value": "a"}
        }

    @pytest.mark.parametrize(
        ("own", "chosen", "expected"),
        [
            ({}, {}, {"value": "free"}),
            ({"value": "own"}, {}, {"value": "own"}),
            ({"value": "own"}, {"value": "chosen"}, {"value": "chosen"}),
            ({"value": "own"}, {"isNull": True}, {"isNull": True}),
            ({"isNull": True}, {"value": 0}, {"value": 0}),
            ({"isNull": True}, {}, {"isNull": True}),
            ({"value": "own"}, {"value": None}, {"value": "free"}),
        ],
    )
    def test_chosen_before_own_before_default(self, own, chosen, expected):
        query = {"kind": "HogQLQuery", "query": "", "variables": {"old": {"code_name": "plan", **own}}}
        values = {"any": {"code_name": "plan", **chosen}} if chosen else {}

        filled = with_values({"kind": "DataVisualizationNode", "source": query}, values, self.KNOWN)

        assert declared_in(filled) == {"new": {"code_name": "plan", "variableId": "new", **expected}}

    def test_only_what_is_declared_gets_a_value(self):
        query = {"kind": "HogQLQuery", "query": "SELECT 1"}
        trends = {"kind": "TrendsQuery", "series": [], "variables": {}}
        values = {"new": {"code_name": "plan", "value": 1}}

        assert with_values(query, values, self.KNOWN) is query
        assert with_values(trends, values, self.KNOWN) is trends


@pytest.fixture
def plan(team):
    return InsightVariableFactory(team=team, name="Plan", default_value="free")


def override(variable, value):
    return {str(variable.pk): {"code_name": variable.code_name, "variableId": str(variable.pk), "value": value}}


class TestAnswers:
    def test_a_question_takes_the_values_of_its_request(self, api, url, plan):
        def ask(**more):
            return api("query:read").post(url("query/"), {"query": sql("plan"), **more}).json()["results"]

        assert ask() == [["free"]]
        assert ask(variables_override=override(plan, "pro")) == [["pro"]]

    def test_an_insight_takes_them_too_and_is_shown_as_it_was_sent(self, api, url, team, plan):
        query = {"kind": "DataVisualizationNode", "source": sql("plan")}
        insight = Insight.objects.create(team=team, query=query)

        def ask(**more):
            return api().get(url(f"insights/{insight.pk}/"), {"refresh": "blocking", **more}, format=None).json()

        shown = ask()
        assert (shown["result"], shown["query"]) == ([["free"]], query)
        import json

        assert ask(variables_override=json.dumps(override(plan, "pro")))["result"] == [["pro"]]

    def test_a_dashboard_lays_its_own_over_its_tiles(self, api, url, team, plan):
        dashboard = DashboardFactory(team=team, variables={"stale": {"code_name": "plan", "value": "stored"}})
        insight = Insight.objects.create(team=team, query=sql("plan"))
        InsightTileFactory(dashboard=dashboard, insight=insight)
        path = url(f"dashboards/{dashboard.pk}/")

        import json

        own = api().get(path, {"refresh": "blocking"}).json()
        laid_over = (
            api().get(path, {"refresh": "blocking", "variables_override": json.dumps(override(plan, "pro"))}).json()
        )
        run = api().get(f"{path}run_insights/?refresh=blocking&output_format=json").json()["results"][0]
        from_there = api().get(url(f"insights/{insight.pk}/?refresh=blocking&from_dashboard={dashboard.pk}")).json()

        assert own["tiles"][0]["insight"]["result"] == [["stored"]]
        assert laid_over["tiles"][0]["insight"]["result"] == [["pro"]]
        assert run["insight"]["result"] == from_there["result"] == [["stored"]]
        assert list(own["variables"]) == list(laid_over["variables"]) == [str(plan.pk)]
        assert laid_over["variables"][str(plan.pk)]["value"] == "pro"
        assert own["persisted_variables"] == laid_over["persisted_variables"] == dashboard.variables

    def test_what_a_dashboard_has_for_no_variable_is_not_shown(self, api, url, team, plan):
        dashboard = DashboardFactory(team=team, variables={"x": {"code_name": "gone", "value": 1}})

        shown = api().get(url(f"dashboards/{dashboard.pk}/"), {"variables_override": '{"y": 5, "z": {}}'}).json()

        assert shown["variables"] == {}
        assert shown["persisted_variables"] == dashboard.variables
