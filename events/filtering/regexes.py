"""RE2 patterns, PostHog's, rewritten as Postgres patterns with the same meaning; the rest is refused, not guessed.

The two dialects differ in quiet ways: `\\b` is a backspace in Postgres, `.` matches a newline there, `\\d` and `\\w`
know all of Unicode. Postgres' documentation warns of patterns from strangers: hence the limits.
"""

import re

import re2

from common.exceptions import Refusal

MAX_LENGTH = 400
MAX_REPEAT = 100
MAX_REPEATS_IN_ALL = 1000

_COUNTED = re.compile(r"\{([0-9]+)(,?)([0-9]*)\}")
_GROUP_OPENERS = re.compile(r"\((?:\?(?:P?<[A-Za-z_][A-Za-z0-9_]*>|:))?(?!\?)")
_LEADING_FLAGS = re.compile(r"\(\?([is]+)\)")
_SETS = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_NAMED_SETS = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r"\t ",
    "digit": "0-9",
    "lower": "a-z",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_WORD = "[0-9A-Za-z_]"
# Postgres has \y and \Y for these two, but counts the letters of all alphabets.
_ANCHORS = {
    "b": f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
    "B": f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
    "A": r"\A",
    "z": r"\Z",
}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_NAMED_SET = re.compile(r"\[:(\^?)(\w+):\]")
_HEX = re.compile(r"x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))")


def to_postgres(pattern: str) -> str:
    """Raises `Refusal` for what RE2 does not accept, what is too large, and what Postgres cannot say."""
    if len(pattern) > MAX_LENGTH:
        raise Refusal(f"Invalid regular expression: longer than {MAX_LENGTH} characters.")
    _check(pattern)
    return _Translation(pattern).run()


def _check(pattern: str) -> None:
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options=options)
    except re2.error as error:
        reason = error.args[0] if error.args else "not valid"
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise Refusal(f"Invalid regular expression: {text}.") from None
    except UnicodeError:
        raise Refusal("Invalid regular expression: not valid text.") from None


class _Translation:
    """Walks over the pattern once; each method takes what starts at `self.at` and returns its Postgres form."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.repeats = 0
        self.dot = r"[^\n]"

    def run(self) -> str:
        flags = self._flags()
        pieces = []
        while self.at < len(self.pattern):
            pieces.append(self._piece())
        # `***:` says: what follows is an advanced expression, whatever it begins with.
        return f"***:{flags}{''.join(pieces)}"

    def _flags(self) -> str:
        match = _LEADING_FLAGS.match(self.pattern)
        if not match:
            return ""
        self.at = match.end()
        if "s" in match[1]:
            self.dot = "."
        return "(?i)" if "i" in match[1] else ""

    def _piece(self) -> str:
        char = self.pattern[self.at]
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._set()
        if char == "(":
            return self._group()
        if char == "{":
            return self._counted()
        self.at += 1
        if char in "*+?":
            self._skip_laziness()
        return self.dot if char == "." else char if char in "|^$)*+?" else _literal(char)

    def _group(self) -> str:
        match = _GROUP_OPENERS.match(self.pattern, self.at)
        if not match:
            raise _unsayable(self.pattern[self.at : self.at + 4])
        self.at = match.end()
        return "(?:"

    def _counted(self) -> str:
        match = _COUNTED.match(self.pattern, self.at)
        if not match:
            self.at += 1
            return r"\{"
        self.at = match.end()
        self._skip_laziness()
        self._count(int(match[3] or match[1]))
        return match[0]

    def _count(self, times: int) -> None:
        self.repeats += times
        if times > MAX_REPEAT or self.repeats > MAX_REPEATS_IN_ALL:
            raise Refusal(
                f"Invalid regular expression: repeats more than {MAX_REPEAT} times ({MAX_REPEATS_IN_ALL} in all)."
            )

    def _skip_laziness(self) -> None:
        """`a+?` matches somewhere exactly where `a+` does, and somewhere is all that is asked."""
        if self.pattern[self.at : self.at + 1] == "?":
            self.at += 1

    def _escape(self) -> str:
        char = self.pattern[self.at + 1]
        if char in _ANCHORS:
            self.at += 2
            return _ANCHORS[char]
        if char.lower() in _SETS:
            self.at += 2
            return f"[{'^' if char.isupper() else ''}{_SETS[char.lower()]}]"
        return _literal(self._escaped_character())

    def _escaped_character(self) -> str:
        char = self.pattern[self.at + 1]
        hexadecimal = _HEX.match(self.pattern, self.at + 1)
        if hexadecimal:
            self.at = hexadecimal.end()
            return chr(int(hexadecimal[1] or hexadecimal[2], 16))
        if char.isascii() and char.isalnum() and char not in _CONTROLS:
            raise _unsayable(f"\\{char}")
        self.at += 2
        return _CONTROLS.get(char, char)

    def _set(self) -> str:
        start = self.at
        self.at += 1
        negation = self._take("^")
        members: list[str] = []
        # A bracket that stands first is a member, not the end.
        while not members or self.pattern[self.at] != "]":
            members.append(self._member())
        self.at += 1
        if not any(members):
            raise _unsayable(self.pattern[start : self.at])
        return f"[{negation}{''.join(members)}]"

    def _member(self) -> str:
        named = _NAMED_SET.match(self.pattern, self.at)
        if named:
            self.at = named.end()
            if named[1] or named[2] not in _NAMED_SETS:
                raise _unsayable(named[0])
            return _NAMED_SETS[named[2]]

        following = self.pattern[self.at : self.at + 2]
        if following in (r"\d", r"\w", r"\s"):
            self.at += 2
            return _SETS[following[1]]
        return self._character_or_range()

    def _character_or_range(self) -> str:
        first = _literal(self._set_character())
        is_range = self.pattern[self.at] == "-" and self.pattern[self.at + 1] != "]"
        if not is_range:
            return first
        self.at += 1
        return f"{first}-{_literal(self._set_character())}"

    def _set_character(self) -> str:
        if self.pattern[self.at] == "\\":
            return self._escaped_character()
        self.at += 1
        return self.pattern[self.at - 1]

    def _take(self, char: str) -> str:
        if self.pattern[self.at] != char:
            return ""
        self.at += 1
        return char


def _literal(char: str) -> str:
    if char == "\0":
        raise _unsayable(r"\x00")
    is_plain = char.isalnum() or char == "_" or ord(char) > 127
    return char if is_plain else f"\\u{ord(char):04x}"


def _unsayable(text: str) -> Refusal:
    return Refusal(f"Invalid regular expression: {text} is not supported.")
