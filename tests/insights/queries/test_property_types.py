"""What definitions say of a property decides how its values are compared: insights.md 2.1, through POST /query."""

from datetime import UTC, datetime

import pytest

from common.exceptions import Refusal
from definitions.models import PropertyDefinition
from events.models import Cohort
from insights.queries import run
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)


@pytest.fixture
def define(team):
    def make(name, property_type, kind="event", **keys):
        PropertyDefinition.objects.create(team=team, name=name, type=kind, property_type=property_type, **keys)

    return make


@pytest.fixture
def found(team, store):
    """`found([10, "10.0"], key="x", …)`: the values that the filter finds among these, of one event each."""

    def find(values, **wanted):
        team.events.all().delete()
        team.persons.all().delete()
        store([SampleEvent(str(n), NOW, properties={} if v is None else {"x": v}) for n, v in enumerate(values)])
        query = {"kind": "EventsQuery", "select": ["event"], "properties": [{"key": "x", **wanted}], "after": "all"}
        rows = run({**query, "orderBy": ["event"]}, team=team, now=NOW.replace(hour=16))["results"]
        return [values[int(name)] for (name,) in rows]

    return find


TENS = [10, 10.0, "10", "10.0", 11, "ten", None]


def test_without_a_definition_texts_are_compared(found):
    assert found(TENS, value=10) == [10, "10"]
    assert found(TENS, value="10.0") == [10.0, "10.0"]


@pytest.mark.parametrize("value", [10, 10.0, "10", "10.0", " 1e1 "])
def test_numbers_are_compared_as_numbers(define, found, value):
    define("x", "Numeric")

    assert found(TENS, value=value) == [10, 10.0, "10", "10.0"]
    assert found(TENS, value=[value, 11], operator="in") == [10, 10.0, "10", "10.0", 11]
    assert found(TENS, value=value, operator="is_not") == [11, "ten", None]
    assert found(TENS, value=[value, 11], operator="not_in") == ["ten", None]


def test_a_text_is_found_even_among_numbers(define, found):
    define("x", "Numeric")

    assert found(TENS, value=["ten", 11]) == [11, "ten"]


def test_numbers_are_ordered_as_numbers(define, found):
    define("x", "Numeric")

    assert found([9, "10", "abc", None], operator="gt", value="9") == ["10"]


def test_true_and_false_however_they_are_written(define, found):
    values = [True, "true", "TRUE", False, "false", 1, None]
    assert found(values, value=True) == [True, "true"]

    define("x", "Boolean")

    for value in (True, "true", "True", [True]):
        assert found(values, value=value) == [True, "true", "TRUE"]
        assert found(values, value=value, operator="is_not") == [False, "false", 1, None]
    assert found(values, value=["true", "false"]) == [True, "true", "TRUE", False, "false"]


DATES = ["2024-01-05", "2024-01-05T10:00:00+02:00", "2024-01-05 09:00", 1704448800, "soon", None]


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("gt", "2024-01-05", DATES[1:4]),
        ("gte", "2024-01-05", DATES[:4]),
        ("lt", "2024-01-05T08:30:00Z", DATES[:2]),
        ("lte", "2024-01-05 08:00", DATES[:2]),
        ("gt", 1704445200, [DATES[3]]),
        ("gt", 1704445200000, [DATES[3]]),
        ("lt", "-5d", DATES[:4]),
        ("lt", ["2023-01-01", "2024-01-05T08:30:00Z"], DATES[:2]),
    ],
)
def test_times_are_ordered_as_times(define, found, operator, value, expected):
    define("x", "DateTime")

    assert found(DATES, operator=operator, value=value) == expected


@pytest.mark.parametrize("value", ["soon", True, "2024-13-40"])
def test_what_a_time_is_compared_with_must_be_one(define, found, value):
    define("x", "DateTime")

    with pytest.raises(Refusal, match="needs a date|Invalid date"):
        found(DATES, operator="gt", value=value)


def test_texts_stay_texts(define, found):
    define("x", "String")

    assert found(TENS, value=10) == [10, "10"]


def test_each_kind_has_its_own_definitions(define, found):
    define("x", "Numeric", kind="person")

    assert found(TENS, value=10) == [10, "10"]


def test_of_persons_and_in_cohorts(team, define, store):
    define("size", "Numeric", kind="person")
    store([SampleEvent("a", NOW, n) for n in (1, 2)], [SamplePerson(1, {"size": "10.0"}), SamplePerson(2, {"size": 9})])
    big = {"type": "person", "key": "size", "value": 10}
    cohort = Cohort.objects.create(team=team, name="Big", filters={"properties": {"type": "AND", "values": [big]}})
    inside = {"type": "cohort", "key": "id", "value": cohort.pk}

    for one in (big, inside):
        query = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": "a"}], "properties": [one]}
        assert run(query, team=team, now=NOW)["results"][0]["count"] == 1


def test_definitions_are_read_once_for_a_question(team, define, store, django_assert_num_queries):
    define("x", "Numeric")
    filters = [{"key": key, "value": 1} for key in ("x", "y")] + [{"type": "person", "key": "x", "value": 1}]
    series = [{"kind": "EventsNode", "event": None, "properties": filters}] * 2
    query = {"kind": "TrendsQuery", "series": series, "properties": filters}

    # savepoint, time limit before, time limit, definitions, two series, time limit again, savepoint
    with django_assert_num_queries(8):
        run(query, team=team, now=NOW)


def test_where_no_type_matters_none_is_read(team, django_assert_num_queries):
    filters = [{"key": "x", "operator": "icontains", "value": "a"}, {"key": "y", "operator": "is_set"}]
    query = {"kind": "TrendsQuery", "series": [{"kind": "EventsNode", "event": None, "properties": filters}]}

    with django_assert_num_queries(6):
        run(query, team=team, now=NOW)
