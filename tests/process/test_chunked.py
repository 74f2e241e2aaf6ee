from io import BytesIO

import pytest

from posthog_lite.chunked import with_chunked_bodies


def environ_seen_by_django(**environ):
    seen = {}
    with_chunked_bodies(lambda environ, _: seen.update(environ) or [], limit=10)(environ, None)
    return seen


@pytest.mark.parametrize(("sent", "length"), [(b"", "0"), (b"12345", "5"), (b"1234567890", "10"), (b"1" * 99, "11")])
def test_a_body_without_a_length_gets_one(sent, length):
    seen = environ_seen_by_django(**{"REQUEST_METHOD": "POST", "wsgi.input": BytesIO(sent)})

    assert seen["CONTENT_LENGTH"] == length
    assert seen["wsgi.input"].read() == sent[: int(length)]


@pytest.mark.parametrize("environ", [{"REQUEST_METHOD": "GET"}, {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "3"}])
def test_other_bodies_are_not_touched(environ):
    body = BytesIO(b"123")

    assert environ_seen_by_django(**environ, **{"wsgi.input": body})["wsgi.input"] is body
    assert body.tell() == 0
