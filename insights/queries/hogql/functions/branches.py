"""Conditions, nulls, comparisons and arithmetic called by name."""

from collections.abc import Sequence
from dataclasses import replace

from common.exceptions import Refusal
from events.filtering.sql import compose, joined
from insights.queries.hogql.comparisons import OPERATORS, QUERIES, compare
from insights.queries.hogql.conversions import as_boolean, common_type, comparable_type, convert, unified
from insights.queries.hogql.functions.signatures import Builder, Call, plain
from insights.queries.hogql.operators import calculate, divide
from insights.queries.hogql.types import BOOLEAN, TEXT, Kind
from insights.queries.hogql.values import NO_CONSTANT, Value

_ARITHMETIC = {"plus": "+", "minus": "-", "multiply": "*", "modulo": "%", "mod": "%"}


def _if(call: Call) -> Value:
    call.expect(3, 3)
    return _cases(call, [call.values()[:2]], call.value(2))


def _multi_if(call: Call) -> Value:
    call.expect(3, None)
    values = call.values()
    if len(values) % 2 == 0:
        call.expect(len(values) + 1, len(values) + 1)
    pairs = [values[index : index + 2] for index in range(0, len(values) - 1, 2)]
    return _cases(call, pairs, values[-1])


def _cases(call: Call, pairs: Sequence[Sequence[Value]], otherwise: Value) -> Value:
    results, type_ = unified([*(result for _, result in pairs), otherwise], call.clock)
    whens = [
        compose("WHEN {when} THEN {then}", when=as_boolean(condition, call.clock).sql, then=result.sql)
        for (condition, _), result in zip(pairs, results, strict=False)
    ]
    sql = compose("(CASE {whens} ELSE {otherwise} END)", whens=joined(" ", whens), otherwise=results[-1].sql)
    return Value(sql=sql, type=type_, is_nullable=any(result.is_nullable for result in results))


def _case_of(call: Call) -> Value:
    """`CASE x WHEN 1 THEN a … ELSE b END`."""
    call.expect(4, None)
    subject, *values = call.values()
    pairs = [[_is(call, subject, values[i]), values[i + 1]] for i in range(0, len(values) - 1, 2)]
    return _cases(call, pairs, values[-1])


def _is(call: Call, one: Value, other: Value) -> Value:
    type_ = comparable_type(one, other)
    parts = [convert(value, type_, call.clock).sql for value in (one, other)]
    return Value(sql=compose("({a} IS NOT DISTINCT FROM {b})", a=parts[0], b=parts[1]), type=BOOLEAN)


def _coalesce(call: Call) -> Value:
    call.expect(1, None)
    parts, type_ = unified(call.values(), call.clock)
    sql = compose("coalesce({parts})", parts=joined(", ", [part.sql for part in parts]))
    return Value(sql=sql, type=type_, is_nullable=all(part.is_nullable for part in parts))


def _null_if(call: Call) -> Value:
    call.expect(2, 2)
    one, other = call.values()
    condition = _is(call, one, other)
    sql = compose("(CASE WHEN {same} THEN NULL ELSE {a} END)", same=condition.sql, a=one.sql)
    return Value(sql=sql, type=one.type, is_nullable=True)


def _assume_not_null(call: Call) -> Value:
    call.expect(1, 1)
    return replace(call.value(0), constant=NO_CONSTANT)


def _exists(call: Call) -> Value:
    """Of a subquery, which knows nothing of the rows around it."""
    call.expect(1, 1)
    if call.nodes[0].get("node") not in QUERIES:
        raise Refusal("exists(…) needs a subquery.")
    return Value(sql=compose("EXISTS ({query})", query=call.compiler.query(call.nodes[0]).sql), type=BOOLEAN)


def _same(call: Call) -> Value:
    call.expect(1, 1)
    return call.value(0)


def _is_null(template: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(1, 1)
        return Value(sql=compose(template, a=call.value(0).sql), type=BOOLEAN)

    return build


def _junction(word: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(1, None)
        parts = [as_boolean(value, call.clock) for value in call.values()]
        sql = compose("({all})", all=joined(f" {word} ", [part.sql for part in parts]))
        return Value(sql=sql, type=BOOLEAN, is_nullable=any(part.is_nullable for part in parts))

    return build


def _comparison(op: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(2, 2)
        left, right = call.nodes
        return compare(call.compiler, {"op": op, "left": left, "right": right})

    return build


def _arithmetic(op: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(2, 2)
        return calculate(call.compiler, op, *call.values())

    return build


def _divide(call: Call) -> Value:
    call.expect(2, 2)
    return divide(call.compiler, *call.values())


def _empty(template: str) -> Builder:
    """Of a text or an array; what is null is neither empty nor not empty, but counts as not being so."""

    def build(call: Call) -> Value:
        call.expect(1, 1)
        value = call.value(0)
        if value.type.kind is Kind.ARRAY:
            size = compose("cardinality({a})", a=value.sql)
        else:
            size = compose("length({a})", a=convert(value, TEXT, call.clock).sql)
        return Value(sql=compose(template, size=size), type=BOOLEAN, is_nullable=value.is_nullable)

    return build


def _transform(call: Call) -> Value:
    """`transform(x, [from …], [to …], otherwise)`."""
    call.expect(3, 4)
    values = call.values()
    subject, known, meant = values[:3]
    otherwise = values[3] if len(values) == 4 else subject
    pairs = [[_is(call, subject, a), b] for a, b in zip(known.parts or (), meant.parts or (), strict=False)]
    return _cases(call, pairs, otherwise) if pairs else otherwise


def _extreme(function: str) -> Builder:
    def build(call: Call) -> Value:
        call.expect(1, None)
        values = call.values()
        type_ = common_type(values)
        parts = [convert(value, type_, call.clock) for value in values]
        sql = compose(f"{function}({{parts}})", parts=joined(", ", [part.sql for part in parts]))
        is_nullable = any(part.is_nullable for part in parts)
        if is_nullable:
            checks = joined(" OR ", [compose("{a} IS NULL", a=part.sql) for part in parts if part.is_nullable])
            sql = compose("(CASE WHEN {checks} THEN NULL ELSE {sql} END)", checks=checks, sql=sql)
        return Value(sql=sql, type=type_, is_nullable=is_nullable)

    return build


_NULL_CHECKS = {"isNull": "({a} IS NULL)", "isNotNull": "({a} IS NOT NULL)"}

BRANCHES: dict[str, Builder] = {
    "if": _if,
    "multiIf": _multi_if,
    "_caseWithExpression": _case_of,
    "caseWithExpression": _case_of,
    "transform": _transform,
    "coalesce": _coalesce,
    "ifNull": _coalesce,
    "nullIf": _null_if,
    "assumeNotNull": _assume_not_null,
    "toNullable": _assume_not_null,
    "identity": _same,
    "materialize": _same,
    "exists": _exists,
    "empty": _empty("({size} = 0)"),
    "notEmpty": _empty("({size} > 0)"),
    "and": _junction("AND"),
    "or": _junction("OR"),
    "xor": plain("({a} <> {b})", "boolean", "boolean", gives=BOOLEAN),
    "not": plain("(NOT {a})", "boolean", gives=BOOLEAN),
    "greatest": _extreme("greatest"),
    "least": _extreme("least"),
    "max2": _extreme("greatest"),
    "min2": _extreme("least"),
    "divide": _divide,
    **{name: _is_null(template) for name, template in _NULL_CHECKS.items()},
    **{name: _comparison(op) for name, op in OPERATORS.items()},
    **{name: _arithmetic(op) for name, op in _ARITHMETIC.items()},
}
