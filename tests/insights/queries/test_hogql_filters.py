"""Property filters that are expressions: wherever filters stand, whatever the expression reads."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from common.exceptions import Refusal
from events.models import Action
from insights.queries import run
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

NOW = datetime(2024, 1, 10, 15, 30, tzinfo=UTC)
ANN, BEA = SamplePerson(1, {"email": "ann@example.com"}), SamplePerson(2, {"email": "bea@other.org"})
OF_EXAMPLE = "person.properties.email ilike '%example.com'"
LONG_SESSION = "session.$session_duration > 60"


def hogql(text):
    return {"type": "hogql", "key": text}


def seen(event, person=1, hours=1, **properties):
    return SampleEvent(event, NOW - timedelta(hours=hours), person=person, properties=properties)


@pytest.fixture
def ask(team):
    return lambda query: run(query, team=team, now=NOW)["results"]


@pytest.fixture
def counted(ask):
    """How many events a trends query with these properties counts."""

    def count(properties=None, *, node=None, **keys):
        series = [node or {"kind": "EventsNode", "event": None}]
        return ask({"kind": "TrendsQuery", "series": series, "properties": properties or [], **keys})[0]["count"]

    return count


@pytest.fixture
def stored(store):
    store(
        [
            seen("a", 1, price=3, **{"$session_id": "s1"}),
            seen("a", 2, price=10),
            seen("b", 2, hours=2, price="x", plan={"name": "pro"}),
            seen("b", 1, hours=0.6, **{"$session_id": "s1"}),
        ],
        [ANN, BEA],
    )


@pytest.mark.usefixtures("stored")
class TestWhatTheyRead:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("event = 'a'", 2),
            ("toFloat(properties.price) > 5", 1),
            ("toFloat(properties.price)", 2),
            ("properties.plan.name = 'pro'", 1),
            ("true", 4),
            ("null", 0),
            ("event = 'a' or properties.price = 'x'", 3),
            ("not properties.price = '3'", 3),
            ("properties.missing != 'x'", 4),
            ("'; -- %s %% {' != event", 4),
            ("event = '%(a)s' or event like '%a%'", 2),
            ("person_id in (select person_id from events where event = 'b' and properties.price = 'x')", 2),
            ("event in ('a', 'c') and timestamp < now()", 2),
        ],
    )
    def test_the_event(self, counted, text, expected):
        assert counted([hogql(text)]) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (OF_EXAMPLE, 2),
            (f"not ({OF_EXAMPLE})", 2),
            ("person.properties.missing != 'x'", 4),
            (f"event = 'a' and {OF_EXAMPLE}", 1),
            (f"event = 'a' or {OF_EXAMPLE}", 3),
            ("concat(event, person.properties.email) = 'aann@example.com'", 1),
        ],
    )
    def test_the_person(self, counted, text, expected):
        assert counted([hogql(text)]) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (LONG_SESSION, 2),
            (f"not ({LONG_SESSION})", 2),
            ("session.$session_duration is null", 2),
            (f"event = 'b' and {LONG_SESSION}", 1),
            ("session.$start_timestamp = timestamp", 1),
            (f"if(event = 'b', {LONG_SESSION}, {OF_EXAMPLE})", 2),
        ],
    )
    def test_the_session(self, counted, text, expected):
        assert counted([hogql(text)]) == expected

    def test_beside_filters_that_join_persons_themselves(self, counted):
        plain = {"type": "person", "key": "email", "operator": "icontains", "value": "@"}

        assert counted([hogql(OF_EXAMPLE), plain]) == 2
        assert counted({"type": "OR", "values": [hogql(OF_EXAMPLE), {**plain, "value": "other"}]}) == 4

    def test_beneath_groups(self, counted):
        neither = {"type": "AND", "values": [hogql("event = 'b'"), hogql(OF_EXAMPLE)]}

        assert counted({"type": "OR", "values": [neither, hogql("properties.price = 'x'")]}) == 2


@pytest.mark.usefixtures("stored")
class TestWhereTheyStand:
    def test_on_a_series(self, counted):
        assert counted(node={"kind": "EventsNode", "event": "a", "properties": [hogql(OF_EXAMPLE)]}) == 1

    def test_among_the_projects_test_accounts(self, team, counted):
        team.test_account_filters = [hogql("person.properties.email not like '%@other.org'")]

        assert counted(filterTestAccounts=True) == 2
        assert counted(filterTestAccounts=False) == 4

    def test_in_steps_of_actions(self, team, counted):
        action = Action.objects.create(team=team, name="x", steps=[{"event": "b", "properties": [hogql(OF_EXAMPLE)]}])

        assert counted(node={"kind": "ActionsNode", "id": action.pk}) == 1

    def test_in_funnels_and_their_exclusions(self, ask):
        def reached(**asked):
            steps = [{"kind": "EventsNode", "event": name} for name in ("a", "b")]
            steps[0]["properties"] = [hogql("toFloat(properties.price) < 5")]
            answer = ask({"kind": "FunnelsQuery", "series": steps, "funnelsFilter": asked})
            return [step["count"] for step in answer]

        spoiler = {"kind": "EventsNode", "event": None, "funnelFromStep": 0, "funnelToStep": 1}

        assert reached() == [1, 1]
        assert reached(exclusions=[{**spoiler, "properties": [hogql("event = 'c'")]}]) == [1, 1]

    @pytest.mark.parametrize("kind", ["StickinessQuery", "LifecycleQuery", "RetentionQuery", "PathsQuery"])
    def test_in_every_kind_of_insight(self, ask, kind):
        own = {
            "RetentionQuery": {"retentionFilter": {"targetEntity": {"id": None}, "returningEntity": {"id": None}}},
            "PathsQuery": {"pathsFilter": {}},
        }
        asked = own.get(kind, {"series": [{"kind": "EventsNode", "event": None}]})

        def results(text):
            return ask({"kind": kind, **asked, "properties": [hogql(text)]})

        assert results("true") == ask({"kind": kind, **asked})
        assert results(f"{OF_EXAMPLE} or {LONG_SESSION}") != results("false")

    def test_in_tables_of_events(self, ask):
        query = {"kind": "EventsQuery", "select": ["event"], "properties": [hogql(f"{OF_EXAMPLE} and event = 'b'")]}

        assert ask(query) == [["b"]]

    def test_in_sql(self, ask):
        query = {
            "kind": "HogQLQuery",
            "query": "select event from events where {filters} order by timestamp",
            "filters": {"properties": [hogql(f"{OF_EXAMPLE} or {LONG_SESSION}")]},
        }

        assert ask(query) == [["a"], ["b"]]

    @pytest.mark.parametrize("query", [{"kind": "ActorsQuery", "select": ["id"]}, {"kind": "PersonsNode"}])
    def test_in_tables_of_persons_they_are_about_persons(self, ask, query):
        assert len(ask({**query, "properties": [hogql("properties.email like '%example.com'")]})) == 1
        assert len(ask({**query, "properties": [hogql("pdi.distinct_id = 'nobody'")]})) == 0
        with pytest.raises(Refusal, match=r"properties\.0: Unable to resolve field: event"):
            ask({**query, "properties": [hogql("event = 'a'")]})


@pytest.mark.usefixtures("stored")
class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("nonsense = 1", r"properties\.0: Unable to resolve field: nonsense"),
            ("frobnicate(event)", r"properties\.0: Unsupported function call 'frobnicate\(\.\.\.\)'"),
            ("count() > 1", r"properties\.0: Aggregates cannot stand in a condition"),
            ("event", r"properties\.0: A condition must be true or false"),
            ("event = ", r"properties\.0: "),
            ("", r"properties\.0: The query is empty"),
            ("event = 'a' and {filters}", r"properties\.0: Unresolved placeholder: {filters}"),
            ("event = {variables.x}", r"properties\.0: Variable x is missing"),
            ("arrayJoin([true, false])", r"properties\.0: arrayJoin cannot stand here"),
            ("(" * 60 + "true" + ")" * 60, r"properties\.0: Query is too complex"),
            ("event = 'a' and " * 1000 + "true", r"properties\.0: Query is too complex"),
        ],
    )
    def test_name_the_place_and_what_is_wrong(self, counted, text, says):
        with pytest.raises(Refusal, match=says):
            counted([hogql(text)])

    @pytest.mark.parametrize(("path", "scope"), [("persons/", "person:read"), ("cohorts/", "cohort:write")])
    def test_come_by_name_where_nobody_reads_expressions(self, api, url, path, scope):
        one = hogql("true")
        deed = {"type": "behavioral", "value": "performed_event", "key": "a", "event_type": "events"}
        deed |= {"time_value": 1, "time_interval": "day", "event_filters": [one]}
        filters = {"properties": {"type": "AND", "values": [deed]}}

        if path == "persons/":
            response = api(scope).get(url(path), {"properties": json.dumps([one])})
        else:
            response = api(scope).post(url(path), {"name": "x", "filters": filters})

        assert response.status_code == 400
        assert "a property filter of type hogql is not supported here" in response.json()["detail"]

    def test_what_postgres_finds_wrong_is_put_into_words(self, counted):
        with pytest.raises(Refusal, match="A window function cannot stand here"):
            counted([hogql("row_number() over () > 1")])

    def test_the_place_of_a_series(self, counted):
        with pytest.raises(Refusal, match=r"series\.0\.properties\.1: Unable to resolve field: x"):
            counted(node={"kind": "EventsNode", "event": "a", "properties": [{}, hogql("x")]})
