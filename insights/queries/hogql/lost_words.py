"""Words that the parser reads and then leaves out of its tree: put back, or refused. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, NamedTuple

from common.exceptions import Refusal

_SUSPECT = re.compile(r"\b(?:NULLS|COLLATE|TOTALS|ROLLUP|CUBE|FILTER)\b", re.IGNORECASE)
_TOKENS = re.compile(
    r"""
    --[^\n]* | /\*.*?\*/                                                     # comments
    | (?P<quoted> '(?:[^'\\]|\\.|'')*' | `(?:[^`\\]|\\.|``)*` | "(?:[^"\\]|\\.|"")*" )
    | (?P<word> [A-Za-z_$][\w$]* )
    | (?P<other> \S )
    """,
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    start: int
    word: str


def with_lost_words(tree: Any, text: str) -> Any:
    """The tree, where an order knows `nulls`: FIRST or LAST. Raises Refusal for what nobody would miss in silence."""
    if not _SUSPECT.search(text):
        return tree
    tokens = list(_tokens(text))
    _refuse_lost(tokens)
    return _with_nulls(tree, tokens)


def _tokens(text: str) -> Iterator[_Token]:
    """Words in capitals; whatever is quoted is a quote, whatever else there is itself."""
    for match in _TOKENS.finditer(text):
        if match.lastgroup is not None:
            yield _Token(match.start(), "'" if match.lastgroup == "quoted" else match[0].upper())


def _refuse_lost(tokens: list[_Token]) -> None:
    words = [*(token.word for token in tokens), "", ""]
    for first, second, third in zip(words, words[1:], words[2:], strict=False):
        if first == "WITH" and second in ("TOTALS", "ROLLUP", "CUBE") and third not in ("AS", "("):
            raise Refusal(f"WITH {second} is not supported.")
        if first in ("IGNORE", "RESPECT") and second == "NULLS":
            raise Refusal(f"{first} NULLS is not supported.")
    for place, word in enumerate(words):
        if word == "FILTER" and words[place + 1] == "(" and words[_closing(words, place + 1) + 1] == "OVER":
            raise Refusal("FILTER before OVER is not supported: end the name of the function in If, as in sumIf.")


def _closing(words: list[str], opening: int) -> int:
    """Where the bracket closes that opens there; where the text ends, if it never does."""
    depth = 0
    for place in range(opening, len(words) - 1):
        depth += {"(": 1, ")": -1}.get(words[place], 0)
        if depth == 0:
            return place
    return len(words) - 2


def _with_nulls(tree: Any, tokens: list[_Token]) -> Any:
    if isinstance(tree, list):
        return [_with_nulls(part, tokens) for part in tree]
    if not isinstance(tree, dict):
        return tree
    copy = {key: _with_nulls(part, tokens) for key, part in tree.items()}
    return {**copy, "nulls": _nulls(tree, tokens)} if tree.get("node") == "OrderExpr" else copy


def _nulls(order: dict[str, Any], tokens: list[_Token]) -> str | None:
    """FIRST or LAST; None where nothing is said."""
    end = bisect_left(tokens, order["end"]["offset"], key=lambda token: token.start)
    last = [token.word for token in tokens[max(end - 2, 0) : end] if token.start >= order["start"]["offset"]]
    if last == ["COLLATE", "'"]:
        raise Refusal("COLLATE is not supported.")
    return last[1] if len(last) == 2 and last[0] == "NULLS" and last[1] in ("FIRST", "LAST") else None
