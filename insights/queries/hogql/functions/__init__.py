"""Every function that a query may call, by name. What is not here is refused."""

from typing import TYPE_CHECKING

from common.exceptions import Refusal
from insights.queries.hogql.functions.aggregates import aggregate, is_aggregate, limited
from insights.queries.hogql.functions.arrays import ARRAYS
from insights.queries.hogql.functions.branches import BRANCHES
from insights.queries.hogql.functions.calendar import CALENDAR_FUNCTIONS
from insights.queries.hogql.functions.casts import CASTS
from insights.queries.hogql.functions.documents import DOCUMENTS
from insights.queries.hogql.functions.lambdas import LAMBDAS
from insights.queries.hogql.functions.numbers import NUMBERS
from insights.queries.hogql.functions.signatures import Builder, Call
from insights.queries.hogql.functions.texts import TEXTS
from insights.queries.hogql.functions.urls import URLS
from insights.queries.hogql.parser import Node
from insights.queries.hogql.values import Value

if TYPE_CHECKING:
    from insights.queries.hogql.expressions import Expressions

__all__ = ["FUNCTIONS", "Call", "call_function", "is_aggregate"]

FUNCTIONS: dict[str, Builder] = {
    **ARRAYS,
    **BRANCHES,
    **CALENDAR_FUNCTIONS,
    **CASTS,
    **DOCUMENTS,
    **LAMBDAS,
    **NUMBERS,
    **TEXTS,
    **URLS,
}
#: SQL spells its functions in any case; ClickHouse its own in one only.
_IN_ANY_CASE = {name.lower(): name for name in FUNCTIONS}
_OF_AGGREGATES = ("distinct", "filter_expr", "order_by", "within_group")
_AGGREGATES_IN_ANY_CASE = {"count", "sum", "avg", "min", "max", "median", "countif", "sumif", "avgif", "minif", "maxif"}


def call_function(compiler: "Expressions", node: Node) -> Value:
    name = node["name"]
    call = Call(
        name=_spelled(name),
        nodes=node.get("args") or [],
        parameters=node.get("params") or [],
        compiler=compiler,
        node=node,
    )
    if is_aggregate(call.name):
        return limited(aggregate(call), call)
    builder = FUNCTIONS.get(call.name)
    if builder is None or call.parameters:
        raise unsupported(node)
    if any(node.get(word) for word in _OF_AGGREGATES):
        raise Refusal(f"Function '{node['name']}' is no aggregate: it takes no DISTINCT, FILTER or ORDER BY.")
    return builder(call)


def unsupported(node: Node) -> Refusal:
    start = node.get("start")
    place = f" (line {start['line']}, position {start['offset']})" if start else ""
    return Refusal(f"Unsupported function call '{node['name']}(...)'{place}", code="unsupported_function")


def _spelled(name: str) -> str:
    if is_aggregate(name) or name in FUNCTIONS:
        return name
    lowered = name.lower()
    if lowered in _AGGREGATES_IN_ANY_CASE:
        return lowered.replace("if", "If") if lowered.endswith("if") else lowered
    return _IN_ANY_CASE.get(lowered, name)
