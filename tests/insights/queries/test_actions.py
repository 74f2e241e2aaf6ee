"""Actions as series: counted like the events that they mean, and called by their names."""

from datetime import UTC, datetime, timedelta

import pytest

from common.exceptions import Refusal
from insights.queries import run
from tests.factories.events import ActionFactory, CohortFactory, any_of
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 3, 15, 12, tzinfo=UTC)
PRICING = "https://hogflix.com/pricing"
RANGE = {"date_from": "2024-03-14", "date_to": "2024-03-15"}


def event(person: int, name: str, *, days: int = 0, minutes: int = 0, **properties) -> SampleEvent:
    at = NOW - timedelta(days=days, hours=2) + timedelta(minutes=minutes)
    return SampleEvent(name, at, person=person, properties=properties)


@pytest.fixture
def samples(store):
    """Persons 1 and 2 look at prices and pay, 3 looks at something else."""
    store(
        [
            event(1, "$pageview", **{"$current_url": PRICING}),
            event(1, "$pageview", days=1, **{"$current_url": "https://hogflix.com/"}),
            event(2, "$pageview", days=1, **{"$current_url": PRICING}),
            event(3, "$pageview", **{"$current_url": "https://hogflix.com/"}),
            event(1, "hesitated", minutes=2),
            event(1, "paid", minutes=5, plan="big"),
            event(2, "paid", minutes=5, plan="small"),
            event(3, "left"),
        ],
        [SamplePerson(1, {"plan": "paid"})],
    )


@pytest.fixture
def looked(team, samples):
    return ActionFactory(team=team, name="Looked at prices", steps=[{"event": "$pageview", "url": "/pricing"}])


@pytest.fixture
def did(team, samples):
    return ActionFactory(
        team=team, name="Did something", steps=[{"event": "paid"}, {"event": "left"}, {"event": "paid", "url": "x"}]
    )


def node(action, **fields) -> dict:
    return {"kind": "ActionsNode", "id": action.pk, **fields}


def results(team, kind: str, *series: dict, **query):
    asked = {"kind": kind, "series": list(series), "dateRange": RANGE, **query}
    return run(asked, team=team, now=NOW)["results"]


def test_trends_count_the_events_of_an_action(team, looked, did):
    first, second = results(team, "TrendsQuery", node(looked, name="as the client calls it"), node(did, math="dau"))

    assert (first["data"], first["label"]) == ([1, 1], "Looked at prices")
    assert first["action"]["id"] == looked.pk
    assert (first["action"]["type"], first["action"]["name"]) == ("actions", "Looked at prices")
    assert second["data"] == [0, 3]


def test_filters_narrow_an_action(team, did):
    [own] = results(team, "TrendsQuery", node(did, properties=[{"key": "plan", "value": "big"}]))
    [common] = results(team, "TrendsQuery", node(did), properties=[{"type": "person", "key": "plan", "value": "paid"}])

    assert (own["count"], common["count"]) == (1, 1)


def test_first_time_keeps_what_the_action_itself_demands(team, looked):
    [series] = results(team, "TrendsQuery", node(looked, math="first_time_for_user"))

    # The person's first page was another one, but the first one at the prices counts.
    assert series["data"] == [1, 1]


def test_an_action_without_steps_counts_nothing(team, samples):
    [series] = results(team, "TrendsQuery", node(ActionFactory(team=team)))

    assert series["data"] == [0, 0]


def test_a_deleted_action_means_what_it_meant(team, looked):
    looked.deleted = True
    looked.save()

    assert results(team, "TrendsQuery", node(looked))[0]["count"] == 2


def test_an_action_may_stand_in_a_combined_series(team, looked, did):
    group = {"kind": "GroupNode", "operator": "OR", "nodes": [node(looked), {"kind": "EventsNode", "event": "left"}]}

    [series] = results(team, "TrendsQuery", group)

    assert (series["count"], series["label"]) == (3, "Looked at prices, left")


@pytest.mark.parametrize("kind", ["TrendsQuery", "FunnelsQuery", "LifecycleQuery", "StickinessQuery"])
def test_an_action_that_is_not_there_is_refused(team, samples, kind):
    theirs = ActionFactory(steps=[{"event": "paid"}])

    for action_id in (theirs.pk, 10**12, -1):
        with pytest.raises(Refusal, match=f"Action ID {action_id} does not exist!"):
            results(team, kind, {"kind": "ActionsNode", "id": action_id}, {"kind": "EventsNode"})


def test_funnels_take_actions_as_steps(team, looked, did):
    steps = results(team, "FunnelsQuery", node(looked), node(did))

    assert [(step["name"], step["action_id"], step["type"], step["count"]) for step in steps] == [
        ("Looked at prices", looked.pk, "actions", 2),
        ("Did something", did.pk, "actions", 2),
    ]


def test_funnels_take_actions_as_exclusions(team, looked):
    hesitated = ActionFactory(team=team, steps=[{"event": "hesitated"}])
    never = ActionFactory(team=team, steps=[{"event": "never"}])
    paid = {"kind": "EventsNode", "event": "paid"}

    def counts(exclusion) -> list[int]:
        asked = {"exclusions": [{**node(exclusion), "funnelFromStep": 0, "funnelToStep": 1}]}
        steps = results(team, "FunnelsQuery", node(looked), paid, funnelsFilter=asked)
        return [step["count"] for step in steps]

    assert (counts(never), counts(hesitated)) == ([2, 2], [1, 1])
    with pytest.raises(Refusal, match="part of funnel steps"):
        counts(looked)


def test_lifecycle_and_stickiness_take_actions(team, looked, did):
    new = results(team, "LifecycleQuery", node(did))[0]
    [days] = results(team, "StickinessQuery", node(looked))

    assert (new["label"], new["action"]["id"], new["action"]["type"]) == ("Did something - new", did.pk, "actions")
    assert (days["label"], days["data"], days["action"]["type"]) == ("Looked at prices", [2, 0], "actions")


@pytest.mark.parametrize("as_text", [True, False])
def test_retention_takes_actions(team, looked, did, as_text):
    def entity(action) -> dict:
        return {"id": str(action.pk) if as_text else action.pk, "type": "actions"}

    asked = {"totalIntervals": 2, "targetEntity": entity(looked), "returningEntity": entity(did)}
    rows = run(
        {"kind": "RetentionQuery", "retentionFilter": asked, "dateRange": {"date_to": "2024-03-15"}}, team=team, now=NOW
    )["results"]

    assert [[cell["count"] for cell in row["values"]] for row in rows] == [[1, 1], [1, 0]]


def test_tables_of_events_show_those_of_an_action(team, looked):
    def names(**asked) -> list[str]:
        query = {"kind": "EventsQuery", "select": ["event", "properties.$current_url"], "after": "all", **asked}
        return [row[1] for row in run(query, team=team, now=NOW)["results"]]

    assert names(actionId=looked.pk) == [PRICING, PRICING]
    assert (
        names(actionSteps=[{"event": "$pageview", "url": "hogflix.com/$", "url_matching": "regex"}])
        == ["https://hogflix.com/"] * 2
    )


def test_one_statement_finds_all_actions(team, looked, did, django_assert_num_queries):
    # savepoint, time limit before, time limit, actions, two series, time limit again, savepoint
    with django_assert_num_queries(8):
        results(team, "TrendsQuery", node(looked), node(did))


def test_cohorts_narrow_and_divide(team, looked):
    paying = CohortFactory(team=team, name="Paying", filters=any_of({"type": "person", "key": "plan", "value": "paid"}))
    inside = {"type": "cohort", "key": "id", "value": paying.pk}

    [narrowed] = results(team, "TrendsQuery", node(looked), properties=[inside])
    [outside] = results(team, "TrendsQuery", node(looked), properties=[{**inside, "operator": "not_in"}])
    divided = results(
        team,
        "TrendsQuery",
        node(looked),
        breakdownFilter={"breakdown": [paying.pk, "all"], "breakdown_type": "cohort"},
    )

    assert (narrowed["data"], outside["data"]) == ([0, 1], [1, 0])
    assert [(one["breakdown_value"], one["label"], one["data"]) for one in divided] == [
        (paying.pk, "Paying", [0, 1]),
        ("all", "all users", [1, 1]),
    ]
