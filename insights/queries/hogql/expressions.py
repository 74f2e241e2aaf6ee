"""Syntax tree of an expression → SQL. Every kind of node that is not in the table at the end is refused.

Comparisons are HogQL's: with null they are false, except `!=`, `not in`, `not like`, `!~`, which are true.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from common.exceptions import Refusal
from events.filtering.errors import at_place
from events.filtering.moments import Clock
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql import comparisons, members, operators
from insights.queries.hogql.conversions import as_boolean, common_type, convert
from insights.queries.hogql.functions import call_function
from insights.queries.hogql.functions.casts import type_named
from insights.queries.hogql.parser import Node
from insights.queries.hogql.scope import Context, Query, Scope
from insights.queries.hogql.sources import Property, Source
from insights.queries.hogql.types import BOOLEAN, Kind, tuple_of
from insights.queries.hogql.values import Value, array_literal, constant
from insights.queries.hogql.windows import window_function


class Expressions:
    """Compiles what stands in one SELECT."""

    def __init__(self, context: Context, scope: Scope) -> None:
        self.context = context
        self.scope = scope

    @property
    def clock(self) -> Clock:
        return self.context.clock

    def value(self, node: Node) -> Value:
        found = self.find(node)
        if isinstance(found, Property):
            return replace(found.value, json=found.value.sql)
        if isinstance(found, Value):
            return found
        raise unresolved(node)

    def values(self, nodes: Sequence[Node]) -> list[Value]:
        return [self.value(node) for node in nodes]

    def find(self, node: Node) -> Value | Property | Source:
        """What a node means; a name may also mean a table, which is no value by itself."""
        visit = _VISITS.get(node.get("node", ""))
        if visit is None:
            raise Refusal(f"Unsupported syntax: {node.get('node')}.")
        self.context.enter()
        try:
            with placed(node):
                found = visit(self, node)
            if isinstance(found, Value):
                self.context.check_size(found.sql)
            return found
        finally:
            self.context.leave()

    def boolean(self, node: Node) -> Value:
        value = self.value(node)
        with placed(node):
            return as_boolean(value, self.clock)

    def condition(self, node: Node) -> Sql:
        """For WHERE and ON, where null is as good as false: the plain form, which indexes understand."""
        if node["node"] not in ("And", "CompareOperation"):
            return self.boolean(node).sql
        with placed(node):
            if node["node"] == "CompareOperation":
                return comparisons.compare(self, node, is_condition=True).sql
            return compose("({all})", all=joined(" AND ", [self.condition(part) for part in node["exprs"]]))

    def query(self, node: Node) -> Query:
        return self.context.compile_query(node, context=self.context, outer=self.scope)

    def with_variables(self, variables: dict[str, Value]) -> "Expressions":
        """For the body of a lambda."""
        inner = replace(self.scope, variables={**self.scope.variables, **variables}, is_lambda=True)
        return Expressions(self.context, inner)

    def lateral(self, key: str, rows: Sql, made: Value) -> Value:
        """The same array unrolled twice is unrolled once."""
        if self.scope.is_lambda:
            raise Refusal("arrayJoin cannot stand in a lambda.")
        return self.scope.laterals.setdefault(key, (rows, made))[1]


def placed(node: Node) -> AbstractContextManager[None]:
    """`place` stands in trees that are made of several texts: refusals name the text."""
    return at_place(node.get("place", ""))


def unresolved(node: Node) -> Refusal:
    name = ".".join(str(part) for part in node.get("chain", ["?"]))
    return Refusal(f"Unable to resolve field: {name}{place_of(node)}", code="unresolved_field")


def place_of(node: Node) -> str:
    start = node.get("start")
    return f" (line {start['line']}, position {start['offset']})" if start else ""


def _constant(compiler: Expressions, node: Node) -> Value:
    value = node["value"]
    return constant(float(value) if node.get("value_type") == "number" else value)


def _field(compiler: Expressions, node: Node) -> Value | Property | Source:
    found = members.resolve(compiler, node["chain"])
    if found is None:
        raise unresolved(node)
    return found


def _alias(compiler: Expressions, node: Node) -> Value:
    return compiler.value(node["expr"])


def _junction(word: str) -> Callable[[Expressions, Node], Value]:
    def junction(compiler: Expressions, node: Node) -> Value:
        parts = [compiler.boolean(part) for part in node["exprs"]]
        sql = compose("({all})", all=joined(f" {word} ", [part.sql for part in parts]))
        return Value(sql=sql, type=BOOLEAN, is_nullable=any(part.is_nullable for part in parts))

    return junction


def _not(compiler: Expressions, node: Node) -> Value:
    part = compiler.boolean(node["expr"])
    return Value(sql=compose("(NOT {part})", part=part.sql), type=BOOLEAN, is_nullable=part.is_nullable)


def _array(compiler: Expressions, node: Node) -> Value:
    parts = compiler.values(node["exprs"])
    item = common_type(parts)
    if item.kind is Kind.ARRAY:
        raise Refusal("Arrays of arrays are not supported.")
    return array_literal([convert(part, item, compiler.clock) for part in parts], item)


def _tuple(compiler: Expressions, node: Node) -> Value:
    return tuple_value(compiler.values(node["exprs"]))


def tuple_value(parts: Sequence[Value]) -> Value:
    """A JSON array: Postgres has no type for records that need no name."""
    sql = compose("jsonb_build_array({parts})", parts=joined(", ", [part.sql for part in parts]))
    return Value(sql=sql, type=tuple_of(*(part.type for part in parts)), parts=tuple(parts))


def _call(compiler: Expressions, node: Node) -> Value:
    return call_function(compiler, node)


def _cast(compiler: Expressions, node: Node) -> Value:
    return convert(compiler.value(node["expr"]), type_named(str(node["type_name"])), compiler.clock)


def _call_of_expression(compiler: Expressions, node: Node) -> Value:
    """`x::Nullable(String)` comes as a call of `x::Nullable`."""
    cast, arguments = node["expr"], node.get("args") or []
    is_nullable = cast.get("node") == "TypeCast" and cast["type_name"].lower() == "nullable"
    if not is_nullable or len(arguments) != 1 or arguments[0].get("node") != "Field":
        raise Refusal("Unsupported syntax: a call of an expression.")
    return _cast(compiler, {"expr": cast["expr"], "type_name": str(arguments[0]["chain"][0])})


def _subquery(compiler: Expressions, node: Node) -> Value:
    """One value: the first column of the only row."""
    query = compiler.query(node)
    if len(query.columns) != 1:
        raise Refusal("A subquery that stands for a value must have one column.")
    sql = compose("({query} LIMIT 1)", query=compose("SELECT c0 FROM ({sql}) AS lone", sql=query.sql))
    return Value(sql=sql, type=query.columns[0].type, is_nullable=True)


def _ready(compiler: Expressions, node: Node) -> Value:
    """Put in by those who make a SELECT of their own: a value that is compiled already."""
    return node["value"]


def _filters(compiler: Expressions, node: Node) -> Value:
    """Put in by `placeholders` for `{filters}`."""
    return Value(sql=compiler.context.filters(compiler.scope), type=BOOLEAN, is_nullable=True)


_VISITS: dict[str, Callable[[Expressions, Node], Value | Property | Source]] = {
    "Alias": _alias,
    "And": _junction("AND"),
    "ArithmeticOperation": operators.arithmetic,
    "Array": _array,
    "ArrayAccess": members.array_access,
    "ArraySlice": members.array_slice,
    "BetweenExpr": comparisons.between,
    "Call": _call,
    "CompareOperation": comparisons.compare,
    "Constant": _constant,
    "ExprCall": _call_of_expression,
    "Field": _field,
    "Filters": _filters,
    "IsDistinctFrom": comparisons.is_distinct_from,
    "Not": _not,
    "Or": _junction("OR"),
    "Ready": _ready,
    "SelectQuery": _subquery,
    "SelectSetQuery": _subquery,
    "TryCast": _cast,
    "Tuple": _tuple,
    "TupleAccess": members.tuple_access,
    "TypeCast": _cast,
    "WindowFunction": window_function,
}
