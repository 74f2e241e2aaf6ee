"""Patterns mean in Postgres what they mean in RE2, or are refused."""

import pytest
import re2
from django.db import DataError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from common.exceptions import Refusal
from events.filtering.regexes import MAX_LENGTH, to_postgres

SUBJECTS = [
    "",
    "a",
    "b",
    "ab",
    "abc",
    "aab",
    "A",
    "a.b",
    "a\nb",
    "a b",
    "x-1",
    "10",
    "é",
    "É",
    "_",
    "[a]",
    "{2}",
    "a\\d",
    "٣",
]
ATOMS = [
    "a",
    "b",
    ".",
    r"\d",
    r"\D",
    r"\w",
    r"\W",
    r"\s",
    r"\S",
    r"\.",
    "[ab]",
    "[^a]",
    "[a-c]",
    r"[\d-]",
    r"[\w.]",
    "[]a]",
]
ATOMS += [
    "é",
    "-",
    "[[:alpha:]]",
    r"\x61",
    r"\x{e9}",
    r"\t",
    r"\n",
    r"[^\s]",
    " ",
    "_",
    "{",
    "}",
    "]",
    r"\[",
    r"\{",
    "1",
    r"\\",
]
ATOMS += ["^", "$", r"\b", r"\B", r"\A", r"\z", "(?:a|b)", "(a)", "(?P<x>b)", "|", "()", "(|a)"]
QUANTIFIERS = ["", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,}", "{1,2}?", "{,2}"]

patterns = st.builds(
    lambda flags, pieces: flags + "".join(pieces),
    st.sampled_from(["", "", "", "(?i)", "(?s)", "(?is)"]),
    st.lists(st.builds(str.__add__, st.sampled_from(ATOMS), st.sampled_from(QUANTIFIERS)), max_size=5),
)


def matched_by_postgres(pattern):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT s FROM unnest(%s::text[]) AS s WHERE s ~ ANY(%s::text[])", [SUBJECTS, [pattern]])
        return {row[0] for row in cursor.fetchall()}


@given(pattern=patterns)
@settings(max_examples=300)
def test_the_same_texts_match(db, pattern):
    try:
        translated = to_postgres(pattern)
    except Refusal:
        return
    try:
        found = matched_by_postgres(translated)
    except DataError:
        # Postgres knows no quantifier after an anchor; callers get a refusal.
        return

    assert found == {subject for subject in SUBJECTS if re2.search(pattern, subject)}


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "a**",
        "[z-a]",
        "(?=a)",
        "(?!a)",
        r"(a)\1",
        "a{101}",
        "a{1,100}" * 11,
        "a" * (MAX_LENGTH + 1),
        r"\pL",
        "(?i:a)b",
    ]
    + [r"\Qa.b\E", "(?m)^a", "\ud800", r"\x00", "a{1001}", "\\"],
)
def test_what_cannot_be_said_is_refused(pattern):
    with pytest.raises(Refusal, match="Invalid regular expression"):
        to_postgres(pattern)


def test_the_refusal_says_what_is_wrong():
    with pytest.raises(Refusal, match="missing"):
        to_postgres("(a")
