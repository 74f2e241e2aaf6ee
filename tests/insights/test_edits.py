"""A stored answer does not outlive an edit of what its query names."""

from datetime import UTC, datetime, timedelta

import pytest

from definitions.models import PropertyDefinition
from events.models import Action, Cohort
from insights import queries
from insights.models import CachedResult
from insights.queries.dependencies import Reach, reach_of
from insights.queries.freshness import RefreshMode
from insights.results import answer_all
from tests.factories.dashboards import DashboardFactory, InsightTileFactory
from tests.factories.events import ActionFactory, CohortFactory, PersonFactory, all_of
from tests.factories.insights import TRENDS, CachedResultFactory, InsightFactory, trends_of

PAID = {"type": "person", "key": "plan", "value": "paid"}
LONG_AGO = datetime.now(UTC) - timedelta(minutes=5)
BLOCKING, LAZY, CACHED = RefreshMode.BLOCKING, RefreshMode.LAZY_ASYNC, RefreshMode.FORCE_CACHE


def of_action(action) -> dict:
    return {"kind": "TrendsQuery", "series": [{"kind": "ActionsNode", "id": action.pk}]}


def in_cohort(cohort) -> list[dict]:
    return [{"type": "cohort", "key": "id", "value": cohort.pk}]


def of_cohort(cohort) -> dict:
    return trends_of("$pageview", properties=in_cohort(cohort))


@pytest.fixture
def asked(team):
    """`asked(query)`: whether a blocking request computes the answer anew that was stored five minutes ago."""

    def is_computed(query: dict, refresh: RefreshMode = BLOCKING) -> bool:
        [answer] = answer_all([query], team=team, refresh=refresh)
        assert answer.failure is None
        return not answer.is_cached

    return is_computed


@pytest.fixture
def stored(team):
    return lambda query: CachedResultFactory(team=team, query=query, last_refresh=LONG_AGO)


@pytest.fixture
def change(api, url):
    """PATCH as a client does it, with a key that may write everything."""

    def send(path: str, **body) -> None:
        response = api("*").patch(url(path), body)
        assert response.status_code == 200, response.content

    return send


@pytest.mark.parametrize(
    "body",
    [{"steps": [{"event": "paid"}]}, {"name": "Another name"}, {"deleted": True}],
    ids=lambda body: next(iter(body)),
)
def test_an_edit_of_an_action(team, asked, stored, change, body):
    action = ActionFactory(team=team, steps=[{"event": "left"}])
    query = of_action(action)
    stored(query)
    assert not asked(query)

    change(f"actions/{action.pk}/", **body)

    assert not asked(query, CACHED)
    assert asked(query)


@pytest.mark.parametrize(
    "body", [{"filters": all_of(PAID)}, {"name": "Another name"}], ids=lambda body: next(iter(body))
)
def test_an_edit_of_a_cohort(team, asked, stored, change, body):
    cohort = CohortFactory(team=team, filters=all_of({**PAID, "value": "free"}))
    query = of_cohort(cohort)
    stored(query)
    assert not asked(query)

    change(f"cohorts/{cohort.pk}/", **body)

    assert asked(query)


def test_another_person_in_a_list(team, asked, stored, change):
    cohort = CohortFactory(team=team, is_static=True)
    person = PersonFactory(team=team)
    stored(of_cohort(cohort))

    change(f"cohorts/{cohort.pk}/add_persons_to_static_cohort/", person_ids=[str(person.uuid)])
    assert asked(of_cohort(cohort))

    CachedResult.objects.update(last_refresh=datetime.now(UTC) + timedelta(minutes=1))
    assert not asked(of_cohort(cohort))


def test_an_action_that_only_a_cohort_names(team, asked, stored, change):
    action = ActionFactory(team=team, steps=[{"event": "left"}])
    did = {"type": "behavioral", "value": "performed_event", "event_type": "actions", "key": action.pk}
    cohort = CohortFactory(team=team, filters=all_of({**did, "time_value": 7, "time_interval": "day"}))
    stored(of_cohort(cohort))

    change(f"actions/{action.pk}/", steps=[{"event": "paid"}])

    assert asked(of_cohort(cohort))


def test_another_type_of_a_property(team, asked, stored, change):
    definition = PropertyDefinition.objects.create(team=team, name="price")
    query = trends_of("$pageview", properties=[{"key": "price", "operator": "gt", "value": 9}])
    stored(query)
    assert not asked(query)

    change(f"property_definitions/{definition.pk}/", property_type="Numeric")

    assert asked(query)


def test_what_names_nothing_of_the_kind_stays(team, asked, stored, change):
    action = ActionFactory(team=team, steps=[])
    stored(TRENDS)

    change(f"actions/{action.pk}/", steps=[{"event": "paid"}])

    assert not asked(TRENDS)


def test_edits_of_another_project_stay_there(team, asked, stored):
    ours, theirs = ActionFactory(team=team), ActionFactory()
    stored(of_action(ours))
    Action.objects.filter(pk=theirs.pk).update(changed_at=datetime.now(UTC))

    assert not asked(of_action(ours))


def test_even_an_answer_that_is_settled(team, asked, stored):
    cohort = CohortFactory(team=team, changed_at=datetime.now(UTC))
    row = stored(of_cohort(cohort))
    row.response["resolved_date_range"] = {"date_to": "2024-01-01T00:00:00+00:00"}
    row.save()

    assert asked(of_cohort(cohort))


def test_an_answer_that_was_begun_while_the_edit_was_written(team, asked):
    cohort = CohortFactory(team=team, changed_at=datetime.now(UTC))
    CachedResultFactory(team=team, query=of_cohort(cohort))

    assert asked(of_cohort(cohort))


def test_a_dashboards_filter_names_the_cohort(api, url, team, change):
    cohort = CohortFactory(team=team, filters=all_of(PAID))
    dashboard = DashboardFactory(team=team, filters={"properties": in_cohort(cohort)})
    insight = InsightFactory(team=team, query=trends_of("$pageview"))
    InsightTileFactory(dashboard=dashboard, insight=insight)
    path = f"{url(f'insights/{insight.pk}/')}?from_dashboard={dashboard.pk}&refresh=blocking"
    first = api("insight:read").get(path).json()
    CachedResult.objects.update(last_refresh=LONG_AGO)
    assert api("insight:read").get(path).json()["is_cached"]

    change(f"cohorts/{cohort.pk}/", filters=all_of({**PAID, "value": "free"}))
    second = api("insight:read").get(path).json()

    assert not second["is_cached"]
    assert second["filters_hash"] == first["filters_hash"]


def test_later_answers_are_ordered_too(api, url, team, work):
    cohort = CohortFactory(team=team, changed_at=datetime.now(UTC))
    CachedResultFactory(team=team, query=of_cohort(cohort), last_refresh=LONG_AGO)

    response = api("query:read").post(url("query/"), {"query": of_cohort(cohort), "refresh": "async"})

    assert response.status_code == 202
    assert response.json()["query_status"]["complete"] is False


@pytest.mark.parametrize("rows", [1, 20])
def test_one_statement_more_however_many_ask(team, rows, django_assert_num_queries):
    cohort = CohortFactory(team=team)
    asked = [trends_of(f"event {number}", properties=in_cohort(cohort)) for number in range(rows)]
    for query in asked:
        CachedResultFactory(team=team, query=query)

    with django_assert_num_queries(2):
        assert all(answer.is_cached for answer in answer_all(asked, team=team, refresh=BLOCKING))


FILTER = {"key": "price", "value": 1}


@pytest.mark.parametrize(
    ("query", "reach"),
    [
        (TRENDS, Reach.NOTHING),
        (trends_of("a", properties=[FILTER]), Reach.PROPERTY_TYPES),
        (
            trends_of("a", properties={"type": "AND", "values": [{"type": "OR", "values": [FILTER]}]}),
            Reach.PROPERTY_TYPES,
        ),
        (trends_of("a", properties=[{"type": "hogql", "key": "1"}]), Reach.ACTIONS_AND_COHORTS),
        (trends_of("a", breakdownFilter={"breakdown_type": "cohort", "breakdown": [1]}), Reach.ACTIONS_AND_COHORTS),
        (
            trends_of("a", breakdownFilter={"breakdowns": [{"type": "cohort", "property": 1}]}),
            Reach.ACTIONS_AND_COHORTS,
        ),
        ({"kind": "FunnelsQuery", "funnelsFilter": {"exclusions": [{"kind": "ActionsNode", "id": 1}]}}, 2),
        ({"kind": "RetentionQuery", "retentionFilter": {"targetEntity": {"type": "actions", "id": 1}}}, 2),
        ({"kind": "HogQLQuery", "query": "select 1"}, Reach.ACTIONS_AND_COHORTS),
        ({"kind": "EventsQuery", "select": ["*"], "actionId": 1}, Reach.ACTIONS_AND_COHORTS),
        ({"kind": "PersonsNode", "cohort": 1}, Reach.ACTIONS_AND_COHORTS),
        ({**TRENDS, "breakdownFilter": {"breakdown": "event", "breakdown_type": "event_metadata"}}, 2),
    ],
)
def test_how_far_a_query_reaches(team, query, reach):
    assert reach_of(query, team=team) == reach


def test_the_filters_of_test_accounts_reach_as_far_as_they_are_used(team):
    team.test_account_filters = in_cohort(CohortFactory(team=team))

    assert reach_of(TRENDS, team=team) == Reach.NOTHING
    assert reach_of({**TRENDS, "filterTestAccounts": True}, team=team) == Reach.ACTIONS_AND_COHORTS


def test_new_ones_are_no_edits(create_both, team):
    assert not Action.objects.exclude(changed_at=None).exists()
    assert not Cohort.objects.exclude(changed_at=None).exists()


@pytest.fixture
def create_both(api, url):
    assert api("*").post(url("actions/"), {"name": "Paid", "steps": [{"event": "paid"}]}).status_code == 201
    assert api("*").post(url("cohorts/"), {"name": "Paying", "filters": all_of(PAID)}).status_code == 201


def test_zone_and_first_day_of_the_week_are_part_of_the_key(team):
    keys = {queries.cache_key(TRENDS, team=team)}
    team.timezone = "Europe/Berlin"
    keys.add(queries.cache_key(TRENDS, team=team))
    team.week_start_day = 1
    keys.add(queries.cache_key(TRENDS, team=team))

    assert len(keys) == 3
