"""The watch over all answers (tests/contracts/answers.py) sees what it is there for."""

import json
from types import SimpleNamespace

import pytest
from django.http import HttpResponse, JsonResponse

from tests.contracts.answers import Undocumented, check

REFUSAL = {"type": "invalid_request", "code": "not_found", "detail": "Not found.", "attr": None}


@pytest.fixture
def answer(api, url):
    """A real one, of the list of themes, to be spoiled."""
    return api().get(url("data_color_themes/"))


def spoiled(answer, body=None, *, status=200, content_type="application/json"):
    content = answer.content if body is None else json.dumps(body)
    other = HttpResponse(content, status=status, content_type=content_type)
    other.resolver_match = answer.resolver_match
    return other


def test_an_answer_as_documented_passes(answer):
    check("get", spoiled(answer))
    check("get", spoiled(answer, REFUSAL, status=404))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"count": 0, "next": None, "previous": None, "results": [], "total": 0}, "'total' was unexpected"),
        ({"count": "0", "next": None, "previous": None, "results": []}, "at /count"),
        ({"count": 0, "next": None, "previous": None}, '"results" is a required property'),
        ({"count": 1, "next": "no address", "previous": None, "results": []}, "at /next"),
    ],
    ids=["another field", "another type", "a missing field", "another format"],
)
def test_another_body_does_not(answer, body, words):
    with pytest.raises(Undocumented, match=words):
        check("get", spoiled(answer, body))


def test_another_status_media_type_or_method_does_not(answer):
    with pytest.raises(Undocumented, match="answered 418, which is not documented"):
        check("get", spoiled(answer, status=418))
    with pytest.raises(Undocumented, match="as 'text/plain'"):
        check("get", spoiled(answer, content_type="text/plain"))
    with pytest.raises(Undocumented, match="there is no such operation"):
        check("delete", spoiled(answer))


def test_a_body_where_none_is_documented_does_not(api, url):
    answer = api().delete(url("datasets/1/"))
    assert (answer.status_code, answer.content) == (405, b"")

    with pytest.raises(Undocumented, match="with a body, and none is documented"):
        check("delete", spoiled(answer, {}, status=405))


def test_what_is_outside_of_the_document_is_not_looked_at():
    other = JsonResponse({"anything": True}, status=418)
    other.resolver_match = SimpleNamespace(route="capture/")

    check("get", other)
