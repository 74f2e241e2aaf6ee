import pytest

from insights.models import Insight, ViewLog
from tests.factories.accounts import ProjectFactory
from tests.factories.dashboards import DashboardFactory
from tests.factories.insights import TRENDS, WRAPPED_TRENDS

FULL_KEYS = {
    "id",
    "short_id",
    "name",
    "derived_name",
    "filters",
    "filters_hash",
    "query",
    "order",
    "deleted",
    "dashboards",
    "dashboard_tiles",
    "last_refresh",
    "cache_target_age",
    "next_allowed_client_refresh",
    "result",
    "hasMore",
    "columns",
    "created_at",
    "created_by",
    "description",
    "updated_at",
    "tags",
    "favorited",
    "saved",
    "last_modified_at",
    "last_modified_by",
    "last_viewed_at",
    "is_sample",
    "effective_restriction_level",
    "effective_privilege_level",
    "user_access_level",
    "timezone",
    "is_cached",
    "query_status",
    "hogql",
    "types",
    "resolved_date_range",
    "alerts",
}


def test_what_was_sent_comes_back_equal(api, url, alice):
    body = {
        "name": " Page views",
        "derived_name": "Pageview count ",
        "description": "How many\n",
        "query": WRAPPED_TRENDS,
        "tags": ["b", "a"],
        "favorited": True,
        "saved": True,
        "order": 3,
    }

    response = api("insight:write").post(url("insights/"), body)

    assert response.status_code == 201
    answer = response.json()
    assert {key: answer[key] for key in body} == {**body, "tags": ["a", "b"]}
    assert set(answer) == FULL_KEYS
    assert len(answer["short_id"]) == 8
    assert answer["created_by"]["email"] == answer["last_modified_by"]["email"] == alice.email


def test_an_empty_body_is_an_insight_too(api, url):
    answer = api().post(url("insights/"), {}).json()

    assert answer["name"] is None
    assert answer["query"] is None
    assert answer["filters"] == {}
    assert (answer["saved"], answer["favorited"], answer["deleted"]) == (False, False, False)
    assert (answer["result"], answer["is_cached"], answer["last_refresh"]) == (None, False, None)
    assert (answer["effective_restriction_level"], answer["effective_privilege_level"]) == (21, 37)


def test_its_maker_has_seen_it(api, url, alice):
    answer = api().post(url("insights/"), {"name": "New"}).json()

    assert answer["last_viewed_at"] is not None
    assert ViewLog.objects.get().user == alice


def test_a_query_is_kept_key_by_key_with_its_nulls(api, url):
    query = {**TRENDS, "interval": None, "trendsFilter": {"formula": None}}

    assert api().post(url("insights/"), {"query": query}).json()["query"] == query


def test_a_query_without_series_is_stored(api, url):
    response = api().post(url("insights/"), {"query": {"kind": "TrendsQuery", "series": []}})

    assert response.status_code == 201


def test_an_unknown_key_is_passed_over(api, url):
    assert api().post(url("insights/"), {"name": "x", "colour": "red"}).status_code == 201


def test_legacy_filters_come_back_as_the_query_that_asks_the_same(api, url):
    filters = {"insight": "TRENDS", "events": [{"id": "$pageview"}]}

    answer = api().post(url("insights/"), {"filters": filters}).json()

    assert (answer["query"], answer["filters"]) == (WRAPPED_TRENDS, {})
    assert Insight.objects.get().filters == filters
    assert api().post(url("insights/"), {"filters": filters, "query": TRENDS}).json()["filters"] == {}


def test_legacy_filters_that_no_query_says_are_kept_as_they_are(api, url):
    answer = api().post(url("insights/"), {"filters": {"insight": "PIE"}}).json()

    assert (answer["query"], answer["filters"]) == (None, {"insight": "PIE"})


def test_it_is_placed_on_the_dashboards_named(api, url, team):
    dashboard = DashboardFactory(team=team)

    answer = api().post(url("insights/"), {"name": "x", "dashboards": [dashboard.pk]}).json()

    assert answer["dashboards"] == [dashboard.pk]
    (tile,) = answer["dashboard_tiles"]
    assert set(tile) == {"id", "dashboard_id", "deleted"}
    assert tile["dashboard_id"] == dashboard.pk
    dashboard.refresh_from_db()
    assert dashboard.version == 2


def test_a_folder_is_stored_and_not_shown(api, url):
    answer = api().post(url("insights/"), {"name": "x", "_create_in_folder": "Growth/Web"}).json()

    assert "_create_in_folder" not in answer
    assert Insight.objects.get().folder == "Growth/Web"


@pytest.mark.parametrize("missing", [123456, 2**40])
def test_an_unknown_dashboard_is_refused_and_nothing_is_written(api, url, missing):
    response = api().post(url("insights/"), {"name": "x", "dashboards": [missing]})

    assert response.status_code == 400
    assert response.json() == {
        "type": "validation_error",
        "code": "does_not_exist",
        "detail": f'Invalid pk "{missing}" - object does not exist.',
        "attr": "dashboards",
    }
    assert not Insight.objects.exists()


def test_a_dashboard_of_another_project_is_unknown(api, url):
    foreign = DashboardFactory(team=ProjectFactory().team)

    response = api().post(url("insights/"), {"dashboards": [foreign.pk]})

    assert (response.status_code, response.json()["code"]) == (400, "does_not_exist")


def test_a_dashboard_that_one_may_not_edit_is_refused_and_nothing_is_written(api, url, team, alice, bob):
    restricted = DashboardFactory(team=team, created_by=alice, restriction_level=37)

    response = api(user=bob).post(url("insights/"), {"dashboards": [restricted.pk]})

    assert response.status_code == 403
    assert response.json()["detail"] == f"You don't have permission to add insights to dashboard: {restricted.pk}"
    assert not Insight.objects.exists()


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("select 1", "Query must be a valid JSON object"),
        ([], "Query must be a valid JSON object"),
        ({"kind": "TrendsQuery"}, "1 validation error for QueryRequest"),
        ({"kind": "TrendsQuery", "series": [], "colour": "red"}, "1 validation error for QueryRequest"),
        ({"kind": "NoSuchQuery"}, "1 validation error for QueryRequest"),
    ],
)
def test_a_bad_query_is_refused_before_all_else(api, url, query, detail):
    response = api().post(url("insights/"), {"name": "x" * 401, "dashboards": [99], "query": query})

    assert response.status_code == 400
    error = response.json()
    assert (error["type"], error["code"], error["attr"]) == ("validation_error", "parse_error", None)
    assert error["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("field", "value", "code", "attr"),
    [
        ("name", "x" * 401, "max_length", "name"),
        ("derived_name", "x" * 401, "max_length", "derived_name"),
        ("description", "x" * 401, "max_length", "description"),
        ("name", ["x"], "invalid_input", "name"),
        ("order", 2**31, "max_value", "order"),
        ("saved", "perhaps", "invalid_input", "saved"),
        ("tags", "web", "not_a_list", "tags"),
        ("tags", ["x" * 256], "max_length", "tags__0"),
        ("filters", "x", "not_a_dict", "filters"),
        ("dashboards", 5, "not_a_list", "dashboards"),
        ("dashboards", ["five"], "invalid_input", "dashboards__0"),
        ("dashboards", ["9" * 30], "max_value", "dashboards__0"),
    ],
)
def test_a_bad_field_is_refused_by_name(api, url, field, value, code, attr):
    response = api().post(url("insights/"), {field: value})

    assert response.status_code == 400
    assert (response.json()["code"], response.json()["attr"]) == (code, attr)


@pytest.mark.parametrize("body", [[], "x", 5])
def test_a_body_that_is_no_object_is_refused(api, url, body):
    assert api().post(url("insights/"), body, format="json").status_code == 400


class TestForAgents:
    def create(self, api, url, body):
        return api().post(url("insights/"), body, headers={"x-posthog-client": "mcp"})

    def test_a_bare_query_is_wrapped_and_loses_its_nulls(self, api, url):
        response = self.create(api, url, {"query": {**TRENDS, "interval": None}})

        assert response.status_code == 201
        assert response.json()["query"] == WRAPPED_TRENDS

    def test_sql_is_wrapped_into_its_own_node(self, api, url):
        response = self.create(api, url, {"query": {"kind": "HogQLQuery", "query": "select 1"}})

        assert response.json()["query"]["kind"] == "DataVisualizationNode"

    def test_a_wrapped_query_stays(self, api, url):
        assert self.create(api, url, {"query": WRAPPED_TRENDS}).json()["query"] == WRAPPED_TRENDS

    def test_a_query_is_required(self, api, url):
        response = self.create(api, url, {"name": "x"})

        assert response.status_code == 400
        assert response.json() == {
            "type": "validation_error",
            "code": "required",
            "detail": "This field is required.",
            "attr": "query",
        }

    def test_a_query_that_nothing_shows_is_refused(self, api, url):
        response = self.create(api, url, {"query": {"kind": "EventsNode", "event": "x"}})

        assert response.status_code == 400
        assert response.json()["detail"].startswith("This query can't be saved: ")


def test_reading_scope_does_not_write(api, url):
    assert api("insight:read").post(url("insights/"), {}).status_code == 403


def test_a_stranger_writes_nothing(api, url, charlie):
    assert api(user=charlie).post(url("insights/"), {}).status_code == 403
