import base64
import gzip
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.exceptions import Refusal, TooLarge
from events.capture.decoding import decode, parse_json, unwrap
from events.capture.refusals import Malformed

LIMIT = 1024 * 1024
TEXT = b'{"text": "a?>~\xc3\xbc"}'


@pytest.mark.parametrize(
    "body",
    [
        TEXT,
        gzip.compress(TEXT, mtime=0),
        base64.b64encode(TEXT),
        base64.urlsafe_b64encode(TEXT),
        base64.b64encode(TEXT).replace(b"+", b" ").rstrip(b"="),
        base64.b64encode(gzip.compress(TEXT, mtime=0)),
        gzip.compress(base64.b64encode(TEXT), mtime=0),
        base64.b64encode(base64.b64encode(TEXT)),
    ],
)
def test_unwraps_until_json_is_left(body):
    assert decode(body, compression="", limit=LIMIT) == {"text": "a?>~ü"}


@pytest.mark.parametrize("compression", ["", "GZIP", "gzip-js", "base64", "unknown"])
def test_a_hint_changes_nothing_that_the_bytes_say(compression):
    assert decode(gzip.compress(TEXT, mtime=0), compression=compression, limit=LIMIT) == {"text": "a?>~ü"}


def test_stops_at_the_limit():
    with pytest.raises(TooLarge):
        unwrap(gzip.compress(b" " * (LIMIT + 1)), limit=LIMIT)
    with pytest.raises(TooLarge):
        decode(b" " * (LIMIT + 1), compression="", limit=LIMIT)


def test_depth_is_counted_and_costs_no_stack():
    assert parse_json(b"[" * 64 + b"]" * 64)
    with pytest.raises(Malformed, match="64 levels"):
        parse_json(b"[" * 66 + b"]" * 66)


@given(st.binary(max_size=300))
def test_any_bytes_are_json_or_refused(body):
    with suppress(Refusal):
        decode(body, compression="", limit=LIMIT)
