"""What a column is called that was given no name: a field by its last part, an expression as it reads. Pure."""

from collections.abc import Callable
from typing import Any

import orjson

from insights.queries.hogql.parser import Node

_OPERATIONS = {"+": "plus", "-": "minus", "*": "multiply", "/": "divide", "%": "modulo"}
_COMPARISONS = {
    "==": "equals",
    "!=": "notEquals",
    "<": "less",
    ">": "greater",
    "<=": "lessOrEquals",
    ">=": "greaterOrEquals",
    "in": "in",
    "not in": "notIn",
    "like": "like",
    "ilike": "ilike",
    "not like": "notLike",
    "not ilike": "notILike",
    "=~": "match",
}
_LONGEST = 400


def name_of(node: Node) -> str:
    if node["node"] == "Alias":
        return str(node["alias"])
    if node["node"] == "Field":
        return str(node["chain"][-1])
    if node["node"] == "ArrayAccess" and isinstance(node["property"].get("value"), str):
        return node["property"]["value"]
    return text_of(node)[:_LONGEST]


def text_of(node: Node) -> str:
    """The expression in one spelling: operators as functions."""
    spell = _SPELLED.get(node.get("node", ""))
    return spell(node) if spell else node.get("node", "expression")


def _all(nodes: Any) -> str:
    return ", ".join(text_of(node) for node in nodes or [])


def _constant(node: Node) -> str:
    value = node["value"]
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return orjson.dumps(value, default=str).decode()


def _call(node: Node) -> str:
    parameters = f"({_all(node['params'])})" if node.get("params") else ""
    distinct = "DISTINCT " if node.get("distinct") else ""
    return f"{node['name']}{parameters}({distinct}{_all(node.get('args'))})"


def _window(node: Node) -> str:
    return f"{node['name']}({_all(node.get('exprs'))}) OVER ({node.get('over_identifier') or '…'})"


def _compared(node: Node) -> str:
    name = _COMPARISONS.get(node["op"], "compare")
    return f"{name}({text_of(node['left'])}, {text_of(node['right'])})"


_SPELLED: dict[str, Callable[[Node], str]] = {
    "Alias": lambda node: f"{text_of(node['expr'])} AS {node['alias']}",
    "And": lambda node: f"and({_all(node['exprs'])})",
    "Or": lambda node: f"or({_all(node['exprs'])})",
    "Not": lambda node: f"not({text_of(node['expr'])})",
    "ArithmeticOperation": lambda node: f"{_OPERATIONS[node['op']]}({text_of(node['left'])}, {text_of(node['right'])})",
    "Array": lambda node: f"[{_all(node['exprs'])}]",
    "ArrayAccess": lambda node: f"{text_of(node['array'])}[{text_of(node['property'])}]",
    "Call": _call,
    "CompareOperation": _compared,
    "Constant": _constant,
    "Field": lambda node: ".".join(str(part) for part in node["chain"]),
    "Lambda": lambda node: f"({', '.join(map(str, node['args']))}) -> {text_of(node['expr'])}",
    "Tuple": lambda node: f"tuple({_all(node['exprs'])})",
    "TupleAccess": lambda node: f"{text_of(node['tuple'])}.{node['index']}",
    "WindowFunction": _window,
}
