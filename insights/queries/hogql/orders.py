"""ORDER BY, in whatever brackets it stands."""

from typing import TYPE_CHECKING

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose, joined
from insights.queries.hogql.comparisons import collation
from insights.queries.hogql.parser import Node
from insights.queries.hogql.values import Value

if TYPE_CHECKING:
    from insights.queries.hogql.expressions import Expressions


def order_by(compiler: "Expressions", nodes: list[Node] | None) -> Sql:
    """With a space before it; nothing if nothing is to be in order."""
    return ordered_by([ordered(compiler.value(node["expr"]), direction_of(node)) for node in nodes or []])


def ordered_by(parts: list[Sql]) -> Sql:
    return compose(" ORDER BY {parts}", parts=joined(", ", parts)) if parts else Sql("")


def direction_of(node: Node) -> str:
    """Nulls come last in both directions, as in ClickHouse, unless the query says otherwise."""
    if node.get("with_fill"):
        raise Refusal("WITH FILL is not supported.")
    direction = "DESC" if node.get("order") == "DESC" else "ASC"
    return f"{direction} NULLS {'FIRST' if node.get('nulls') == 'FIRST' else 'LAST'}"


def ordered(value: Value, direction: str) -> Sql:
    """Where there are no nulls, nothing is said of them: an index knows the plain order only."""
    shown = direction if value.is_nullable else direction.partition(" ")[0]
    return compose("{value}" + f"{collation(value.type)} {shown}", value=value.sql)
