"""Comparisons of HogQL, which know true and false only."""

from typing import TYPE_CHECKING

from common.exceptions import Refusal
from events.filtering.regexes import to_postgres
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.cohorts import in_cohort
from insights.queries.hogql.conversions import as_text, comparable_type, convert
from insights.queries.hogql.parser import Node
from insights.queries.hogql.types import BOOLEAN, Kind, Type
from insights.queries.hogql.values import Value

if TYPE_CHECKING:
    from insights.queries.hogql.expressions import Expressions

QUERIES = {"SelectQuery", "SelectSetQuery"}
_NEGATED = {"!=", "not in", "not like", "not ilike", "!~", "!~*"}
_PATTERNS = {
    "like": "{a} LIKE {b}",
    "ilike": "{a} ILIKE {b}",
    "not like": "{a} NOT LIKE {b}",
    "not ilike": "{a} NOT ILIKE {b}",
}
_REGEXES = {"=~": "{a} ~ {b}", "!~": "{a} !~ {b}", "=~*": "{a} ~* {b}", "!~*": "{a} !~* {b}"}
#: How the functions of comparison are called.
OPERATORS = {
    "equals": "==",
    "notEquals": "!=",
    "less": "<",
    "greater": ">",
    "lessOrEquals": "<=",
    "greaterOrEquals": ">=",
    "like": "like",
    "ilike": "ilike",
    "notLike": "not like",
    "notILike": "not ilike",
    "in": "in",
    "notIn": "not in",
    "match": "=~",
}


def compare(compiler: "Expressions", node: Node, *, is_condition: bool = False) -> Value:
    """`is_condition`: the caller takes null for false."""
    op = node["op"]
    if op in ("in cohort", "not in cohort"):
        return in_cohort(compiler, node)
    if op in ("in", "not in"):
        return _finished(_membership(compiler, node), op, is_condition)
    one, other = compiler.value(node["left"]), compiler.value(node["right"])
    if op in ("==", "!="):
        return _equality(compiler, one, other, op, is_condition)
    if op in _REGEXES:
        return _finished(regex(compiler, one, other, _REGEXES[op]), op, is_condition)
    if op in _PATTERNS:
        texts = [as_text(value, compiler.clock) for value in (one, other)]
        return _finished(_boolean(_PATTERNS[op], *texts), op, is_condition)
    return _finished(_ordering(compiler, one, other, op), op, is_condition)


def _finished(value: Value, op: str, is_condition: bool) -> Value:
    """Null means that the comparison does not hold, and its negation does."""
    if not value.is_nullable or (is_condition and op not in _NEGATED):
        return value
    template = "({a} IS NOT FALSE)" if op in _NEGATED else "({a} IS TRUE)"
    return Value(sql=compose(template, a=value.sql), type=BOOLEAN)


def _equality(compiler: "Expressions", one: Value, other: Value, op: str, is_condition: bool) -> Value:
    is_equal = op == "=="
    if _is_null(one) or _is_null(other):
        template = "({a} IS NULL)" if is_equal else "({a} IS NOT NULL)"
        return Value(sql=compose(template, a=(one if _is_null(other) else other).sql), type=BOOLEAN)
    a, b = _comparable(compiler, one, other)
    if not is_equal and (a.is_nullable or b.is_nullable):
        return Value(sql=_pair("{a} IS DISTINCT FROM {b}", a, b), type=BOOLEAN)
    if not is_equal:
        return Value(sql=_pair("{a} <> {b}", a, b), type=BOOLEAN)
    if a.is_nullable and b.is_nullable and not is_condition:
        return Value(sql=_pair("{a} IS NOT DISTINCT FROM {b}", a, b), type=BOOLEAN)
    return _finished(_boolean("{a} = {b}", a, b), op, is_condition)


def _is_null(value: Value) -> bool:
    return value.type.kind is Kind.NULL


def _comparable(compiler: "Expressions", one: Value, other: Value) -> tuple[Value, Value]:
    if one.number is not None and other.number is not None:
        return _by_number(one), _by_number(other)
    type_ = comparable_type(one, other)
    return convert(one, type_, compiler.clock), convert(other, type_, compiler.clock)


def _by_number(value: Value) -> Value:
    assert value.number is not None
    return Value(sql=value.number, type=value.type, is_nullable=value.is_nullable)


def _ordering(compiler: "Expressions", one: Value, other: Value, op: str) -> Value:
    type_ = comparable_type(one, other)
    a, b = (convert(value, type_, compiler.clock) for value in (one, other))
    return _boolean("{a} " + op + " {b}" + collation(type_), a, b)


def collation(type_: Type) -> str:
    """Texts are in order byte by byte, as in ClickHouse."""
    return ' COLLATE "C"' if type_.kind is Kind.TEXT else ""


def _pair(template: str, a: Value, b: Value) -> Sql:
    return compose(f"({template})", a=a.sql, b=b.sql)


def _boolean(template: str, a: Value, b: Value) -> Value:
    return Value(sql=_pair(template, a, b), type=BOOLEAN, is_nullable=a.is_nullable or b.is_nullable)


def regex(compiler: "Expressions", text: Value, pattern: Value, template: str) -> Value:
    return _boolean(template, as_text(text, compiler.clock), regex_constant(pattern))


def regex_constant(pattern: Value) -> Value:
    if not isinstance(pattern.constant, str):
        raise Refusal("A regular expression must be a constant text.")
    translated = to_postgres(pattern.constant)
    return Value(sql=Sql("%s::text", (translated,)), type=pattern.type, constant=translated)


def _membership(compiler: "Expressions", node: Node) -> Value:
    word = "IN" if node["op"] == "in" else "NOT IN"
    right = node["right"]
    if right["node"] in QUERIES:
        return _in_query(compiler, node, word)
    if right["node"] == "Field" and [*right["chain"]][0] in compiler.scope.tables and len(right["chain"]) == 1:
        return _in_query(compiler, {**node, "right": _whole_table(right)}, word)
    one, other = compiler.value(node["left"]), compiler.value(right)
    if other.type.kind is Kind.ARRAY and other.parts is None:
        return _in_array(compiler, one, other, word)
    # `(a, b) IN ((1, 2))`: the outer brackets say nothing.
    is_one = other.parts is None or (one.type.kind is Kind.TUPLE and all(not part.parts for part in other.parts))
    elements = [other] if is_one else list(other.parts or ())
    return _in_list(compiler, one, elements, word)


def _whole_table(field: Node) -> Node:
    return {"node": "SelectQuery", "select": [{"node": "Field", "chain": ["*"]}], "select_from": {"table": field}}


def _in_array(compiler: "Expressions", one: Value, array: Value, word: str) -> Value:
    item = convert(one, array.type.item, compiler.clock)
    template = "{a} = ANY({b})" if word == "IN" else "{a} <> ALL({b})"
    return Value(sql=_pair(template, item, array), type=BOOLEAN, is_nullable=True)


def _in_list(compiler: "Expressions", one: Value, elements: list[Value], word: str) -> Value:
    """Nulls in a list are never met."""
    known = [element for element in elements if not _is_null(element)]
    if not known:
        return Value(sql=Sql("FALSE::boolean" if word == "IN" else "TRUE::boolean"), type=BOOLEAN)
    if one.parts is not None and one.type.kind is Kind.TUPLE:
        pairs = [_same_parts(compiler, one, element) for element in known]
        any_ = compose("({any})", any=joined(" OR ", pairs))
        sql = any_ if word == "IN" else compose("(NOT {any})", any=any_)
        return Value(sql=sql, type=BOOLEAN, is_nullable=True)
    return _in_scalars(compiler, one, known, word)


def _in_scalars(compiler: "Expressions", one: Value, known: list[Value], word: str) -> Value:
    type_ = comparable_type(one, known[0])
    a = convert(one, type_, compiler.clock)
    items = [convert(element, type_, compiler.clock) for element in known]
    template = "{a} = ANY(ARRAY[{items}]::" if word == "IN" else "{a} <> ALL(ARRAY[{items}]::"
    sql = compose(
        "(" + template + type_.postgres + "[]))", a=a.sql, items=joined(", ", [element.sql for element in items])
    )
    return Value(sql=sql, type=BOOLEAN, is_nullable=a.is_nullable or any(element.is_nullable for element in items))


def _same_parts(compiler: "Expressions", one: Value, other: Value) -> Sql:
    if other.parts is None or len(other.parts) != len(one.parts or ()):
        raise Refusal("The tuples that are compared must have the same number of elements.")
    pairs = [_equality(compiler, a, b, "==", False).sql for a, b in zip(one.parts or (), other.parts, strict=True)]
    return compose("({all})", all=joined(" AND ", pairs))


def _in_query(compiler: "Expressions", node: Node, word: str) -> Value:
    """Nulls among the rows are left out, else `not in` would never hold."""
    one, query = compiler.value(node["left"]), compiler.query(node["right"])
    parts = one.parts if one.type.kind is Kind.TUPLE and one.parts else (one,)
    if len(parts) != len(query.columns):
        raise Refusal("Both sides of IN must have the same number of columns.")
    left, columns = [], []
    for index, (part, column) in enumerate(zip(parts, query.columns, strict=True)):
        other = Value(sql=Sql(f"found.c{index}"), type=column.type, is_nullable=column.is_nullable)
        type_ = comparable_type(part, other)
        left.append(convert(part, type_, compiler.clock).sql)
        columns.append(convert(other, type_, compiler.clock).sql)
    known = joined(" AND ", [compose("{column} IS NOT NULL", column=column) for column in columns])
    sql = compose(
        "(({left}) " + word + " (SELECT {columns} FROM ({query}) AS found WHERE {known}))",
        left=joined(", ", left),
        columns=joined(", ", columns),
        query=query.sql,
        known=known,
    )
    return Value(sql=sql, type=BOOLEAN, is_nullable=any(part.is_nullable for part in parts))


def between(compiler: "Expressions", node: Node) -> Value:
    one, low, high = (compiler.value(node[name]) for name in ("expr", "low", "high"))
    bounds = [_ordering(compiler, one, low, ">="), _ordering(compiler, one, high, "<=")]
    sql = compose("({low} AND {high})", low=bounds[0].sql, high=bounds[1].sql)
    is_nullable = any(bound.is_nullable for bound in bounds)
    if node.get("negated"):
        sql = compose("(NOT {sql})", sql=sql)
    return _finished(Value(sql=sql, type=BOOLEAN, is_nullable=is_nullable), "<", False)


def is_distinct_from(compiler: "Expressions", node: Node) -> Value:
    one, other = compiler.value(node["left"]), compiler.value(node["right"])
    template = "{a} IS NOT DISTINCT FROM {b}" if node.get("negated") else "{a} IS DISTINCT FROM {b}"
    return Value(sql=_pair(template, *_comparable(compiler, one, other)), type=BOOLEAN)
