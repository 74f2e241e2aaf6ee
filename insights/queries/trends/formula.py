"""Arithmetic over series: `A / B * 100`. Parsed by hand, so that a formula can be nothing but arithmetic. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from common.exceptions import Refusal

MAX_LENGTH = 1000
MAX_DEPTH = 50
MAX_TOKENS = 200  # Reckoning goes as deep as the longest chain of operations.
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|(?P<name>[A-Za-z_]\w*)|(?P<sign>\*\*|[-+*/%()]))"
)
_LOOSE, _TIGHT, _UNARY, _POWER = 1, 2, 3, 4
_BINDING = {"+": _LOOSE, "-": _LOOSE, "*": _TIGHT, "/": _TIGHT, "%": _TIGHT, "**": _POWER}

Number = int | float


@dataclass(frozen=True)
class Constant:
    value: Number

    def at(self, numbers: Mapping[str, Number]) -> Number:
        return self.value


@dataclass(frozen=True)
class Letter:
    name: str

    def at(self, numbers: Mapping[str, Number]) -> Number:
        return numbers.get(self.name) or 0


@dataclass(frozen=True)
class Operation:
    sign: str
    left: "Expression"
    right: "Expression"

    def at(self, numbers: Mapping[str, Number]) -> Number:
        """What has no value (a division by zero, a root of −1, a number beyond all bounds) is 0."""
        try:
            value = _apply(self.sign, float(self.left.at(numbers)), float(self.right.at(numbers)))
        except (ZeroDivisionError, OverflowError):
            return 0
        return value if isinstance(value, float) and abs(value) < float("inf") else 0


Expression = Constant | Letter | Operation


def parse(text: str, *, letters: str) -> Expression:
    """`letters` are those of the series that there are, in capitals; formulas may write them small."""
    if len(text) > MAX_LENGTH:
        raise Refusal(f"Formula is longer than {MAX_LENGTH} characters.")
    return _Parser(_tokens(text), letters).whole()


def _apply(sign: str, left: float, right: float) -> float | complex:
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    if sign == "*":
        return left * right
    if sign == "/":
        return left / right
    return left % right if sign == "%" else left**right


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise Refusal(f"Invalid formula: unexpected {text[at:].strip()[:10]!r}.")
        tokens.append(match[0].strip())
        at = match.end()
    if len(tokens) > MAX_TOKENS:
        raise Refusal(f"Formula has more than {MAX_TOKENS} parts.")
    return tokens


def _constant(token: str) -> Constant:
    value = float(token)
    if not isfinite(value):
        raise Refusal(f"Invalid formula: the number {token[:20]!r} is too large.")
    return Constant(value)


class _Parser:
    """Precedence climbing; `**` binds tighter than a sign before it and is read from the right, as in Python."""

    def __init__(self, tokens: list[str], letters: str) -> None:
        self.tokens = tokens
        self.letters = letters
        self.at = 0
        self.depth = 0

    def whole(self) -> Expression:
        expression = self._expression(_LOOSE)
        if self._next():
            raise Refusal(f"Invalid formula: unexpected {self._next()!r}.")
        return expression

    def _expression(self, least: int) -> Expression:
        left = self._operand()
        while _BINDING.get(self._next(), 0) >= least:
            sign = self._take()
            following = _UNARY if sign == "**" else _BINDING[sign] + 1
            left = Operation(sign, left, self._expression(following))
        return left

    def _operand(self) -> Expression:
        self._go_deeper()
        token = self._take()
        if token in ("-", "+"):
            operand: Expression = Operation(token, Constant(0), self._expression(_POWER))
        elif token == "(":
            operand = self._expression(_LOOSE)
            if self._take() != ")":
                raise Refusal("Invalid formula: a bracket is not closed.")
        else:
            operand = self._atom(token)
        self.depth -= 1
        return operand

    def _atom(self, token: str) -> Expression:
        if token[:1].isdigit() or token[:1] == ".":
            return _constant(token)
        if not token[:1].isalpha():
            raise Refusal(
                f"Invalid formula: {token!r} is not expected here." if token else "Invalid formula: it ends early."
            )
        if self._next() == "(":
            raise Refusal(f"Invalid formula: functions are not supported ({token[:20]}).")
        if len(token) > 1 or token.upper() not in self.letters:
            raise Refusal(f"Invalid formula: there is no series {token[:20]!r}.")
        return Letter(token.upper())

    def _go_deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Refusal(f"Invalid formula: nested more than {MAX_DEPTH} deep.")

    def _next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1] if self.at <= len(self.tokens) else ""
