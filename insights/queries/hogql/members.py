"""Names and what is reached through them: aliases, fields of tables, keys of JSON, elements of arrays and tuples."""

from typing import TYPE_CHECKING, Any

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose
from insights.queries.hogql.conversions import convert
from insights.queries.hogql.parser import Node
from insights.queries.hogql.sources import Property, Source
from insights.queries.hogql.types import BOOLEAN, DATETIME64, FLOAT, INTEGER, TEXT, Kind, Type
from insights.queries.hogql.values import Value, constant

if TYPE_CHECKING:
    from insights.queries.hogql.expressions import Expressions

_DEFINED_TYPES = {"Numeric": FLOAT, "Duration": FLOAT, "Boolean": BOOLEAN, "DateTime": DATETIME64}
_FROM_JSON: dict[Kind, str] = {
    Kind.JSON: "({a} -> {key}::int)",
    Kind.TUPLE: "({a} -> {key}::int)",
}

Found = Value | Property | Source


def resolve(compiler: "Expressions", chain: list[Any]) -> Found | None:
    """A lambda's variable, a table's field, an alias, a field: the first that there is."""
    found, rest = _start(compiler, chain)
    for key in rest:
        if found is None:
            return None
        found = member(compiler, found, key)
    return found


def _start(compiler: "Expressions", chain: list[Any]) -> tuple[Found | None, list[Any]]:
    scope, name = compiler.scope, str(chain[0])
    if name in scope.variables:
        return scope.variables[name], chain[1:]
    source = scope.sources.get(name)
    if source is not None and len(chain) > 1 and source.find(str(chain[1])) is not None:
        return source.find(str(chain[1])), chain[2:]
    if name in scope.aliases and name not in scope.expanding:
        return _expanded(compiler, name), chain[1:]
    return scope.find(name), chain[1:]


def _expanded(compiler: "Expressions", name: str) -> Found:
    """Inside the expression that it names, an alias is not known: `toDate(timestamp) AS timestamp` reads the column."""
    compiler.scope.expanding.append(name)
    try:
        return compiler.find(compiler.scope.aliases[name])
    finally:
        compiler.scope.expanding.pop()


def member(compiler: "Expressions", of: Found, key: Any) -> Found | None:
    if isinstance(of, Property):
        return _property(compiler, of, str(key))
    if isinstance(of, Value):
        return _json_member(compiler, of, key)
    return of.find(str(key))


def _property(compiler: "Expressions", of: Property, key: str) -> Value:
    name = constant(key)
    text = compose("({column} ->> {key})", column=of.value.sql, key=name.sql)
    if key in of.column.promoted:
        text = Sql(f"{of.alias}.{of.column.promoted[key]}")
    json = compose("({column} -> {key})", column=of.value.sql, key=name.sql)
    return _of_defined_type(compiler, of, key, Value(sql=text, type=TEXT, is_nullable=True, json=json))


def _of_defined_type(compiler: "Expressions", of: Property, key: str, value: Value) -> Value:
    defined = compiler.context.property_types.get((of.column.scope or "", key), "")
    type_ = _DEFINED_TYPES.get(defined)
    if type_ is None:
        return value
    typed = convert(value, type_, compiler.clock)
    return Value(sql=typed.sql, type=type_, is_nullable=True, text=value.sql, json=value.json)


def _json_member(compiler: "Expressions", of: Value, key: Any) -> Value:
    if of.type.kind is Kind.TUPLE and isinstance(key, int):
        return _tuple_element(compiler, of, key)
    json = of.json or (of.sql if of.type.kind is Kind.JSON else None)
    if json is None:
        raise Refusal(f"Cannot read {str(key)[:50]!r} of {of.type.kind}.")
    step: Any = key
    if isinstance(key, int) and not isinstance(key, bool):
        step = key - 1 if key > 0 else key
    bound = compose("{key}::int", key=step) if isinstance(step, int) else constant(str(key)).sql
    return Value(
        sql=compose("({json} ->> {key})", json=json, key=bound),
        type=TEXT,
        is_nullable=True,
        json=compose("({json} -> {key})", json=json, key=bound),
    )


def array_access(compiler: "Expressions", node: Node) -> Value:
    of = compiler.find(node["array"])
    index = compiler.value(node["property"])
    if isinstance(of, Value) and of.type.kind is Kind.ARRAY:
        return element(compiler, of, index)
    if not index.is_constant or index.constant is None:
        raise Refusal("A key of a property must be a constant.")
    found = member(compiler, of, index.constant)
    if not isinstance(found, Value):
        raise Refusal(f"Unable to resolve field: {str(index.constant)[:50]}", code="unresolved_field")
    return found


def element(compiler: "Expressions", of: Value, index: Value) -> Value:
    """Counted from 1, from the end if negative; null where there is none."""
    at = convert(index, INTEGER, compiler.clock)
    template = "({a})[{at}::int]"
    if not at.is_constant or at.constant < 0:
        template = "({a})[(CASE WHEN {at} < 0 THEN cardinality({a}) + 1 + {at} ELSE {at} END)::int]"
    return Value(sql=compose(template, a=of.sql, at=at.sql), type=of.type.item, is_nullable=True)


def array_slice(compiler: "Expressions", node: Node) -> Value:
    of = compiler.value(node["array"])
    if of.type.kind is not Kind.ARRAY:
        raise Refusal(f"Cannot take a slice of {of.type.kind}.")
    bounds = [_bound(compiler, node.get(name)) for name in ("start_expr", "end_expr")]
    sql = compose("({a})[{first}:{last}]", a=of.sql, first=bounds[0], last=bounds[1])
    return Value(sql=sql, type=of.type, is_nullable=of.is_nullable)


def _bound(compiler: "Expressions", node: Node | None) -> Sql:
    if node is None:
        return Sql("")
    return compose("{at}::int", at=convert(compiler.value(node), INTEGER, compiler.clock).sql)


def tuple_access(compiler: "Expressions", node: Node) -> Value:
    of = compiler.find(node["tuple"])
    found = member(compiler, of, node["index"])
    if not isinstance(found, Value):
        raise Refusal(f"Unable to resolve field: {node['index']}", code="unresolved_field")
    return found


def _tuple_element(compiler: "Expressions", of: Value, index: int) -> Value:
    if not 1 <= index <= len(of.type.items):
        raise Refusal(f"A tuple of {len(of.type.items)} elements has no element {index}.")
    if of.parts is not None:
        return of.parts[index - 1]
    return from_json(of.sql, of.type.items[index - 1], index - 1)


def from_json(sql: Sql, type_: Type, index: int) -> Value:
    """An element of a tuple, which is kept as a JSON array."""
    if type_.kind is Kind.ARRAY:
        raise Refusal("Arrays inside of tuples cannot be taken out.")
    template = _FROM_JSON.get(type_.kind, "({a} ->> {key}::int)::" + type_.postgres)
    return Value(sql=compose(template, a=sql, key=index), type=type_, is_nullable=True)
