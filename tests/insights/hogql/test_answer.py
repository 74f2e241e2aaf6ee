"""The shape of an answer, its limits, and what `filters`, `variables` and `values` do."""

import pytest

from common.exceptions import Refusal

DATES = {"dateRange": {"date_from": "2024-01-08", "date_to": "2024-01-10"}}


def test_an_answer_has_names_and_types_of_its_columns(stored, run_query):
    text = (
        "SELECT event, count() AS c, toDate('2024-01-01'), properties.$browser, now() FROM events GROUP BY 1, 4 LIMIT 1"
    )

    answer = run_query(text)

    assert answer["columns"] == ["event", "c", "toDate('2024-01-01')", "$browser", "now()"]
    assert answer["types"] == [
        ["event", "String"],
        ["c", "UInt64"],
        ["toDate('2024-01-01')", "Date"],
        ["$browser", "Nullable(String)"],
        ["now()", "DateTime('UTC')"],
    ]
    assert answer["query"] == text
    assert answer["explain"] is None
    assert {"hogql", "clickhouse", "timings", "metadata", "error"} <= set(answer)
    assert not {"hasMore", "limit", "offset"} & set(answer)


@pytest.mark.parametrize(("rows", "shown", "has_more"), [(100, 100, False), (101, 100, True)])
def test_a_query_without_a_limit_shows_a_hundred_rows(run_query, rows, shown, has_more):
    answer = run_query(f"SELECT number FROM numbers({rows})")

    assert len(answer["results"]) == shown
    assert (answer["hasMore"], answer["limit"], answer["offset"]) == (has_more, 100, 0)


def test_no_limit_goes_beyond_the_ceiling(run_query):
    assert len(run_query("SELECT number FROM numbers(60000) LIMIT 60000")["results"]) == 50_000


def test_cells_can_be_written_as_json(stored, ask):
    [row] = ask("SELECT uuid, timestamp, properties, 1 / 0, NULL, (1, now()) FROM events ORDER BY timestamp LIMIT 1")

    assert len(row[0]) == 36
    assert row[1:] == [
        "2024-01-03T00:00:00Z",
        '{"plan":{"name":"pro"},"price":10,"$browser":"Safari"}',
        None,
        None,
        [1, "2024-01-10T15:30:00+00:00"],
    ]


def test_filters_lay_dates_over_the_events(stored, ask):
    assert ask("SELECT count() FROM events WHERE {filters}") == [[5]]
    assert ask("SELECT count() FROM events WHERE {filters}", filters=DATES) == [[3]]
    assert ask("SELECT count() FROM events WHERE {filters}", filters={"dateRange": {"date_from": "all"}}) == [[5]]
    assert ask("SELECT count() FROM sessions WHERE {filters}", filters=DATES) == [[2]]


def test_filters_lay_properties_over_the_events(stored, ask):
    browser = {"properties": [{"type": "event", "key": "$browser", "value": "Safari"}]}
    person = {"properties": [{"type": "person", "key": "email", "value": "ann", "operator": "icontains"}]}

    assert ask("SELECT count() FROM events WHERE {filters}", filters=browser) == [[2]]
    assert ask("SELECT count() FROM events AS x WHERE {filters} AND 1", filters=person) == [[2]]


def test_test_accounts_are_left_out(team, stored, ask):
    team.test_account_filters = [{"type": "event", "key": "$browser", "value": "Safari", "operator": "is_not"}]

    assert ask("SELECT count() FROM events WHERE {filters}", filters={"filterTestAccounts": True}) == [[3]]


@pytest.mark.parametrize("text", ["SELECT 1 WHERE {filters}", "SELECT count() FROM persons WHERE {filters}"])
def test_filters_need_events(ask, text):
    with pytest.raises(Refusal, match="Cannot use 'filters' placeholder"):
        ask(text, filters=DATES)


def test_a_date_that_is_not_set_makes_its_comparison_true(stored, ask):
    text = (
        "SELECT count() FROM events WHERE timestamp >= {filters.dateRange.from} AND timestamp < {filters.dateRange.to}"
    )

    assert ask(text) == [[5]]
    assert ask(text, filters=DATES) == [[3]]
    with pytest.raises(Refusal, match="is not set"):
        ask("SELECT toDate({filters.dateRange.from}) FROM events")


def test_variables_and_values_are_put_in(stored, ask):
    variables = {
        "1": {"variableId": "1", "code_name": "event", "value": "$pageview"},
        "2": {"variableId": "2", "code_name": "none", "value": "x", "isNull": True},
        "3": {"variableId": "3", "code_name": "many", "value": ["$pageview", "x"]},
    }

    assert ask("SELECT count() FROM events WHERE event = {variables.event}", variables=variables) == [[3]]
    assert ask("SELECT {variables.none}", variables=variables) == [[None]]
    assert ask("SELECT count() FROM events WHERE event IN {variables.many}", variables=variables) == [[3]]
    assert ask("SELECT {a}, {b.c}, [{a}] FROM events LIMIT {a}", values={"a": 1, "b": {"c": "'x"}}) == [[1, "'x", [1]]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT {nope}", "Unresolved placeholder: {nope}"),
        ("SELECT {variables.nope}", "Variable nope is missing from query"),
        ("SELECT {filters.nope} FROM events", "Unresolved placeholder: {filters.nope}"),
        ("SELECT {object}", "An object cannot stand in a query."),
        ("SELECT {1 + 1}", "A placeholder must be a name: {filters}, {variables.name} or {name}."),
    ],
)
def test_placeholders_that_mean_nothing_are_refused(refusal_or_rows, text, message):
    assert refusal_or_rows(text, values={"object": {"a": 1}}) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT 1 FROM nope", "Unknown table `nope`."),
        ("SELECT foo FROM events", "Unable to resolve field: foo (line 1, position 7)"),
        ("SELECT e.foo FROM events e", "Unable to resolve field: e.foo (line 1, position 7)"),
        ("SELECT\n foo(1)", "Unsupported function call 'foo(...)' (line 2, position 8)"),
        ("SELECT 1 2", "Syntax error: no viable alternative at input 'SELECT 1 2' (line 1, position 9)"),
        (
            "SELECT uuid FROM events a JOIN events b ON 1 = 1",
            "Ambiguous query. Found multiple sources for field: uuid.",
        ),
        ("SELECT lower(1, 2)", "Function 'lower' expects 1 arguments, found 2."),
        ("SELECT tuple()", "Function 'tuple' expects at least 1 arguments, found 0."),
        ("SELECT repeat('x', 10001)", "Function 'repeat' takes at most 10000 as argument 2."),
        ("SELECT leftPad('x', 10001)", "Function 'leftPad' takes at most 10000 as argument 2."),
        ("SELECT event FROM events WHERE person_id IN COHORT 1", "Could not find a cohort with the id 1."),
        ("SELECT event FROM events WHERE person_id IN COHORT 'x'", "Could not find a cohort with the name 'x'."),
        ("SELECT event FROM events WHERE person_id IN COHORT event", "IN COHORT needs the id or the name of a cohort."),
    ],
)
def test_refusals_name_what_is_wrong(refusal_or_rows, text, message):
    assert refusal_or_rows(text) == message
