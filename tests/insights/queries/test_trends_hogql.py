"""Expressions of HogQL in trends: as maths and as breakdowns; sessions and groups, which are reached by them."""

from datetime import UTC, datetime, timedelta

import pytest

from common.exceptions import Refusal
from insights.queries import run
from tests.factories.accounts import ProjectFactory
from tests.factories.definitions import PropertyDefinitionFactory
from tests.factories.events import GroupFactory
from tests.insights.queries.conftest import put_events, put_persons
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
NULL, OTHER = "$$_posthog_breakdown_null_$$", "$$_posthog_breakdown_other_$$"


def node(event="bought", **keys):
    return {"kind": "EventsNode", "event": event, **keys}


@pytest.fixture
def ask(team):
    def asked(*series, **query):
        return run({"kind": "TrendsQuery", "series": list(series), **query}, team=team, now=NOW)["results"]

    return asked


@pytest.fixture
def total(ask):
    """The only number of an expression."""

    def asked(text, **query):
        [result] = ask(node(math="hogql", math_hogql=text), trendsFilter={"display": "ActionsTable"}, **query)
        return result["aggregated_value"]

    return asked


def bought(*bags, at=NOW, event="bought"):
    return [SampleEvent(event, at, person=number, properties=bag) for number, bag in enumerate(bags, 1)]


def by(*keys, kind="hogql", **rest):
    return {"breakdowns": [{"property": key, "type": kind, **rest} for key in keys]}


def values(results):
    return [(one["breakdown_value"], one["count"]) for one in results]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sum(properties.price)", 60),
        ("avg(toFloat(properties.price))", 20),
        ("uniq(person_id)", 3),
        ("count() / uniq(distinct_id)", 4 / 3),
        ("countIf(properties.plan = 'paid')", 2),
        ("uniq(person.properties.team)", 2),
        ("max(toInt(properties.price)) - min(toInt(properties.price))", 20),
        ("sum(properties.missing)", 0),
        ("sum(toFloat(properties.price)) / 0", 0),
        ("median(toFloat(properties.price)) -- the middle", 20),
    ],
)
def test_an_expression_makes_one_number_of_many_events(total, store, text, value):
    store(
        [
            *bought({"price": 10, "plan": "paid"}, {"price": 20, "plan": "paid"}, {"price": "30"}),
            SampleEvent("bought", NOW, person=1, properties={"price": "dear"}),
        ],
        [SamplePerson(1, {"team": "a"}), SamplePerson(2, {"team": "b"}), SamplePerson(3, {"team": "a"})],
    )

    assert total(text) == pytest.approx(value)


def test_an_expression_over_time_compared_and_added_up(ask, store):
    series = node(math="hogql", math_hogql="sum(toFloat(properties.price))")
    store([SampleEvent("bought", NOW - timedelta(days=days), properties={"price": days + 1}) for days in range(10)])

    current, previous = ask(series, compareFilter={"compare": True})
    [cumulative] = ask(series, trendsFilter={"display": "ActionsLineGraphCumulative"})

    assert current["data"] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert previous["data"] == [0, 0, 0, 0, 0, 10, 9, 8]
    assert cumulative["data"] == [8, 15, 21, 26, 30, 33, 35, 36]
    assert current["action"]["math_hogql"] == "sum(toFloat(properties.price))"


def test_an_expression_is_ranked_by_its_own_numbers(ask, store):
    store(
        bought({"plan": "free", "price": 1}, {"plan": "free", "price": 1}, {"plan": "paid", "price": 9}, {"price": 5}),
    )
    asked = {"breakdown": "plan", "breakdown_limit": 1}

    results = ask(node(math="hogql", math_hogql="max(toFloat(properties.price))"), breakdownFilter=asked)

    assert values(results) == [("paid", 9), (OTHER, 5)]


def test_an_expression_beside_filters_and_breakdowns_by_persons(ask, store):
    """All three read the table of persons, each in its own way."""
    store(bought({}, {}, {}), [SamplePerson(number, {"plan": "paid", "age": number}) for number in (1, 2)])
    series = node(math="hogql", math_hogql="sum(toFloat(person.properties.age))")
    paid = [{"type": "person", "key": "plan", "value": "paid"}]

    for asked in ({"breakdown": "plan", "breakdown_type": "person"}, by("person.properties.plan")):
        [result] = ask(series, properties=paid, breakdownFilter=asked)
        assert result["count"] == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "series.0.math_hogql: required with the math hogql."),
        ("properties.price", "series.0.math_hogql: 'properties.price' must be an aggregate"),
        ("any(properties.price)", "series.0.math_hogql: must give a number, not a text."),
        ("max(timestamp)", "series.0.math_hogql: must give a number, not a time."),
        ("sum(", "series.0.math_hogql: "),
        ("nonsense(1)", "series.0.math_hogql: "),
        ("count(nowhere)", "series.0.math_hogql: Unable to resolve field: nowhere"),
        ("count() + toInt(properties.price)", "Every column must be aggregated"),
        ("sum(count())", "Every column must be aggregated"),
    ],
)
@pytest.mark.parametrize("breakdown", [{}, {"breakdownFilter": {"breakdown": "plan"}}])
def test_what_is_no_aggregate_is_refused_with_its_place(total, store, text, words, breakdown):
    store(bought({"price": 1, "plan": "x"}))

    with pytest.raises(Refusal) as refusal:
        total(text, **breakdown)

    assert refusal.value.detail.startswith(words)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("properties.plan", [("paid", 2), (NULL, 2)]),
        ("upper(properties.plan)", [("PAID", 2), (NULL, 2)]),
        ("person.properties.team", [("a", 2), ("b", 1), (NULL, 1)]),
        ("toInt(properties.price) > 15", [("false", 2), ("true", 2)]),
        ("if(properties.plan = 'paid', 'yes', '')", [("yes", 2), (NULL, 2)]),
        ("length(coalesce(properties.plan, 'x'))", [("1", 2), ("4", 2)]),
        ("formatDateTime(timestamp, '%Y')", [("2024", 4)]),
        ("'%s {} %% ''x'' -- y'", [("%s {} %% 'x' -- y", 4)]),
    ],
)
def test_an_expression_breaks_events_down(ask, store, text, expected):
    store(
        bought({"price": 10, "plan": "paid"}, {"price": 20, "plan": "paid"}, {"price": "30"}, {}),
        [SamplePerson(1, {"team": "a"}), SamplePerson(2, {"team": "b"}), SamplePerson(3, {"team": "a"})],
    )

    old = ask(node(), breakdownFilter={"breakdown": text, "breakdown_type": "hogql"})
    new = ask(node(math="dau"), breakdownFilter=by(text))

    assert values(old) == expected
    assert values(new) == [([value], count) for value, count in expected]


def test_numbers_of_an_expression_go_into_bins(ask, store):
    store(bought(*({"price": price} for price in (0, 4, 5, "10", "dear")), {}))

    results = ask(node(), breakdownFilter=by("toFloat(properties.price) * 2", histogram_bin_count=2))

    assert values(results) == [(["[0,10]"], 2), (["[10,20.01]"], 2), ([NULL], 2)]


def test_a_number_of_defined_type_looks_like_a_number(ask, store, team):
    PropertyDefinitionFactory(team=team, name="price", property_type="Numeric")
    store(bought({"price": "10.0"}, {"price": 10}))

    assert values(ask(node(), breakdownFilter=by("properties.price"))) == [(["10"], 2)]


def test_fields_of_events_break_them_down(ask, store):
    store(bought({}, {}) + bought({}, event="sold"))

    def found(key, **query):
        asked = {"breakdown": key, "breakdown_type": "event_metadata"}
        return values(ask(node(None), breakdownFilter=asked, **query))

    assert found("event") == [("bought", 2), ("sold", 1)]
    assert found("distinct_id") == [("person-1", 2), ("person-2", 1)]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (by("count()"), "breakdownFilter.breakdowns.0: an aggregate cannot break down events."),
        (by("nowhere"), "breakdownFilter.breakdowns.0: Unable to resolve field: nowhere"),
        ({"breakdown": "sum(", "breakdown_type": "hogql"}, "breakdownFilter.breakdown: "),
        (by("arrayJoin([1, 2])"), "breakdownFilter.breakdowns.0: arrayJoin cannot stand here."),
        (by("$nothing", kind="session"), "breakdownFilter.breakdowns.0: sessions have no property '$nothing'."),
        (by("person", kind="session"), "breakdownFilter.breakdowns.0: sessions have no property 'person'."),
        (by("name", kind="group"), "breakdownFilter.breakdowns.0.group_type_index: must be between 0 and 4."),
        (
            {"breakdown": "name", "breakdown_type": "group", "breakdown_group_type_index": 9},
            "breakdownFilter.breakdown_group_type_index: must be between 0 and 4.",
        ),
    ],
)
def test_what_breaks_nothing_down_is_refused_with_its_place(ask, asked, words):
    with pytest.raises(Refusal) as refusal:
        ask(node(), breakdownFilter=asked)

    assert refusal.value.detail.startswith(words)


SESSIONS = [
    SampleEvent("bought", NOW - timedelta(seconds=300), properties={"$session_id": "s1", "$current_url": "/a"}),
    SampleEvent("bought", NOW - timedelta(seconds=200), properties={"$session_id": "s1", "$current_url": "/b"}),
    SampleEvent("other", NOW, properties={"$session_id": "s1"}),
    SampleEvent("bought", NOW - timedelta(days=1), person=2, properties={"$session_id": "s2", "$current_url": "/b"}),
    SampleEvent("other", NOW - timedelta(days=1) + timedelta(seconds=60), person=2, properties={"$session_id": "s2"}),
    SampleEvent("bought", NOW, person=3),
]


def test_sessions_break_events_down(ask, store):
    store(SESSIONS)

    def found(key, **rest):
        return values(ask(node(), breakdownFilter=by(key, kind="session", **rest)))

    assert found("$session_duration") == [(["300"], 2), (["60"], 1), ([NULL], 1)]
    assert found("$session_duration", histogram_bin_count=2) == [(["[180,300.01]"], 2), (["[60,180]"], 1), ([NULL], 1)]
    assert found("$entry_current_url") == [(["/a"], 2), (["/b"], 1), ([NULL], 1)]


@pytest.mark.parametrize(("math", "value"), [("avg", 180), ("sum", 360), ("max", 300), ("median", 180)])
@pytest.mark.parametrize("kind", ["session_properties", "event_properties"])
def test_each_session_counts_once_in_maths_over_sessions(ask, store, math, value, kind):
    """The duration is known to be that of the session, whatever is said of its type."""
    store(SESSIONS)
    series = node(math=math, math_property="$session_duration", math_property_type=kind)

    [total] = ask(series, trendsFilter={"display": "BoldNumber"})
    [daily] = ask(series)

    assert total["aggregated_value"] == value
    assert daily["data"] == [0, 0, 0, 0, 0, 0, 60, 300]
    assert values(ask(series, breakdownFilter={"breakdown": "$session_id"}))[:2] == [("s1", 300), ("s2", 60)]


def test_groups_break_events_down_by_what_is_known_of_them(ask, store, team):
    store(bought({"$group_0": "acme"}, {"$group_0": "globex"}, {"$group_0": "unknown"}, {}))
    for key, properties in (("acme", {"tier": "gold", "seats": 7}), ("globex", {"tier": "gold", "seats": 9.5})):
        GroupFactory(team=team, group_type_index=0, group_key=key, group_properties=properties)

    old = {"breakdown": "tier", "breakdown_type": "group", "breakdown_group_type_index": 0}
    bins = by("seats", kind="group", group_type_index=0, histogram_bin_count=1)

    assert values(ask(node(), breakdownFilter=old)) == [("gold", 2), (NULL, 2)]
    assert values(ask(node(), breakdownFilter=bins)) == [(["[7,9.51]"], 2), ([NULL], 2)]


def test_all_kinds_of_breakdowns_go_together(ask, store, team):
    store(
        [SampleEvent("bought", NOW, properties={"$group_0": "acme", "$session_id": "s", "a": 1})],
        [SamplePerson(1, {"b": 2})],
    )
    GroupFactory(team=team, group_type_index=0, group_key="acme", group_properties={"c": 3})
    asked = {
        "breakdowns": [
            {"property": "c", "type": "group", "group_type_index": 0},
            {"property": "$session_duration", "type": "session"},
            {"property": "concat(properties.a, person.properties.b)", "type": "hogql"},
        ]
    }
    series = node(math="hogql", math_hogql="uniq(person.id)", properties=[{"type": "person", "key": "b", "value": 2}])

    assert values(ask(series, breakdownFilter=asked)) == [(["3", "0", "12"], 1)]


def test_what_another_project_knows_of_the_same_keys_is_never_read(ask, store, team):
    keys = {"$group_0": "acme", "$session_id": "s"}
    store([SampleEvent("bought", NOW, properties=keys)], [SamplePerson(1, {"plan": "ours"})])
    GroupFactory(team=team, group_key="acme", group_properties={"tier": "ours"})
    elsewhere = ProjectFactory().team
    put_persons(elsewhere, [], [SamplePerson(1, {"plan": "theirs"})])
    put_events(elsewhere, [SampleEvent("bought", NOW - timedelta(hours=1), properties=keys)])
    GroupFactory(team=elsewhere, group_key="acme", group_properties={"tier": "theirs"})

    for asked, value in (
        (by("tier", kind="group", group_type_index=0), "ours"),
        (by("$session_duration", kind="session"), "0"),
        (by("person.properties.plan"), "ours"),
    ):
        assert values(ask(node(), breakdownFilter=asked)) == [([value], 1)]
    plans = "uniq(person.properties.plan)"
    [result] = ask(node(math="hogql", math_hogql=plans), trendsFilter={"display": "BoldNumber"})
    assert result["aggregated_value"] == 1
