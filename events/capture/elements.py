"""The chain of page elements that autocapture sends, as one text that queries can match. Pure.

`tag.class.class:name="value"name="value";tag…`, innermost element first, names in order.
"""

from typing import Any

# What posthog-js calls it, and what the chain calls it.
_NAMED = {
    "$el_text": "text",
    "nth_child": "nth-child",
    "nth_of_type": "nth-of-type",
    "attr__href": "href",
    "attr__id": "attr_id",
}
_MAX_TEXT = 400


def take_elements_chain(properties: dict[str, Any]) -> str:
    """Takes the elements out of `properties`: they are long, and stored once."""
    elements = properties.pop("$elements", None)
    chain = properties.pop("$elements_chain", None)
    if isinstance(chain, str) and chain:
        return chain
    if not isinstance(elements, list):
        return ""
    return ";".join(_element(element) for element in elements if isinstance(element, dict))


def _element(element: dict[str, Any]) -> str:
    classes = "".join(f".{name}" for name in sorted(_classes(element.get("attr__class"))))
    attributes = dict(sorted(_attributes(element).items()))
    return f"{element.get('tag_name') or ''}{classes}:" + "".join(
        f'{name}="{_escaped(value)}"' for name, value in attributes.items()
    )


def _attributes(element: dict[str, Any]) -> dict[str, str]:
    attributes = {}
    for name, value in element.items():
        if value is not None and (name in _NAMED or name.startswith("attr__")) and name != "attr__class":
            attributes[_NAMED.get(name, name)] = str(value)[:_MAX_TEXT]
    return attributes


def _classes(value: Any) -> list[str]:
    names = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return [str(name).replace('"', "") for name in names]


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
