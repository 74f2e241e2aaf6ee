"""docs/compatibility.md: how it is made, and that it is of the operations that there are."""

from collections import Counter

import pytest

from compatibility.__main__ import REPORT
from compatibility.differences import Difference, differences, operations_of
from compatibility.explanations import Explanations, read_explanations
from compatibility.report import list_of_operations, write_report
from tests.contracts.answers import our_document

ROW = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string", "nullable": True},
        "secret": {"type": "string"},
    },
}
OFFICIAL = {
    "paths": {
        "/api/projects/{project_id}/rows/": {
            "get": {
                "operationId": "rows_list",
                "parameters": [{"in": "query", "name": "search", "schema": {"type": "string"}}],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"type": "array", "items": ROW}}}},
                },
            },
            "post": {
                "operationId": "rows_create",
                "requestBody": {"content": {"application/json": {"schema": ROW}}},
                "responses": {"201": {"content": {"application/json": {"schema": ROW}}}},
            },
        },
        "/api/environments/{project_id}/rows/": {"get": {"operationId": "environments_rows_list", "responses": {}}},
    }
}


def ours(**changes):
    """The same document in another dialect, with other properties of a row."""
    row = {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": ["string", "null"]}, **changes}}
    content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Row"}}}}
    rows = {
        "content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Row"}}}}
    }
    search = {"in": "query", "name": "search", "schema": {"type": "string"}}
    get = {"operationId": "rows_list", "parameters": [search], "responses": {"200": rows}}
    post = {"operationId": "rows_create", "requestBody": content, "responses": {"201": content}}
    paths = {"/api/projects/{project_id}/rows/": {"get": get, "post": post}}
    return {"paths": paths, "components": {"schemas": {"Row": row}}}


def lines(here):
    return [str(difference) for difference in differences(OFFICIAL, here)]


def test_two_dialects_say_the_same():
    assert lines(ours(secret={"type": "string"}, beyond={"type": "string"})) == []


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ({"type": ["string", "null"]}, "string there, null or string here"),
        ({"type": "integer"}, "string there, number here"),
        ({}, "string there, anything here"),
    ],
)
def test_another_type_is_told_wherever_it_is(secret, said):
    assert lines(ours(secret=secret)) == [
        f"GET rows/ answer 200[].secret: {said}",
        f"POST rows/ request.secret: {said}",
        f"POST rows/ answer 201.secret: {said}",
    ]


def test_what_is_missing_is_told():
    here = ours()
    rows = here["paths"]["/api/projects/{project_id}/rows/"]
    rows["get"] |= {"operationId": "rows_retrieve", "parameters": []}
    rows["post"]["responses"] = {"200": rows["post"]["responses"]["201"]}

    assert lines(here) == [
        "GET rows/ operationId: `rows_list` there, `rows_retrieve` here",
        "GET rows/ query parameter `search`: missing",
        "GET rows/ answer 200[].secret: missing",
        "POST rows/ request.secret: missing",
        "POST rows/ status 201: missing; here it is 200",
    ]


def test_what_only_we_require_is_told():
    here = ours(secret={"type": "string"})
    here["components"]["schemas"]["Row"]["required"] = ["name"]

    assert lines(here) == ["POST rows/ request.name: required here"]


def test_an_operation_that_is_not_here_is_told_once():
    assert lines({"paths": {}}) == ["GET rows/ operation: missing", "POST rows/ operation: missing"]


def test_the_report_says_what_nobody_explained():
    reasons = Explanations(promised=("rows/",), rules=read_explanations().rules)
    found = {"Theirs": [Difference("GET rows/", "answer 200.nothing_like_it", "missing")]}

    report = write_report({"Theirs": OFFICIAL}, ours(), found, reasons)

    assert "| Theirs | 2 | 2 | 1 | 1 | 1 |" in report
    assert "### Not explained." in report
    assert reasons.promises(found["Theirs"][0])


def test_the_written_report_is_of_the_operations_that_there_are():
    """If not: `python -m compatibility` writes it anew."""
    report = REPORT.read_text()

    assert list_of_operations(our_document()) in report
    assert "Not explained." not in report


def test_every_promise_and_every_reason_is_of_use():
    report, explanations = REPORT.read_text(), read_explanations()

    there = {operation.partition(" ")[2] for operation in operations_of(our_document())}
    assert [path for path in explanations.promised if not any(one.startswith(path) for one in there)] == []
    assert [rule.because for rule in explanations.rules if f"### {rule.because}" not in report] == []
    assert max(Counter(rule.because for rule in explanations.rules).values()) == 1
