"""Conditions on the page elements of an event → SQL over `e.elements_chain`, and CSS selectors → regular expressions.

The chain is `tag.class.class:name="value"name="value";tag…`, innermost element first; a value may hold any character,
with a backslash before quotes and backslashes.
"""

import re
from collections.abc import Callable, Iterator

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_ATTRIBUTE = r'([^=":;]*)="((?:[^"\\]|\\.)*)"'
_TAG = r'(?:^|;)([^.:;"]*)'
# One element, up to the semicolon or the end.
_REST = f'(?:[^";]|{_QUOTED})*'
MAX_SELECTOR = 400

_STEP = re.compile(r"\s*(>|\s)\s*")
_COMPOUND = re.compile(r"(?P<tag>\*|[A-Za-z][\w-]*)?(?P<rest>.*)", re.DOTALL)
_SIMPLE = re.compile(
    r"\#(?P<id>[\w-]+)|\.(?P<class>(?:[\w-]|\\.)+)|:(?P<position>nth-child|nth-of-type)\((?P<number>[0-9]{1,9})\)"
    r"|\[(?P<name>[\w-]+)=(?P<quote>[\"'])(?P<value>.*?)(?P=quote)\]",
    re.DOTALL,
)


def any_element(key: str, condition: Callable[[Sql], Sql]) -> Sql:
    """Whether any element has such a text, href or name of its tag."""
    if key == "tag_name":
        return compose(
            "(e.elements_chain <> '' AND EXISTS (SELECT FROM regexp_matches("
            "regexp_replace(e.elements_chain, {quoted}::text, '\"\"', 'g'), {tag}::text, 'g')"
            " AS found (part) WHERE {condition}))",
            quoted=_QUOTED,
            tag=_TAG,
            condition=condition(Sql("part[1]")),
        )
    return compose(
        "(e.elements_chain <> '' AND EXISTS (SELECT FROM regexp_matches(e.elements_chain, {attribute}::text, 'g')"
        " AS found (part) WHERE part[1] = {key}::text AND {condition}))",
        attribute=_ATTRIBUTE,
        key=key,
        condition=condition(Sql(r"regexp_replace(part[2], '\\(.)', '\1', 'g')")),
    )


def matches_selectors(selectors: list[str]) -> Sql:
    """Whether the chain holds an element that any of the CSS selectors means. Raises Refusal."""
    patterns = [selector_pattern(selector) for selector in selectors]
    return compose("e.elements_chain ~ ANY({patterns}::text[])", patterns=patterns)


def selector_pattern(selector: str) -> str:
    """Tags, classes, ids, `[name="value"]`, `:nth-child()` and `:nth-of-type()`, within (" ") or right within (">")."""
    if len(selector) > MAX_SELECTOR:
        raise Refusal(f"The selector is longer than {MAX_SELECTOR} characters.")
    parts = _STEP.split(_shielded(selector.strip()))
    inner = f"^(?:{_REST};)*"
    for index, part in enumerate(reversed(parts)):
        inner += _combinator(part) if index % 2 else _compound(_unshielded(part), selector)
    return f"{inner}(?:;|$)"


def _combinator(symbol: str) -> str:
    return ";" if symbol == ">" else f";(?:{_REST};)*"


def _compound(text: str, selector: str) -> str:
    """Each demand looks ahead from the beginning of the element, so their order does not matter."""
    match = _COMPOUND.fullmatch(text)
    if not text or match is None:
        raise _strange(selector)
    tag = match["tag"]
    demands = [] if tag in (None, "*") else [f"{re.escape(tag)}(?=[.:;]|$)"]
    return "".join(f"(?={demand})" for demand in [*demands, *_demands(match["rest"], selector)]) + _REST


def _demands(text: str, selector: str) -> Iterator[str]:
    position = 0
    while position < len(text):
        match = _SIMPLE.match(text, position)
        if match is None:
            raise _strange(selector)
        yield _demand(match)
        position = match.end()


def _demand(match: re.Match[str]) -> str:
    if match["class"]:
        name = re.sub(r"\\(.)", r"\1", match["class"])
        return rf'[^:;"]*\.{re.escape(name)}(?=[.:;]|$)'
    if match["id"]:
        return _with_attribute("attr_id", match["id"])
    if match["position"]:
        return _with_attribute(match["position"], match["number"])
    name = match["name"]
    return _with_attribute(_ATTRIBUTES.get(name, f"attr__{name}"), match["value"])


# What the chain calls by other names than pages do.
_ATTRIBUTES = {"id": "attr_id", "href": "href", "text": "text"}


def _with_attribute(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{_REST}(?<=[:"]){re.escape(name)}="{re.escape(escaped)}"'


def _shielded(selector: str) -> str:
    """Spaces and ">" within quotes separate nothing."""
    return re.sub(r"\"[^\"]*\"|'[^']*'", lambda quoted: quoted[0].translate(_SHIELD), selector)


def _unshielded(text: str) -> str:
    return text.translate(_UNSHIELD)


_SHIELD = {ord(character): 0xE000 + index for index, character in enumerate("> \t\n\r\f\v")}
_UNSHIELD = {hidden: character for character, hidden in _SHIELD.items()}


def _strange(selector: str) -> Refusal:
    return Refusal(f"The selector {selector[:50]!r} is not supported yet.")
