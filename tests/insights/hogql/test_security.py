"""What a stranger may try: other tables, other projects, other statements, bombs."""

import re

import pytest
from django.db import connection

from common.exceptions import Refusal
from events.filtering.moments import Clock
from insights.queries.hogql.answering import parse_select
from insights.queries.hogql.compiling import compile_tree
from insights.queries.hogql.statements import with_shared_parameters
from tests.factories.accounts import ProjectFactory
from tests.insights.hogql.conftest import NOW, at
from tests.insights.queries.conftest import put_events, put_persons
from tests.insights.queries.reference.samples import SampleEvent, SamplePerson

FORBIDDEN = [
    "SELECT * FROM pg_class",
    "SELECT * FROM pg_catalog.pg_user",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM accounts_user",
    "SELECT * FROM event_uuids",
    "SELECT * FROM system.tables",
    "SELECT * FROM url('http://example.com')",
    'SELECT * FROM `events"; DROP TABLE canary; --`',
    "SELECT pg_sleep(10)",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT current_setting('is_superuser')",
    "SELECT set_config('statement_timeout', '0', false)",
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT dblink('', '')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT version()",
    "SELECT current_user",
    "SELECT team_id FROM events",
    "SELECT e.team_id FROM events e",
    "SELECT prop_browser FROM events",
    "SELECT number FROM persons",
    "SELECT has_profile FROM persons",
    "SELECT events.ctid FROM events",
    "SELECT event::regclass FROM events",
    "SELECT 1; DROP TABLE canary",
    "SELECT 1; SELECT 2",
    "DROP TABLE canary",
    "INSERT INTO canary VALUES (1)",
    "UPDATE events SET event = 'x'",
    "COPY events TO '/tmp/x'",
    "EXPLAIN SELECT 1",
    "SELECT 1 INTO OUTFILE '/tmp/x'",
    "SELECT 1 FROM events SETTINGS max_threads = 1",
    "SELECT $1",
    "SELECT %s",
    "SELECT %(p0)s",
    "",
    "   ",
    "\x00",
    "SELECT '\ud800'",
]
ATTACKS = [
    "'; DROP TABLE canary; --",
    '"; DROP TABLE canary; --',
    "`; DROP TABLE canary; --",
    "' OR 1 = 1 --",
    "') UNION SELECT password FROM accounts_user --",
    "%s %(p0)s %% {0} {team}",
    "$1 $$ $tag$",
    "\\'; SELECT 1; --",
    "*/ DROP TABLE canary /*",
    "a b\nc",
]
PLACES = [
    "SELECT {string} FROM events",
    "SELECT event FROM events WHERE event = {string}",
    "SELECT event FROM events WHERE event LIKE {string}",
    "SELECT event FROM events WHERE event IN ({string}, 'x')",
    "SELECT properties[{string}] FROM events",
    "SELECT person.properties[{string}] FROM events",
    "SELECT JSONExtractString(properties, {string}) FROM events",
    "SELECT splitByChar({string}, event), formatDateTime(now(), {string}) FROM events",
    "SELECT replaceRegexpAll(event, 'a', {string}) FROM events",
    "SELECT toDate({string})",
    "SELECT toTimeZone(now(), {string})",
    "SELECT match(event, {string}) FROM events",
    "SELECT dateTrunc({string}, now())",
    "SELECT cast(event, {string}) FROM events",
    "SELECT event AS {name} FROM events ORDER BY {name}",
    "SELECT {name} FROM events",
    "SELECT {name}.event FROM events AS {name}",
    "SELECT properties.{name} FROM events",
    "SELECT event FROM {name}",
    "SELECT {name}(event) FROM events",
    "SELECT x.{name} FROM (SELECT 1 AS {name}) AS x",
    "WITH {name} AS (SELECT 1 AS {name}) SELECT * FROM {name}",
    "WITH 1 AS {name} SELECT {name}",
    "SELECT arrayMap({name} -> {name}, [1])",
    "SELECT sum(1) OVER {name} FROM events WINDOW {name} AS (ORDER BY event)",
    "SELECT x FROM events ARRAY JOIN [1] AS {name}",
]
BOMBS = [
    "SELECT " + "1 + " * 20_000 + "1",
    "SELECT " + "1+" * 4_000 + "1",
    "SELECT " + "(" * 200 + "1" + ")" * 200,
    "SELECT " + "if(1, " * 45 + "1" + ", 2)" * 45,
    "SELECT " + "NOT " * 2_000 + "1",
    "SELECT " + "-" * 5_000 + "1",
    "SELECT " + "[" * 49 + "]" * 49,
    "SELECT '" + "x" * 20_000 + "'",
    "SELECT 1 AS a0, " + ", ".join(f"a{n} + a{n} AS a{n + 1}" for n in range(40)),
    "WITH q0 AS (SELECT 1 AS x), "
    + ", ".join(f"q{n} AS (SELECT a.x FROM q{n - 1} a CROSS JOIN q{n - 1} b)" for n in range(1, 30))
    + " SELECT count() FROM q29",
    "SELECT " + "substring(" * 20 + "event" + ", -1)" * 20 + " FROM events",
    "SELECT " + "toDateTime(toString(" * 12 + "event" + "))" * 12 + " FROM events",
    "SELECT " + ", ".join("*" for _ in range(2_000)) + " FROM events",
    "SELECT repeat('x', 2000000000)",
    "SELECT range(2000000000)",
    "SELECT number FROM numbers(2000000000)",
    "SELECT 'a' =~ '((a{1,100}){1,100}){1,100}'",
    "SELECT 9223372036854775807 + 1, exp(100000), toDate(99999999999999), now() + INTERVAL 99999999999 YEAR",
]  # fmt: skip


@pytest.fixture
def canary(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE canary (alive int)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM canary")


@pytest.mark.parametrize("text", FORBIDDEN)
def test_nothing_but_the_listed_tables_and_functions_can_be_named(canary, ask, text):
    with pytest.raises(Refusal):
        ask(text)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("place", PLACES)
def test_no_text_of_the_user_reaches_a_statement(canary, team, refusal_or_rows, place, attack):
    text = place.format(string=_quoted(attack, "'"), name=_quoted(attack, "`"))

    refusal_or_rows(text)

    for known in (attack, "DROP", "canary", "accounts_user", "password"):
        assert known not in _statement(team, text)


@pytest.mark.parametrize("text", BOMBS, ids=[text[:40] for text in BOMBS])
@pytest.mark.timeout(60)
def test_bombs_are_refused(stored, ask, text):
    try:
        rows = ask(text)
    except Refusal:
        return
    assert len(str(rows)) < 100_000


@pytest.mark.parametrize("table", ["events", "persons", "person_distinct_ids", "sessions", "groups"])
def test_every_table_is_filtered_by_project(team, table):
    statement = _statement(team, f"SELECT * FROM {table} AS x JOIN {table} AS y ON 1 = 1")

    assert statement.count("team_id = %(p0)s::bigint") >= 2
    assert len(re.findall(r"FROM (?:events|persons|groups|sessions)\b(?! WHERE \w+\.team_id = )", statement)) == 0


QUESTIONS = [
    "SELECT count() FROM events",
    "SELECT event, distinct_id, properties, person.properties.email FROM events ORDER BY event",
    "SELECT properties.email FROM persons ORDER BY 1",
    "SELECT count() FROM events e RIGHT JOIN persons p ON 1 = 1",
    "SELECT p.properties.email FROM persons p FULL JOIN events e ON e.person_id = p.id ORDER BY 1",
    "SELECT count() FROM events WHERE 1 = 1 OR event = 'theirs'",
    "SELECT session_id, $entry_current_url FROM sessions ORDER BY 1",
    "SELECT session.$pageview_count FROM events ORDER BY 1",
    "SELECT event FROM events WHERE event IN (SELECT event FROM events UNION ALL SELECT event FROM events) ORDER BY 1",
    "SELECT distinct_id FROM person_distinct_ids ORDER BY 1",
    "SELECT max(toUnixTimestamp(timestamp)) FROM events",
    "SELECT key, properties FROM groups",
    "SELECT person_id, cohort_id FROM cohort_people",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_another_projects_data_change_no_answer(team, stored, ask, text):
    before = ask(text)

    other = ProjectFactory().team
    samples = [
        SampleEvent("theirs", at("2024-01-09 00:00:00"), n, {"$session_id": "s1", "price": 99}) for n in (1, 2, 9)
    ]
    put_persons(other, samples, [SamplePerson(1, {"email": "zoe@other.com"})])
    put_events(other, samples)

    assert ask(text) == before
    assert ask("SELECT count() FROM events", of=other) == [[3]]


def _quoted(text, mark):
    return mark + text.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark


def _statement(team, text):
    """The SQL that would be sent, without its parameters; nothing if the query is refused."""
    try:
        query = compile_tree(parse_select(text), team=team, clock=Clock.of(team, NOW), filters=None)
    except Refusal:
        return ""
    return with_shared_parameters(query.sql)[0]
