"""Cohorts in SQL: by id, by name, and as a table."""

import pytest

from common.exceptions import Refusal
from events.clock import clock_of
from events.models import CohortPerson
from insights.queries import run
from tests.factories.accounts import ProjectFactory
from tests.factories.events import CohortFactory, any_of
from tests.insights.hogql.conftest import NOW

ANNS = any_of({"type": "person", "key": "email", "operator": "icontains", "value": "ann"})


@pytest.fixture
def ask(team, stored):
    """With a clock that knows the project's cohorts."""
    return lambda text: run({"kind": "HogQLQuery", "query": text}, team=team, now=NOW)["results"]


@pytest.fixture
def anns(team):
    return CohortFactory(team=team, name="Anns", filters=ANNS)


@pytest.fixture
def listed(team):
    cohort = CohortFactory(team=team, name="It's listed", is_static=True)
    CohortPerson.objects.bulk_create(CohortPerson(team=team, cohort=cohort, person_number=number) for number in (2, 3))
    return cohort


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("person_id IN COHORT {anns}", 2),
        ("person_id NOT IN COHORT {anns}", 3),
        ("person.id IN COHORT {anns}", 2),
        ("NOT person_id IN COHORT {listed}", 2),
        ("person_id IN COHORT 'Anns'", 2),
        ("person_id IN COHORT 'It\\'s listed' AND event = '$pageview'", 1),
        ("person_id IN COHORT {anns} OR person_id IN COHORT {listed}", 5),
        ("toString(person_id) IN COHORT {anns}", 2),
        ("if(person_id IN COHORT {anns}, 1, 0) = 1", 2),
        ("person_id IN (SELECT person_id FROM cohort_people WHERE cohort_id = {listed})", 3),
        ("person_id NOT IN (SELECT person_id FROM cohort_people)", 0),
    ],
)
def test_events_of_those_who_are_in_it(ask, anns, listed, condition, expected):
    condition = condition.format(anns=anns.pk, listed=listed.pk)

    assert ask(f"SELECT count() FROM events WHERE {condition}") == [[expected]]


def test_persons_who_are_in_it(ask, anns):
    assert ask(f"SELECT properties.email FROM persons WHERE id IN COHORT {anns.pk}") == [["ann@example.com"]]
    counted = "SELECT count() FROM (SELECT person_id AS x FROM events) WHERE x IN COHORT 'Anns'"
    assert ask(counted) == [[2]]


def test_all_of_them_are_a_table(ask, anns, listed):
    rows = ask("SELECT cohort_id, person.properties.email FROM cohort_people ORDER BY 1, 2")

    assert rows == [[anns.pk, "ann@example.com"], [listed.pk, "bob@example.com"], [listed.pk, None]]
    assert ask("SELECT cohort_id, uniq(person_id) FROM cohort_people GROUP BY 1 ORDER BY 1") == [
        [anns.pk, 1],
        [listed.pk, 2],
    ]


def test_without_cohorts_the_table_is_empty(ask):
    assert ask("SELECT * FROM cohort_people") == []


def test_it_may_stand_in_columns_of_events(team, stored, anns):
    query = {"kind": "EventsQuery", "select": ["event"], "where": ["person_id in cohort 'Anns'"], "after": "all"}

    assert len(run(query, team=team, now=NOW)["results"]) == 2


@pytest.mark.parametrize(
    ("right", "message"),
    [
        ("'nope'", "Could not find a cohort with the name 'nope'."),
        ("99999999", "Could not find a cohort with the id 99999999."),
        ("-1", "Could not find a cohort with the id -1."),
        ("1.5", "IN COHORT needs the id or the name of a cohort."),
        ("true", "IN COHORT needs the id or the name of a cohort."),
        ("'Twice'", "Found multiple cohorts with the name 'Twice'."),
    ],
)
def test_a_cohort_that_is_not_there_is_refused(ask, team, right, message):
    CohortFactory.create_batch(2, team=team, name="Twice")

    with pytest.raises(Refusal) as refused:
        ask(f"SELECT 1 FROM events WHERE person_id IN COHORT {right}")

    assert refused.value.detail == message


def test_another_projects_cohorts_are_none(ask, team):
    theirs = CohortFactory(team=ProjectFactory().team, name="Theirs", filters=ANNS)

    assert ask("SELECT count() FROM cohort_people") == [[0]]
    assert clock_of(team).members_of(theirs.pk) is None
    for named in (theirs.pk, "'Theirs'"):
        with pytest.raises(Refusal, match="Could not find a cohort"):
            ask(f"SELECT 1 FROM events WHERE person_id IN COHORT {named}")
