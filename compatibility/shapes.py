"""What a schema says of a value, whichever dialect of OpenAPI says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]
OF_PYTHON = {str: "string", bool: "boolean", int: "number", float: "number", type(None): "null"}


@dataclass
class Shape:
    """`kinds` is empty where anything goes. Integers count as numbers: one of PostHog's documents knows only these."""

    kinds: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    fields: dict[str, JSON] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    items: JSON | None = None

    def add(self, other: Shape) -> None:
        self.kinds |= other.kinds
        self.values |= other.values
        self.fields |= other.fields
        self.required |= other.required
        self.items = self.items or other.items

    def __str__(self) -> str:
        return " or ".join(sorted(self.kinds)) or "anything"


def resolved(node: JSON, document: JSON) -> JSON:
    """Without references at its top."""
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def shape_of(schema: JSON, document: JSON) -> Shape:
    """All that any part of `allOf`, `anyOf` and `oneOf` allows, together. Nothing but "nullable" means anything."""
    shape = _together(schema, document)
    if shape.kinds == {"null"}:
        shape.kinds = set()
    return shape


def _together(schema: JSON, document: JSON) -> Shape:
    schema = resolved(schema, document)
    shape = Shape(
        kinds=_kinds(schema),
        values={str(value) for value in _values(schema) if value not in (None, "")},
        fields=dict(schema.get("properties", {})),
        required=set(schema.get("required", [])),
        items=schema.get("items"),
    )
    for combination in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(combination, []):
            shape.add(_together(part, document))
    return shape


def _kinds(schema: JSON) -> set[str]:
    named = schema.get("type", [])
    kinds = set(named) if isinstance(named, list) else {named}
    kinds |= {OF_PYTHON[type(value)] for value in _values(schema) if type(value) in OF_PYTHON}
    if schema.get("nullable"):
        kinds.add("null")
    if "properties" in schema:
        kinds.add("object")
    return {"number" if kind == "integer" else kind for kind in kinds}


def _values(schema: JSON) -> list[Any]:
    return schema.get("enum", [schema["const"]] if "const" in schema else [])
