"""Functions that take a lambda: `arrayMap(x -> x + 1, [1, 2])`, `arrayFilter((x, y) -> …, a, b)`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.comparisons import collation
from insights.queries.hogql.conversions import as_boolean, as_number
from insights.queries.hogql.functions.signatures import Builder, Call
from insights.queries.hogql.types import BOOLEAN, COUNT, FLOAT, Kind, Type, array_of
from insights.queries.hogql.values import Value

_MOST_VARIABLES = 5
_NEVER_NULL = (Kind.ARRAY, Kind.BOOLEAN)


@dataclass(frozen=True, kw_only=True)
class Unrolled:
    """The arrays as rows: `first` is the element of the first one, `body` what the lambda makes of the row."""

    rows: Sql
    place: Sql
    first: Value
    body: Value


def _unrolled(call: Call) -> Unrolled:
    """The lambda may be left out: then it is the element itself."""
    call.expect(1, _MOST_VARIABLES + 1)
    lambda_, arrays = _split(call)
    alias = call.compiler.context.new_alias("l")
    values = [_array(call, node) for node in arrays]
    elements = [
        Value(sql=Sql(f"{alias}.x{index}"), type=value.type.item, is_nullable=True)
        for index, value in enumerate(values)
    ]
    names = ", ".join([*(f"x{index}" for index in range(len(values))), "place"])
    rows = compose(
        "unnest({arrays}) WITH ORDINALITY AS {alias}({names})",
        arrays=joined(", ", [value.sql for value in values]),
        alias=Sql(alias),
        names=Sql(names),
    )
    body = elements[0] if lambda_ is None else _body(call, lambda_, elements)
    return Unrolled(rows=rows, place=Sql(f"{alias}.place"), first=elements[0], body=body)


def _split(call: Call) -> tuple[dict | None, Sequence[dict]]:
    if call.nodes[0].get("node") == "Lambda":
        call.expect(2, _MOST_VARIABLES + 1)
        return call.nodes[0], call.nodes[1:]
    return None, call.nodes


def _array(call: Call, node: dict) -> Value:
    value = call.compiler.value(node)
    if value.type.kind is not Kind.ARRAY:
        raise Refusal(f"Function '{call.name}' needs an array, not {value.type.kind}.")
    return value


def _body(call: Call, lambda_: dict, elements: Sequence[Value]) -> Value:
    names = [str(name) for name in lambda_["args"]]
    if len(names) != len(elements):
        raise Refusal(f"The lambda of '{call.name}' must take {len(elements)} arguments, it takes {len(names)}.")
    return call.compiler.with_variables(dict(zip(names, elements, strict=True))).value(lambda_["expr"])


def _gathered(make: Callable[[Call, Unrolled], tuple[str, Type, dict[str, Sql]]]) -> Builder:
    """`make` gives the template over `{rows}`, the type of the answer and further parts."""

    def build(call: Call) -> Value:
        found = _unrolled(call)
        template, type_, parts = make(call, found)
        sql = compose(template, rows=found.rows, place=found.place, first=found.first.sql, body=found.body.sql, **parts)
        return Value(sql=sql, type=type_, is_nullable=type_.kind not in _NEVER_NULL and type_ is not COUNT)

    return build


def _map(call: Call, found: Unrolled) -> tuple[str, Type, dict[str, Sql]]:
    if found.body.type.kind is Kind.ARRAY:
        raise Refusal("Arrays of arrays are not supported.")
    return "ARRAY(SELECT {body} FROM {rows} ORDER BY {place})", array_of(found.body.type), {}


def _where(template: str, gives: Type | None) -> Builder:
    """`{when}` is the lambda as a condition. `gives` None: what the first array holds, in an array or alone."""

    def make(call: Call, found: Unrolled) -> tuple[str, Type, dict[str, Sql]]:
        item = found.first.type
        type_ = gives or (array_of(item) if template.startswith("ARRAY") else item)
        return template, type_, {"when": as_boolean(found.body, call.clock).sql}

    return _gathered(make)


def _sorted(direction: str) -> Builder:
    def make(call: Call, found: Unrolled) -> tuple[str, Type, dict[str, Sql]]:
        order = f"{{body}}{collation(found.body.type)} {direction} NULLS LAST, {{place}}"
        return f"ARRAY(SELECT {{first}} FROM {{rows}} ORDER BY {order})", array_of(found.first.type), {}

    return _gathered(make)


def _number(function: str, type_: Type | None) -> Builder:
    def make(call: Call, found: Unrolled) -> tuple[str, Type, dict[str, Sql]]:
        number = as_number(found.body, call.clock)
        gives = type_ or number.type
        template = f"(SELECT coalesce({function}({{number}}), 0)::{gives.postgres} FROM {{rows}})"
        return template, gives, {"number": number.sql}

    return _gathered(make)


def _extreme(function: str) -> Builder:
    def make(call: Call, found: Unrolled) -> tuple[str, Type, dict[str, Sql]]:
        return f"(SELECT {function}({{body}}{collation(found.body.type)}) FROM {{rows}})", found.body.type, {}

    return _gathered(make)


def _cumulated(call: Call, found: Unrolled) -> tuple[str, Type, dict[str, Sql]]:
    number = as_number(found.body, call.clock)
    running = f"(sum({{number}}) OVER (ORDER BY {{place}}))::{number.type.postgres}"
    template = f"ARRAY(SELECT {running} FROM {{rows}} ORDER BY {{place}})"
    return template, array_of(number.type), {"number": number.sql}


LAMBDAS: dict[str, Builder] = {
    "arrayMap": _gathered(_map),
    "arrayFilter": _where("ARRAY(SELECT {first} FROM {rows} WHERE {when} ORDER BY {place})", None),
    "arrayCount": _where("(SELECT count(*) FROM {rows} WHERE {when})", COUNT),
    "arrayExists": _where("EXISTS (SELECT FROM {rows} WHERE {when})", BOOLEAN),
    "arrayAll": _where("NOT EXISTS (SELECT FROM {rows} WHERE ({when}) IS NOT TRUE)", BOOLEAN),
    "arrayFirst": _where("(SELECT {first} FROM {rows} WHERE {when} ORDER BY {place} LIMIT 1)", None),
    "arrayLast": _where("(SELECT {first} FROM {rows} WHERE {when} ORDER BY {place} DESC LIMIT 1)", None),
    "arrayFirstIndex": _where("coalesce((SELECT min({place}) FROM {rows} WHERE {when}), 0)", COUNT),
    "arraySort": _sorted("ASC"),
    "arrayReverseSort": _sorted("DESC"),
    "arraySum": _number("sum", None),
    "arrayAvg": _number("avg", FLOAT),
    "arrayMin": _extreme("min"),
    "arrayMax": _extreme("max"),
    "arrayCumSum": _gathered(_cumulated),
}
