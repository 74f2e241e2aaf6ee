"""Source code that tells a compiler which events there are and what they carry. Pure.

Names come from whoever sends events: they are written as string literals, never as code.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypedDict

from definitions.property_types import PropertyType

GENERATOR_VERSION = "1.0.0"
NOTICE = "Generated from the project's event definitions. Do not edit."
Events = Mapping[str, Mapping[str, str | None]]

_TYPESCRIPT = {
    PropertyType.STRING: "string",
    PropertyType.NUMERIC: "number",
    PropertyType.DURATION: "number",
    PropertyType.BOOLEAN: "boolean",
    PropertyType.DATETIME: "string | number | Date",
}
_PYTHON = {
    PropertyType.STRING: "str",
    PropertyType.NUMERIC: "float",
    PropertyType.DURATION: "float",
    PropertyType.BOOLEAN: "bool",
    PropertyType.DATETIME: "str | float | datetime",
}
_GO = {
    PropertyType.STRING: "string",
    PropertyType.NUMERIC: "float64",
    PropertyType.DURATION: "float64",
    PropertyType.BOOLEAN: "bool",
}
#: What encoding/json takes in a tag; other properties of an event are left to the caller's own map.
_GO_TAG = re.compile(r"[A-Za-z0-9_.$ /:@#%&()+;<=>?\[\]^{|}~!*-]+")


class Typings(TypedDict):
    content: str
    event_count: int
    schema_hash: str
    generator_version: str


def typings(language: Callable[[Events], str], events: Events) -> Typings:
    content = language(events)
    canonical = json.dumps({name: dict(properties) for name, properties in events.items()}, sort_keys=True)
    return Typings(
        content=content,
        event_count=len(events),
        schema_hash=hashlib.sha256(canonical.encode()).hexdigest(),
        generator_version=GENERATOR_VERSION,
    )


def typescript(events: Events) -> str:
    lines = [f"// {NOTICE}", "export interface EventSchemas {"]
    for event, properties in events.items():
        lines.append(f"  {_quoted(event)}: {{")
        lines += [f"    {_quoted(name)}?: {_named(_TYPESCRIPT, kind, 'unknown')}" for name, kind in properties.items()]
        lines.append("  }")
    return _file([*lines, "}", "", "export type EventName = keyof EventSchemas"])


def python(events: Events) -> str:
    lines = [f"# {NOTICE}", "from datetime import datetime", "from typing import Any, TypedDict"]
    for (event, properties), class_name in zip(events.items(), _identifiers(events), strict=True):
        lines += ["", f"# {_quoted(event)}", f'{class_name} = TypedDict("{class_name}", {{']
        lines += [f"    {name!r}: {_named(_PYTHON, kind, 'Any')}," for name, kind in properties.items()]
        lines.append("}, total=False)")
    return _file(lines)


def golang(events: Events) -> str:
    lines = [f"// {NOTICE}", "package typed"]
    for (event, properties), type_name in zip(events.items(), _identifiers(events), strict=True):
        fields = [name for name in properties if _GO_TAG.fullmatch(name)]
        lines += ["", f"const Event{type_name} = {_quoted(event)}", "", f"type {type_name} struct {{"]
        lines += [
            f'\t{field} *{_named(_GO, properties[name], "any")} `json:"{name},omitempty"`'
            for name, field in zip(fields, _identifiers(fields), strict=True)
        ]
        lines.append("}")
    return _file(lines)


def _named(names: Mapping[PropertyType, str], kind: str | None, otherwise: str) -> str:
    return names.get(PropertyType(kind), otherwise) if kind else otherwise


def _quoted(text: str) -> str:
    """A string literal of TypeScript and Go alike, on one line."""
    return json.dumps(text, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _identifiers(names: Iterable[str]) -> list[str]:
    """For each name one that may stand in code, each once: `signed up` → `SignedUp`."""
    taken: set[str] = set()
    identifiers = []
    for name in names:
        words = re.findall(r"[A-Za-z0-9]+", name)
        plain = "".join(word[0].upper() + word[1:] for word in words) or "Unnamed"
        plain = plain if plain[0].isalpha() else f"N{plain}"
        number, identifier = 1, plain
        while identifier in taken:
            number += 1
            identifier = f"{plain}_{number}"
        taken.add(identifier)
        identifiers.append(identifier)
    return identifiers


def _file(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
