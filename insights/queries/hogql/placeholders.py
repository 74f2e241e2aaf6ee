"""`{filters}`, `{filters.dateRange.from}`, `{variables.x}` and `{name}` in a tree, replaced by what they stand for."""

from collections.abc import Callable, Mapping
from typing import Any

from common.exceptions import Refusal
from events.filtering.moments import Clock, parse_moment
from insights.queries.hogql.parser import Node
from insights.queries.nodes.tables import HogQLFilters, HogQLVariable

JSON = dict[str, Any]
_BOUNDS = {"from": "date_from", "to": "date_to"}
_COMPARED = {"CompareOperation": ("left", "right"), "BetweenExpr": ("expr", "low", "high")}
_UNSET: Node = {"node": "Unset"}
_TRUE: Node = {"node": "Constant", "value": True}

Resolver = Callable[[list[Any]], Node]


class Placeholders:
    """What the query brings along for its own placeholders."""

    def __init__(
        self,
        *,
        clock: Clock,
        filters: HogQLFilters | None = None,
        variables: Mapping[str, HogQLVariable] | None = None,
        values: JSON | None = None,
    ) -> None:
        self.clock = clock
        self.filters = filters
        self.variables = variables or {}
        self.given = values or {}

    def fill(self, tree: Any) -> Any:
        """A copy of the tree without placeholders."""
        if isinstance(tree, list):
            return [self.fill(part) for part in tree]
        if not isinstance(tree, dict):
            return tree
        if tree.get("node") == "Placeholder":
            return self._meant(tree["expr"])
        filled = {key: self.fill(part) for key, part in tree.items()}
        return self._without_unset(filled)

    def _without_unset(self, node: Node) -> Node:
        """A comparison with a date that is not set holds; anywhere else there is nothing to put in its place."""
        unset = [key for key, part in node.items() if part is _UNSET or (isinstance(part, list) and _UNSET in part)]
        if not unset:
            return node
        if set(unset) <= set(_COMPARED.get(node.get("node", ""), ())):
            return _TRUE
        raise Refusal("A date of {filters.dateRange} is not set: it can only be compared with something.")

    def _meant(self, expression: Node) -> Node:
        if expression.get("node") != "Field":
            raise Refusal("A placeholder must be a name: {filters}, {variables.name} or {name}.")
        chain = expression["chain"]
        resolve = {"filters": self._filter, "variables": self._variable}.get(str(chain[0]), self._value)
        return resolve(chain)

    def _filter(self, chain: list[Any]) -> Node:
        if len(chain) == 1:
            return {"node": "Filters"}
        if len(chain) != 3 or chain[1] != "dateRange" or chain[2] not in _BOUNDS:
            raise _unresolved(chain)
        dates = self.filters.dateRange if self.filters else None
        text = getattr(dates, _BOUNDS[chain[2]]) if dates else None
        if not text or text == "all":
            return _UNSET
        return {"node": "Constant", "value": parse_moment(text, self.clock).at}

    def _variable(self, chain: list[Any]) -> Node:
        if len(chain) != 2:
            raise _unresolved(chain)
        found = next((one for one in self.variables.values() if one.code_name == chain[1]), None)
        if found is None:
            raise Refusal(f"Variable {str(chain[1])[:50]} is missing from query")
        return literal(None if found.isNull else found.value)

    def _value(self, chain: list[Any]) -> Node:
        here: Any = self.given
        for key in chain:
            if not isinstance(here, dict) or str(key) not in here:
                raise _unresolved(chain)
            here = here[str(key)]
        return literal(here)


def literal(value: Any) -> Node:
    if isinstance(value, list):
        return {"node": "Array", "exprs": [literal(one) for one in value]}
    if isinstance(value, dict):
        raise Refusal("An object cannot stand in a query.")
    return {"node": "Constant", "value": value}


def _unresolved(chain: list[Any]) -> Refusal:
    return Refusal(f"Unresolved placeholder: {{{'.'.join(map(str, chain))[:100]}}}")
