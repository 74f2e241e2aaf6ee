"""The page elements that an event came from, read back from their chain. Pure; `capture/elements.py` writes it.

`tag.class.class:name="value"name="value";tag…`, innermost element first.
"""

import re
from typing import Any

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_ELEMENT = re.compile(rf'(?:[^;"]|{_QUOTED})+', re.DOTALL)
_ATTRIBUTE = re.compile(rf'([^="]+)=({_QUOTED})', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# What the chain calls it, and what the API calls it.
_FIELDS = {"text": "text", "href": "href", "attr_id": "attr_id"}
_POSITIONS = {"nth-child": "nth_child", "nth-of-type": "nth_of_type"}


def parse_elements_chain(chain: str) -> list[dict[str, Any]]:
    return [_element(text, order) for order, text in enumerate(_ELEMENT.findall(chain))]


def _element(text: str, order: int) -> dict[str, Any]:
    head, _, tail = text.partition(":")
    tag_name, *classes = head.split(".")
    element: dict[str, Any] = {
        "event": None,
        "text": None,
        "tag_name": tag_name or None,
        "attr_class": [name for name in classes if name],
        "href": None,
        "attr_id": None,
        "nth_child": None,
        "nth_of_type": None,
        "attributes": {},
        "order": order,
    }
    for name, quoted in _ATTRIBUTE.findall(tail):
        value = _ESCAPED.sub(r"\1", quoted[1:-1])
        if name in _FIELDS:
            element[_FIELDS[name]] = value
        elif name in _POSITIONS:
            element[_POSITIONS[name]] = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
        else:
            element["attributes"][name] = value
    return element
