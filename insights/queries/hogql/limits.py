"""LIMIT and OFFSET: whole numbers written out, and a ceiling."""

from typing import TYPE_CHECKING

from common.exceptions import Refusal
from events.filtering.sql import Sql, compose
from insights.queries.hogql.parser import Node

if TYPE_CHECKING:
    from insights.queries.hogql.expressions import Expressions

MAX_ROWS = 50_000
DEFAULT_ROWS = 100
_LARGEST = 2**53


def whole_number(expressions: "Expressions", node: Node | None, *, otherwise: int) -> int:
    if node is None:
        return otherwise
    number = expressions.value(node).constant
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= _LARGEST:
        raise Refusal("LIMIT and OFFSET must be whole numbers that are not negative.")
    return number


def limit_sql(expressions: "Expressions", node: Node, at_most: int | None) -> Sql:
    """`at_most` is for the outermost query: the rows that it may give if it sets no limit, or a larger one."""
    if node.get("limit_with_ties"):
        raise Refusal("LIMIT WITH TIES is not supported.")
    if node.get("limit_percent"):
        raise Refusal("LIMIT in percent is not supported.")
    limit = None if node.get("limit") is None else whole_number(expressions, node["limit"], otherwise=0)
    if at_most is not None:
        limit = at_most if limit is None else min(limit, MAX_ROWS)
    offset = whole_number(expressions, node.get("offset"), otherwise=0)
    parts = Sql("") if limit is None else compose(" LIMIT {limit}::bigint", limit=limit)
    return compose("{parts} OFFSET {offset}::bigint", parts=parts, offset=offset) if offset else parts
