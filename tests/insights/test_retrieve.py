import json
from datetime import datetime

import pytest

from tests.factories.accounts import ProjectFactory
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.events import EventFactory, PersonFactory
from tests.factories.insights import WRAPPED_SQL, CachedResultFactory, InsightFactory, trends_of
from tests.insights.test_create import FULL_KEYS


@pytest.fixture
def insight(team, alice):
    return InsightFactory(team=team, created_by=alice)


def test_one_reads_an_insight_by_its_id(api, url, insight):
    response = api("insight:read").get(url(f"insights/{insight.pk}/"))

    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == FULL_KEYS
    assert (answer["id"], answer["name"], answer["user_access_level"]) == (insight.pk, insight.name, "manager")
    assert (answer["result"], answer["last_refresh"], answer["is_cached"]) == (None, None, False)


def test_one_reads_an_insight_by_its_short_id(api, url, insight):
    assert api().get(url(f"insights/{insight.short_id}")).json()["id"] == insight.pk


def test_digits_are_an_id_first_and_a_short_id_then(api, url, team):
    first = InsightFactory(team=team)
    second = InsightFactory(team=team, short_id=str(first.pk))
    third = InsightFactory(team=team, short_id="12345678")

    assert api().get(url(f"insights/{first.pk}/")).json()["id"] == first.pk
    assert api().get(url(f"insights/{third.short_id}/")).json()["id"] == third.pk
    assert second.short_id == str(first.pk)


@pytest.mark.parametrize("reference", ["0", "99999999", "9" * 19, "nosuchid", "٣", "a-b", "x" * 13])
def test_an_unknown_reference_is_missing(api, url, insight, reference):
    assert api().get(url(f"insights/{reference}/")).status_code == 404


def test_a_deleted_insight_is_missing(api, url, team):
    gone = InsightFactory(team=team, deleted=True)

    assert api().get(url(f"insights/{gone.pk}/")).status_code == 404
    assert api().get(url(f"insights/{gone.short_id}/")).status_code == 404


def test_an_insight_of_another_project_is_missing(api, url, project):
    foreign = InsightFactory(team=ProjectFactory().team)

    assert api().get(url(f"insights/{foreign.pk}/")).status_code == 404


def test_what_is_stored_is_shown(api, url, team, insight):
    row = CachedResultFactory(team=team, query=insight.query)

    answer = api().get(url(f"insights/{insight.pk}/")).json()

    assert answer["result"] == [{"label": "stored"}]
    assert (answer["is_cached"], answer["hasMore"], answer["timezone"]) == (True, False, "UTC")
    assert answer["filters_hash"] == row.key
    assert answer["last_refresh"] < answer["next_allowed_client_refresh"] < answer["cache_target_age"]


def test_it_is_computed_when_asked_to(api, url, team, insight):
    EventFactory(person=PersonFactory(team=team))

    answer = api().get(url(f"insights/{insight.pk}/?refresh=blocking")).json()

    assert [series["count"] for series in answer["result"]] == [1]
    assert answer["is_cached"] is False
    assert answer["resolved_date_range"]["date_from"] < answer["last_refresh"]
    again = api().get(url(f"insights/{insight.pk}/")).json()
    assert (again["result"], again["last_refresh"], again["is_cached"]) == (
        answer["result"],
        answer["last_refresh"],
        True,
    )


def test_a_fresh_answer_is_not_computed_again_unless_forced(api, url, team, insight):
    CachedResultFactory(team=team, query=insight.query)

    blocking = api().get(url(f"insights/{insight.pk}/?refresh=blocking")).json()
    forced = api().get(url(f"insights/{insight.pk}/?refresh=true")).json()

    assert blocking["result"] == [{"label": "stored"}]
    assert forced["result"][0]["label"] == "$pageview"


def test_what_cannot_be_computed_is_told_to_who_asked(api, url, team):
    insight = InsightFactory(team=team, query=trends_of("x", trendsFilter={"formula": "A +"}))

    assert api().get(url(f"insights/{insight.pk}/")).status_code == 200
    response = api().get(url(f"insights/{insight.pk}/?refresh=blocking"))
    assert (response.status_code, response.json()["type"]) == (400, "validation_error")


def test_a_crash_is_told_in_neutral_words(api, url, insight, monkeypatch):
    monkeypatch.setattr("insights.queries.run", lambda *args, **kwargs: 1 / 0)

    answer = api().get(url(f"insights/{insight.pk}/?refresh=blocking")).json()

    assert answer["result"] is None
    assert answer["query_status"]["error"] is True
    assert answer["query_status"]["error_message"] == "The query could not be computed."


def test_the_light_form_has_no_results_but_tells_their_age(api, url, team, insight):
    before = api().get(url(f"insights/{insight.pk}/?basic=true")).json()
    stored = CachedResultFactory(team=team, query=insight.query)

    answer = api().get(url(f"insights/{insight.pk}/?basic=true")).json()

    assert "result" not in answer
    assert (before["refreshing"], before["last_refresh"]) == (False, None)
    assert datetime.fromisoformat(answer["last_refresh"]) == stored.last_refresh


class TestFromDashboard:
    def test_a_dashboard_lays_its_filters_over_query_and_result(self, api, url, team, insight):
        dashboard = DashboardFactory(team=team, filters={"date_from": "-30d"})
        InsightTileFactory(dashboard=dashboard, insight=insight, color="blue", layouts={"sm": {"x": 1}})

        alone = api().get(url(f"insights/{insight.pk}/")).json()
        answer = api().get(url(f"insights/{insight.pk}/?refresh=blocking&from_dashboard={dashboard.pk}")).json()

        assert answer["query"]["source"]["dateRange"] == {"date_from": "-30d", "date_to": None}
        assert len(answer["result"][0]["data"]) == 31
        assert answer["filters_hash"] != alone["filters_hash"]
        assert (answer["color"], answer["layouts"]) == ("blue", {"sm": {"x": 1}})
        assert "dateRange" not in alone["query"]["source"]
        assert "color" not in alone

    def test_a_tile_s_own_filters_replace_the_dashboard_s(self, api, url, team, insight):
        dashboard = DashboardFactory(team=team, filters={"date_from": "-30d", "interval": "week"})
        InsightTileFactory(dashboard=dashboard, insight=insight, filters_overrides={"date_from": "-3d"})

        source = api().get(url(f"insights/{insight.pk}/?from_dashboard={dashboard.pk}")).json()["query"]["source"]

        assert source["dateRange"]["date_from"] == "-3d"
        assert "interval" not in source

    def test_a_request_lays_its_own_over_both(self, api, url, team, insight):
        dashboard = DashboardFactory(team=team, filters={"date_from": "-30d", "interval": "week"})
        InsightTileFactory(dashboard=dashboard, insight=insight)
        override = json.dumps({"date_from": "-2d"})

        path = url(f"insights/{insight.pk}/?from_dashboard={dashboard.pk}&filters_override={override}")
        source = api().get(path).json()["query"]["source"]

        assert (source["dateRange"]["date_from"], source["interval"]) == ("-2d", "week")

    def test_a_dashboard_that_does_not_show_it_is_passed_over(self, api, url, team, insight):
        dashboard = DashboardFactory(team=team, filters={"date_from": "-30d"})

        answer = api().get(url(f"insights/{insight.pk}/?from_dashboard={dashboard.pk}")).json()

        assert answer["query"] == insight.query
        assert "color" not in answer

    def test_overrides_work_without_a_dashboard(self, api, url, insight):
        path = url(f"insights/{insight.pk}/?filters_override={json.dumps({'date_from': '-2d'})}")

        assert api().get(path).json()["query"]["source"]["dateRange"]["date_from"] == "-2d"

    @pytest.mark.parametrize("name", ["filters_override", "tile_filters_override", "variables_override"])
    @pytest.mark.parametrize("text", ["{", "[]", "5", '"x"', "[" * 100_000])
    def test_an_override_that_is_no_object_is_refused(self, api, url, insight, name, text):
        response = api().get(url(f"insights/{insight.pk}/"), {name: text})

        assert response.status_code == 400
        assert response.json()["detail"] == f"Invalid JSON passed in {name} parameter"
        assert response.json()["attr"] == name

    def test_a_dashboard_id_that_is_no_number_is_refused(self, api, url, insight):
        response = api().get(url(f"insights/{insight.pk}/?from_dashboard=x"))

        assert (response.status_code, response.json()["attr"]) == (400, "from_dashboard")

    @pytest.mark.parametrize(
        "override",
        [
            {"properties": 5},
            {"properties": ["x"]},
            {"properties": {"a": 1}},
            {"date_from": 5},
            {"interval": {"a": 1}},
            {"breakdown_filter": 5},
        ],
    )
    @pytest.mark.parametrize("kind", ["trends", "sql"])
    def test_strange_filters_are_refused_not_crashed_on(self, api, url, team, insight, override, kind):
        if kind == "sql":
            insight = InsightFactory(team=team, query=WRAPPED_SQL)
        path = url(f"insights/{insight.pk}/")

        parameters = {"refresh": "blocking", "filters_override": json.dumps(override)}
        # SQL knows neither intervals nor breakdowns.
        is_passed_over = kind == "sql" and set(override) <= {"interval", "breakdown_filter"}
        assert api().get(path, parameters).status_code == (200 if is_passed_over else 400)
        assert api().get(path, {"filters_override": json.dumps(override)}).status_code in {200, 400}

    def test_strange_filters_of_a_dashboard_do_no_harm(self, api, url, team):
        insight = InsightFactory(team=team, query=WRAPPED_SQL)
        dashboard = DashboardFactory(team=team, filters={"properties": 5})
        InsightTileFactory(dashboard=dashboard, insight=insight)

        assert api().get(url(f"insights/{insight.pk}/?from_dashboard={dashboard.pk}")).status_code == 200


class TestRights:
    def test_the_strictest_dashboard_speaks_and_one_that_may_be_edited_is_enough(self, api, url, team, alice, bob):
        insight = InsightFactory(team=team)
        InsightTileFactory(insight=insight, dashboard=DashboardFactory(team=team, restriction_level=37))

        answer = api(user=bob).get(url(f"insights/{insight.pk}/")).json()
        assert (answer["effective_restriction_level"], answer["effective_privilege_level"]) == (37, 21)
        assert answer["user_access_level"] == "editor"

        InsightTileFactory(insight=insight, dashboard=DashboardFactory(team=team))
        answer = api(user=bob).get(url(f"insights/{insight.pk}/")).json()
        assert (answer["effective_restriction_level"], answer["effective_privilege_level"]) == (37, 37)

        answer = api(user=alice).get(url(f"insights/{insight.pk}/")).json()
        assert (answer["effective_privilege_level"], answer["user_access_level"]) == (37, "manager")


@pytest.mark.parametrize("dashboards", [1, 20])
def test_costs_the_same_for_one_dashboard_and_for_twenty(api, url, team, bob, dashboards, django_assert_num_queries):
    insight = InsightFactory(team=team)
    for number in range(dashboards):
        InsightTileFactory(insight=insight, dashboard=DashboardFactory(team=team, restriction_level=37))
        insight.tags.create(team=team, name=f"tag {number}")
    client = api("insight:read", user=bob)
    client.get(url(f"insights/{insight.pk}/"))

    # key with user, project with membership, insight with view and tags, tiles, their dashboards, stored answer
    with django_assert_num_queries(6):
        answer = client.get(url(f"insights/{insight.pk}/")).json()

    assert len(answer["tags"]) == len(answer["dashboards"]) == dashboards


def test_a_stranger_reads_nothing(api, url, insight, charlie):
    assert api(user=charlie).get(url(f"insights/{insight.pk}/")).status_code == 403


def test_a_key_without_the_scope_reads_nothing(api, url, insight):
    assert api("dashboard:write").get(url(f"insights/{insight.pk}/")).status_code == 403


def test_a_legacy_insight_is_shown_and_answered_as_a_query(api, url, team):
    filters = {"insight": "TRENDS", "events": [{"id": "signup"}], "interval": "week"}
    legacy = InsightFactory(team=team, query=None, filters=filters)

    answer = api().get(url(f"insights/{legacy.pk}/?refresh=blocking")).json()

    assert (answer["query"], answer["filters"]) == (trends_of("signup", interval="week"), {})
    assert answer["result"][0]["label"] == "signup"
    legacy.refresh_from_db()
    assert (legacy.query, legacy.filters) == (None, filters)
