"""Looking into syntax trees. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from insights.queries.hogql.functions.aggregates import is_aggregate
from insights.queries.hogql.parser import Node

QUERIES = {"SelectQuery", "SelectSetQuery"}


def walk(tree: Any, *, into_queries: bool = True) -> Iterator[Node]:
    """Every node, the outer before the inner. Not recursive: a tree may be deep."""
    waiting = [tree]
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            waiting.extend(reversed(here))
        elif isinstance(here, dict):
            if "node" in here:
                yield here
            if into_queries or here is tree or here.get("node") not in QUERIES:
                waiting.extend(reversed(list(here.values())))


def aliases_in(tree: Node) -> dict[str, Node]:
    """The names that expressions of this SELECT are given, the first of each name."""
    found: dict[str, Node] = {}
    for clause in ("select", "where", "prewhere", "group_by", "having", "order_by", "qualify"):
        for node in walk(tree.get(clause), into_queries=False):
            if node["node"] == "Alias":
                found.setdefault(str(node["alias"]), node["expr"])
    return found


def has_aggregate(tree: Any, aliases: Mapping[str, Node], seen: frozenset[str] = frozenset()) -> bool:
    return any(_is_aggregate(node, aliases, seen) for node in walk(tree, into_queries=False))


def _is_aggregate(node: Node, aliases: Mapping[str, Node], seen: frozenset[str]) -> bool:
    if node["node"] == "Call":
        return is_aggregate(node["name"])
    if node["node"] != "Field" or len(node["chain"]) != 1:
        return False
    name = str(node["chain"][0])
    return name in aliases and name not in seen and has_aggregate(aliases[name], aliases, seen | {name})


def names_in(tree: Node) -> set[str]:
    """Everything that may be the name of a property: parts of fields, texts in brackets."""
    names: set[str] = set()
    for node in walk(tree):
        if node["node"] == "Field":
            names.update(str(part) for part in node["chain"])
        elif node["node"] == "Constant" and isinstance(node["value"], str):
            names.add(node["value"])
    return names
