"""Actions and cohorts: the SQL against evaluators that ask of every event and every person."""

from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from events.clock import clock_of
from events.filtering.compiler import members_sql
from events.models import Action, Cohort
from insights.queries import run
from insights.queries.database import fetch_rows
from tests.factories.events import ActionFactory, CohortFactory
from tests.insights.queries import strategies as ours
from tests.insights.queries.conftest import put_events, put_persons
from tests.insights.queries.differential import NOW, differential
from tests.insights.queries.reference.definitions import Society, is_action
from tests.insights.queries.reference.samples import SampleEvent

NAMES = ["$pageview", "signed up"]
events = st.lists(
    st.builds(
        SampleEvent,
        event=st.sampled_from(NAMES),
        timestamp=ours.instants,
        person=st.integers(1, 5),
        properties=st.builds(
            lambda found, url: found if url is None else {**found, "$current_url": url},
            ours.properties,
            st.sampled_from([None, *ours.URLS]),
        ),
    ),
    max_size=30,
)
steps = st.lists(
    st.fixed_dictionaries(
        {
            "event": st.sampled_from([None, *NAMES]),
            "url": st.sampled_from([None, "/", "/B", "x.io", "a$"]),
            "url_matching": st.sampled_from(["contains", "exact", "regex"]),
            "properties": ours.filter_lists,
        }
    ),
    max_size=3,
)


@st.composite
def behaviours(draw):
    interval = st.sampled_from(["hour", "day", "week", "month"])
    total = draw(st.integers(1, 6))
    return {
        "type": "behavioral",
        "value": draw(
            st.sampled_from(
                [
                    "performed_event",
                    "performed_event_multiple",
                    "performed_event_first_time",
                    "performed_event_regularly",
                    "performed_event_sequence",
                    "stopped_performing_event",
                    "restarted_performing_event",
                ]
            )
        ),
        **draw(
            st.sampled_from([*({"event_type": "events", "key": name} for name in NAMES), {"event_type": "actions"}])
        ),
        "time_value": draw(st.integers(1, 8)),
        "time_interval": draw(interval),
        "operator": draw(st.sampled_from(["exact", "gte", "lte", "gt", "lt"])),
        "operator_value": draw(st.integers(1, 3)),
        "event_filters": draw(ours.filter_lists),
        "seq_event": draw(st.sampled_from(NAMES)),
        "seq_event_type": "events",
        "seq_time_value": draw(st.integers(1, 8)),
        "seq_time_interval": draw(interval),
        "min_periods": draw(st.integers(1, total)),
        "total_periods": total,
        "negation": draw(st.booleans()),
    }


traits = st.fixed_dictionaries(
    {
        "type": st.just("person"),
        "key": st.sampled_from(ours.KEYS),
        "operator": st.sampled_from(["exact", "is_not", "icontains", "is_set", "is_not_set"]),
        "value": ours.texts,
        "negation": st.booleans(),
    }
)
another = st.fixed_dictionaries({"type": st.just("cohort"), "key": st.just("id"), "negation": st.booleans()})


def groups_of(parts):
    return st.fixed_dictionaries({"type": st.sampled_from(["AND", "OR"]), "values": st.lists(parts, max_size=3)})


criteria = groups_of(st.one_of(behaviours(), behaviours(), traits, another, groups_of(st.one_of(behaviours(), traits))))
inner_criteria = groups_of(st.one_of(behaviours(), traits))


def naming(part, action, cohort):
    """The same criteria, with ids where they name something."""
    if "values" in part:
        return {**part, "values": [naming(one, action, cohort) for one in part["values"]]}
    if part["type"] == "cohort":
        return {**part, "value": cohort.pk}
    return {**part, "key": action.pk} if part.get("event_type") == "actions" else part


@given(steps=steps, events=events, persons=ours.persons, zone=ours.zones)
@differential
def test_the_same_actions(team, months, steps, events, persons, zone):
    team.timezone = zone.key
    expected = sum(is_action(steps, event, persons.get(event.person, {}), zone) for event in events)

    with transaction.atomic():
        put_persons(team, events, ours.as_persons(persons))
        put_events(team, events)
        action = ActionFactory(team=team, steps=steps)
        query = {
            "kind": "TrendsQuery",
            "series": [{"kind": "ActionsNode", "id": action.pk}],
            "dateRange": ours.all_of_it,
        }
        [series] = run(query, team=team, now=NOW)["results"]
        transaction.set_rollback(True)

    assert series["count"] == expected


@given(criteria=criteria, inner=inner_criteria, steps=steps, events=events, persons=ours.persons, zone=ours.zones)
@differential
def test_the_same_members(team, months, criteria, inner, steps, events, persons, zone):
    team.timezone = zone.key
    with transaction.atomic():
        put_persons(team, events, ours.as_persons(persons))
        put_events(team, events)
        action = ActionFactory(team=team, steps=steps)
        other = CohortFactory(team=team, filters={"properties": naming(inner, action, None)})
        asked = naming(criteria, action, other)
        cohort = CohortFactory(team=team, filters={"properties": asked})
        found = {number for (number,) in fetch_rows(members_sql(cohort.members, clock=clock_of(team, NOW)))}
        transaction.set_rollback(True)

    society = Society(events, persons, {action.pk: steps}, {other.pk: naming(inner, action, None)}, zone=zone, now=NOW)
    assert found == society.members(asked)
    assert not Action.objects.exists()
    assert not Cohort.objects.exists()
