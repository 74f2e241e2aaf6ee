"""Which events the sessions of a SELECT have to be made of, as far as its WHERE says plainly when its rows were.

A session that reaches further beyond these moments than the margin counts as if it began or ended there. Nothing else
changes what is found: whatever is said less plainly sets no bound.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.conversions import comparable_type, convert
from insights.queries.hogql.expressions import Expressions
from insights.queries.hogql.joins import Joined
from insights.queries.hogql.parser import Node
from insights.queries.hogql.sources import TableSource
from insights.queries.hogql.tables import TABLES
from insights.queries.hogql.trees import walk
from insights.queries.hogql.types import DATETIME64, Kind
from insights.queries.hogql.values import Value

MARGIN = timedelta(days=3)
_BY_SESSION = (TABLES["events"], TABLES["sessions"])
_TURNED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}
# They move a moment by less than the margin, and only back.
_ROUNDED = {"toDate", "toStartOfDay", "toStartOfHour"}
# What the other side of a comparison may not hold: then it is not the same for all rows.
_NOT_FIXED = {"Field", "SelectQuery", "SelectSetQuery"}

Bound = tuple[str, Sql]


def within(since: datetime, until: datetime) -> Sql:
    """Of the events that a session is made of."""
    return _all([(">=", _moment(since)), ("<=", _moment(until))])


def bounded(expressions: Expressions, found: Sequence[Joined], select: Node) -> list[Joined]:
    """The same sources, which know their span. Only after WHERE was compiled: that is what refuses bad comparisons."""
    return [
        replace(one, source=replace(one.source, span=_span(expressions, one.source, select)))
        if isinstance(one.source, TableSource) and one.source.table in _BY_SESSION
        else one
        for one in found
    ]


def _span(expressions: Expressions, source: TableSource, select: Node) -> Sql:
    moment = source.find(source.table.moment or "")
    assert isinstance(moment, Value)
    conditions = [part for name in ("prewhere", "where") for part in _conjuncts(select.get(name))]
    return _all([bound for one in conditions for bound in _bounds(expressions, source, moment, one)])


def _conjuncts(node: Node | None) -> Iterator[Node]:
    if node is None:
        return
    if node["node"] != "And":
        yield node
        return
    for part in node["exprs"]:
        yield from _conjuncts(part)


def _bounds(expressions: Expressions, source: TableSource, moment: Value, condition: Node) -> Iterator[Bound]:
    if condition["node"] == "Filters":
        for symbol, at in expressions.context.filters.dates(expressions.scope, source):
            yield symbol, _moment(at)
    elif condition["node"] == "BetweenExpr" and not condition.get("negated"):
        yield from _bound(expressions, moment, condition["expr"], ">=", condition["low"])
        yield from _bound(expressions, moment, condition["expr"], "<=", condition["high"])
    elif condition["node"] == "CompareOperation" and condition["op"] in _TURNED:
        yield from _bound(expressions, moment, condition["left"], condition["op"], condition["right"])
        yield from _bound(expressions, moment, condition["right"], _TURNED[condition["op"]], condition["left"])


def _bound(expressions: Expressions, moment: Value, one: Node, symbol: str, other: Node) -> Iterator[Bound]:
    if any(node["node"] in _NOT_FIXED for node in walk(other)) or not _is(expressions, moment, one):
        return
    compared, fixed = expressions.value(one), expressions.value(other)
    type_ = comparable_type(compared, fixed)
    if type_.kind in (Kind.DATE, Kind.DATETIME):
        at = convert(convert(fixed, type_, expressions.context.clock), DATETIME64, expressions.context.clock)
        yield symbol, at.sql


def _is(expressions: Expressions, moment: Value, node: Node) -> bool:
    """Whether it is the moment, or the moment rounded."""
    if node["node"] == "Call" and node["name"] in _ROUNDED and len(node["args"]) == 1:
        node = node["args"][0]
    return node["node"] == "Field" and expressions.value(node).sql == moment.sql


def _moment(at: datetime) -> Sql:
    return compose("{at}::timestamptz", at=at)


def _all(bounds: Sequence[Bound]) -> Sql:
    parts = [
        compose(
            f"events.timestamp {symbol} {{at}} {'-' if symbol in ('>', '>=') else '+'} {{margin}}::interval",
            at=at,
            margin=MARGIN,
        )
        for symbol, at in bounds
    ]
    return joined(" AND ", parts) if parts else Sql("TRUE")
