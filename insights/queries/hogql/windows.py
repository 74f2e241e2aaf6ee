"""Window functions: what is computed over the neighbours of a row."""

from typing import TYPE_CHECKING, Any

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.conversions import convert
from insights.queries.hogql.functions import Call, is_aggregate
from insights.queries.hogql.functions.aggregates import aggregate
from insights.queries.hogql.orders import order_by
from insights.queries.hogql.parser import Node
from insights.queries.hogql.types import COUNT, FLOAT, INTEGER, Type
from insights.queries.hogql.values import Value

if TYPE_CHECKING:
    from insights.queries.hogql.expressions import Expressions

_RANKS: dict[str, tuple[str, Type]] = {
    "row_number": ("row_number()", COUNT),
    "rank": ("rank()", COUNT),
    "dense_rank": ("dense_rank()", COUNT),
    "denseRank": ("dense_rank()", COUNT),
    "percent_rank": ("percent_rank()", FLOAT),
    "cume_dist": ("cume_dist()", FLOAT),
}
#: In ClickHouse the InFrame ones look no further than the frame; here the frame is not asked.
_OFFSETS = {"lag": "lag", "lead": "lead", "lagInFrame": "lag", "leadInFrame": "lead"}
_VALUES = {
    "first_value": "first_value",
    "last_value": "last_value",
    "firstValue": "first_value",
    "lastValue": "last_value",
}
_BOUNDS = {"CURRENT ROW": "CURRENT ROW", "PRECEDING": "PRECEDING", "FOLLOWING": "FOLLOWING"}
_LARGEST_FRAME = 1_000_000


def window_function(compiler: "Expressions", node: Node) -> Value:
    over = _window(compiler, node)
    name, first, second = node["name"], node.get("exprs") or [], node.get("args") or []
    # `quantile(0.9)(x) OVER …`: with two pairs of brackets the first holds the parameters.
    nodes, parameters = (second, first) if second else (first, [])
    if is_aggregate(name):
        call = Call(name=name, nodes=nodes, parameters=parameters, compiler=compiler, node=node)
        return aggregate(call, over=over)
    function, type_, is_nullable = _function(compiler, name, nodes)
    sql = compose("{function} OVER ({over})", function=function, over=over)
    return Value(sql=sql, type=type_, is_nullable=is_nullable)


def _function(compiler: "Expressions", name: str, nodes: list[Node]) -> tuple[Sql, Type, bool]:
    if name in _RANKS and not nodes:
        text, type_ = _RANKS[name]
        return Sql(text), type_, False
    values = compiler.values(nodes)
    if name in _OFFSETS and 1 <= len(values) <= 3:
        return _offset(compiler, _OFFSETS[name], values), values[0].type, True
    if name in _VALUES and len(values) == 1:
        return compose(f"{_VALUES[name]}({{a}})", a=values[0].sql), values[0].type, True
    if name == "nth_value" and len(values) == 2:
        place = convert(values[1], INTEGER, compiler.clock)
        return compose("nth_value({a}, {n}::int)", a=values[0].sql, n=place.sql), values[0].type, True
    if name == "ntile" and len(values) == 1:
        return compose("ntile({n}::int)", n=convert(values[0], INTEGER, compiler.clock).sql), COUNT, False
    raise Refusal(f"Unsupported function call '{name}(...)' over a window.", code="unsupported_function")


def _offset(compiler: "Expressions", function: str, values: list[Value]) -> Sql:
    parts = [values[0].sql]
    if len(values) > 1:
        parts.append(compose("({n})::int", n=convert(values[1], INTEGER, compiler.clock).sql))
    if len(values) > 2:
        parts.append(convert(values[2], values[0].type, compiler.clock).sql)
    return compose(f"{function}({{parts}})", parts=joined(", ", parts))


def _window(compiler: "Expressions", node: Node) -> Sql:
    window = node.get("over_expr")
    if window is None:
        window = compiler.scope.windows.get(str(node.get("over_identifier")))
    if window is None:
        raise Refusal(f"Unknown window: {str(node.get('over_identifier'))[:50]!r}.")
    pieces = [_partition(compiler, window), order_by(compiler, window.get("order_by")), _frame(window)]
    return joined(" ", [piece for piece in pieces if piece.text])


def _partition(compiler: "Expressions", window: Node) -> Sql:
    values = compiler.values(window.get("partition_by") or [])
    return compose("PARTITION BY {parts}", parts=joined(", ", [value.sql for value in values])) if values else Sql("")


def _frame(window: Node) -> Sql:
    start, end = window.get("frame_start"), window.get("frame_end")
    if start is None:
        return Sql("")
    method = "RANGE" if window.get("frame_method") == "RANGE" else "ROWS"
    if end is None:
        return Sql(f"{method} {_bound(start)}")
    return Sql(f"{method} BETWEEN {_bound(start)} AND {_bound(end)}")


def _bound(bound: Node) -> str:
    kind = _BOUNDS.get(bound.get("frame_type", ""))
    if kind is None:
        raise Refusal("Unsupported window frame.")
    if kind == "CURRENT ROW":
        return kind
    distance = _distance(bound.get("frame_value"))
    return f"{'UNBOUNDED' if distance is None else distance} {kind}"


def _distance(value: Any) -> int | None:
    if isinstance(value, dict):
        value = value.get("value")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST_FRAME:
        raise Refusal("The bound of a window frame must be a whole number.")
    return value
