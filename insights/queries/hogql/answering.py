"""HogQLQuery → its answer."""

from typing import Any

from accounts.models import Team
from events.filtering.moments import Clock
from insights.queries.hogql.cells import cell
from insights.queries.hogql.compiling import compile_tree
from insights.queries.hogql.limits import DEFAULT_ROWS, MAX_ROWS
from insights.queries.hogql.parser import Node, parse_select
from insights.queries.hogql.placeholders import Placeholders
from insights.queries.hogql.statements import fetch
from insights.queries.nodes import HogQLQuery

JSON = dict[str, Any]


def answer(query: HogQLQuery, *, team: Team, clock: Clock) -> JSON:
    """Without a limit of its own the query gives 100 rows, and says whether there are more."""
    placeholders = Placeholders(clock=clock, filters=query.filters, variables=query.variables, values=query.values)
    tree = placeholders.fill(parse_select(query.query))
    has_limit = tree.get("limit") is not None
    compiled = compile_tree(
        tree, team=team, clock=clock, filters=query.filters, at_most=MAX_ROWS if has_limit else DEFAULT_ROWS + 1
    )
    rows = fetch(compiled.sql)
    shown = rows if has_limit else rows[:DEFAULT_ROWS]
    zone = clock.zone
    return {
        "results": [
            [cell(value, column.type, zone) for value, column in zip(row, compiled.columns, strict=True)]
            for row in shown
        ],
        "columns": [column.name for column in compiled.columns],
        "types": [
            [column.name, column.type.clickhouse(zone=zone.key, is_nullable=column.is_nullable)]
            for column in compiled.columns
        ],
        "query": query.query,
        "hogql": query.query,
        "clickhouse": compiled.sql.text,
        **_page(tree, has_more=len(rows) > DEFAULT_ROWS, has_limit=has_limit),
        "timings": None,
        "explain": None,
        "metadata": None,
        "error": None,
        "modifiers": query.modifiers or {},
        "timezone": zone.key,
    }


def _page(tree: Node, *, has_more: bool, has_limit: bool) -> JSON:
    if has_limit:
        return {}
    offset = tree.get("offset") or {}
    return {"hasMore": has_more, "limit": DEFAULT_ROWS, "offset": offset.get("value") or 0}
